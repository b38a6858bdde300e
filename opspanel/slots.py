"""Single run of a job by a slot claimed in Postgres.

A lock in Redis was seen to let the same slot run twice when Redis is flushed or
schedulers' clocks differ. The slot's number comes from the database clock.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from opspanel.database.base import database_answers_within

_CLAIM = """
INSERT INTO ops_collectionslot (job, slot, claimed_at)
SELECT %s, floor(extract(epoch FROM clock_timestamp()) / %s)::bigint, clock_timestamp()
ON CONFLICT DO NOTHING
RETURNING slot, claimed_at
"""

_TRIM = """
DELETE FROM ops_collectionslot
WHERE job = %s AND claimed_at < clock_timestamp() - interval '1 day'
"""

# Once in so many slots old claims are removed.
_TRIM_EVERY = 500
_SECONDS = 2.0


class Slot(NamedTuple):
    """One run. `claimed_at`: by the database's clock, which is one for all hosts."""

    number: int
    claimed_at: datetime


def claim(job: str, interval_seconds: float) -> Slot | None:
    """The slot that this caller alone may run now, None if it is taken."""
    with database_answers_within(_SECONDS), connection.cursor() as cursor:
        cursor.execute(_CLAIM, [job, interval_seconds])
        row = cursor.fetchone()
        if row is None:
            return None
        slot = Slot(*row)
        if slot.number % _TRIM_EVERY == 0:
            cursor.execute(_TRIM, [job])
    return slot

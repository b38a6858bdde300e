"""The stored minutes: what the overview showed then.

A minute holds the last snapshot that was taken in it. One that cannot be shown says why,
and where the nearest others are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection

from opspanel.snapshot.postgres import readable
from opspanel.snapshot.schema import SCHEMA, Snapshot

MINUTE = timedelta(minutes=1)

# One statement, and each part of it is a single look into the primary key.
_AT = """
SELECT kept.schema, kept.body,
    (SELECT max(minute) FROM ops_snapshotminute WHERE minute < asked.minute),
    (SELECT min(minute) FROM ops_snapshotminute WHERE minute > asked.minute)
FROM (SELECT %s::timestamptz AS minute) asked
LEFT JOIN ops_snapshotminute kept ON kept.minute = asked.minute
"""


class Gap(StrEnum):
    """Why a minute cannot be shown."""

    NOTHING = "nothing"
    OTHER_VERSION = "other_version"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """Either `snapshot` or `gap`. `before`, `after`: the nearest stored minutes."""

    at: datetime
    snapshot: Snapshot | None
    gap: Gap | None
    before: datetime | None
    after: datetime | None


def minute_of(moment: datetime) -> Minute:
    """Raise Django's DatabaseError where Postgres does not answer."""
    at = moment.replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(_AT, [at])
        schema, body, before, after = cursor.fetchone()
    snapshot = readable(bytes(body)) if schema == SCHEMA else None
    gap = None if snapshot else _gap(schema)
    return Minute(at=at, snapshot=snapshot, gap=gap, before=before, after=after)


def _gap(schema: int | None) -> Gap:
    if schema is None:
        return Gap.NOTHING
    return Gap.DAMAGED if schema == SCHEMA else Gap.OTHER_VERSION

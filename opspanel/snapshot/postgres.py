"""Snapshots in Postgres: the newest of each minute, kept for days.

The row of the running minute is rewritten at every pass, so the newest row is the
newest snapshot; a minute that is over holds its last one.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import QuerySet

from opspanel.database.base import database_answers_within
from opspanel.models import SnapshotMinute
from opspanel.snapshot.codec import from_json, to_json
from opspanel.snapshot.rollups import fold_in
from opspanel.snapshot.schema import SCHEMA, Snapshot
from opspanel.snapshot.states import record_changes
from opspanel.snapshot.store import StoreUnavailableError

# Redis holds the same snapshot: neither a pass nor a page waits for a frozen server.
_SECONDS = 2.0
_AWAY = (DatabaseError, InterfaceError)

_SAVE = """
INSERT INTO ops_snapshotminute AS kept (minute, taken_at, schema, body)
VALUES (%s, %s, %s, %s)
ON CONFLICT (minute) DO UPDATE
SET taken_at = excluded.taken_at, schema = excluded.schema, body = excluded.body
WHERE kept.taken_at <= excluded.taken_at
"""

# Few rows a time: trimming must never hold up a pass.
_TRIM = """
DELETE FROM ops_snapshotminute WHERE minute IN (
    SELECT minute FROM ops_snapshotminute WHERE minute < %s ORDER BY minute LIMIT 100
)
"""


class PostgresStore:
    name = "Postgres"
    costs_statements = True

    def __init__(self, history_days: int) -> None:
        self._keep = timedelta(days=history_days)

    def save(self, snapshot: Snapshot) -> None:
        minute = snapshot.taken_at.replace(second=0, microsecond=0)
        with available(), connection.cursor() as cursor:
            cursor.execute(_SAVE, [minute, snapshot.taken_at, SCHEMA, packed(snapshot)])
            cursor.execute(_TRIM, [minute - self._keep])
            record_changes(snapshot, minute - self._keep)
            fold_in(snapshot, minute - self._keep)

    def newest(self, than: datetime | None = None) -> Snapshot | None:
        rows = SnapshotMinute.objects.filter(schema=SCHEMA).order_by("-minute")
        if than is not None:
            minute = than.replace(second=0, microsecond=0)
            rows = rows.filter(minute__gte=minute, taken_at__gt=than)
        return first_of(rows)


@contextmanager
def available() -> Iterator[None]:
    """Raise StoreUnavailableError where the server fails or takes its time."""
    try:
        with database_answers_within(_SECONDS):
            yield
    except _AWAY:
        raise StoreUnavailableError from None


def first_of(rows: QuerySet[Any]) -> Snapshot | None:
    """Of rows with a `body`."""
    with available():
        body = rows.values_list("body", flat=True).first()
    return readable(bytes(body)) if body is not None else None


def packed(snapshot: Snapshot) -> bytes:
    """A `body`, as `readable` reads it."""
    return zlib.compress(to_json(snapshot), 6)


def readable(body: bytes) -> Snapshot | None:
    """A stored `body`. None where it is damaged."""
    try:
        return from_json(zlib.decompress(body))
    except zlib.error:
        return None

"""What the worker of another region saw last: a clean snapshot of that region alone.

It stands in the same two places as the whole, so that neither is the only copy; of the
past only the whole is kept.
"""

import zlib
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from opspanel.database.base import database_answers_within
from opspanel.models import RegionPart
from opspanel.snapshot.codec import to_json
from opspanel.snapshot.postgres import readable
from opspanel.snapshot.redis import RedisStore
from opspanel.snapshot.schema import SCHEMA, Snapshot
from opspanel.snapshot.store import SnapshotStore, StoreUnavailableError

_SECONDS = 2.0
_AWAY = (DatabaseError, InterfaceError)

# A worker that was held up must not put an older part over a newer one.
_SAVE = """
INSERT INTO ops_regionpart AS kept (region, taken_at, schema, body)
VALUES (%s, %s, %s, %s)
ON CONFLICT (region) DO UPDATE
SET taken_at = excluded.taken_at, schema = excluded.schema, body = excluded.body
WHERE kept.taken_at <= excluded.taken_at
"""


class PostgresPart:
    name = "Postgres"
    costs_statements = True

    def __init__(self, region: str) -> None:
        self._region = region

    def save(self, snapshot: Snapshot) -> None:
        body = zlib.compress(to_json(snapshot), 6)
        try:
            with database_answers_within(_SECONDS), connection.cursor() as cursor:
                cursor.execute(_SAVE, [self._region, snapshot.taken_at, SCHEMA, body])
        except _AWAY:
            raise StoreUnavailableError from None

    def newest(self, than: datetime | None = None) -> Snapshot | None:
        rows = RegionPart.objects.filter(region=self._region, schema=SCHEMA)
        if than is not None:
            rows = rows.filter(taken_at__gt=than)
        try:
            with database_answers_within(_SECONDS):
                row = rows.values_list("body", flat=True).first()
        except _AWAY:
            raise StoreUnavailableError from None
        return readable(bytes(row)) if row is not None else None


def stores_of(region: str) -> tuple[SnapshotStore, ...]:
    postgres = PostgresPart(region)
    if settings.REDIS_URL is None:
        return (postgres,)
    prefix = f"opspanel:region:{region}"
    return (RedisStore(settings.REDIS_URL, prefix), postgres)

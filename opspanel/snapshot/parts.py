"""What the worker of another region saw last: a clean snapshot of that region alone.

It stands in the same two places as the whole, so that neither is the only copy; of the
past only the whole is kept.
"""

from datetime import datetime

from django.conf import settings
from django.db import connection

from opspanel.models import RegionPart
from opspanel.snapshot.postgres import available, first_of, packed
from opspanel.snapshot.redis import RedisStore
from opspanel.snapshot.schema import SCHEMA, Snapshot
from opspanel.snapshot.store import SnapshotStore

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
        body = packed(snapshot)
        with available(), connection.cursor() as cursor:
            cursor.execute(_SAVE, [self._region, snapshot.taken_at, SCHEMA, body])

    def newest(self, than: datetime | None = None) -> Snapshot | None:
        rows = RegionPart.objects.filter(region=self._region, schema=SCHEMA)
        if than is not None:
            rows = rows.filter(taken_at__gt=than)
        return first_of(rows)


def stores_of(region: str) -> tuple[SnapshotStore, ...]:
    postgres = PostgresPart(region)
    if settings.REDIS_URL is None:
        return (postgres,)
    prefix = f"opspanel:region:{region}"
    return (RedisStore(settings.REDIS_URL, prefix), postgres)

"""The newest snapshot for pages: read from the stores at most once a second."""

import threading
import time
from collections.abc import Callable, Sequence
from functools import cache

from django.conf import settings

from opspanel.panel.load import configured_panel
from opspanel.snapshot.postgres import PostgresStore
from opspanel.snapshot.redis import RedisStore
from opspanel.snapshot.schema import Snapshot
from opspanel.snapshot.store import (
    SnapshotStore,
    StoreUnavailableError,
    newest_of,
)

# Shorter than any interval, so a page is at most this much behind its stores.
_REST_SECONDS = 1.0


class Latest:
    """One reader per process, whatever the number of requests.

    With every store away it keeps giving the last snapshot: its age tells.
    """

    def __init__(
        self,
        stores: Sequence[SnapshotStore],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stores = stores
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: Snapshot | None = None
        self._read_at: float | None = None

    def snapshot(self) -> Snapshot | None:
        with self._lock:
            now = self._clock()
            if self._read_at is None or now - self._read_at >= _REST_SECONDS:
                self._read()
                self._read_at = now
            return self._kept

    def _read(self) -> None:
        known = self._kept.taken_at if self._kept else None
        try:
            self._kept = newest_of(self._stores, known) or self._kept
        except StoreUnavailableError:
            return


@cache
def configured_stores() -> tuple[SnapshotStore, ...]:
    postgres = PostgresStore(configured_panel().collection.history_days)
    if settings.REDIS_URL is None:
        return (postgres,)
    return (RedisStore(settings.REDIS_URL), postgres)


@cache
def configured_latest() -> Latest:
    return Latest(configured_stores())

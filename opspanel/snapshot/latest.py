"""The newest snapshot for pages: each process reads its stores for all its requests."""

import math
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache

from django.conf import settings

from opspanel.panel.load import configured_panel
from opspanel.snapshot.postgres import PostgresStore
from opspanel.snapshot.redis import RedisStore
from opspanel.snapshot.schema import Snapshot
from opspanel.snapshot.store import SnapshotStore, StoreUnavailableError

# Shorter than any interval, so a page is at most this much behind its stores.
REST_SECONDS = 1.0
# Where somebody reads ahead of the requests, they only step in if that stops.
_FOLLOWED_SECONDS = 10.0
# A cheap store without news for so long may have missed them.
_LATE_INTERVALS = 1.5


class Latest:
    """One reader per process, whatever the number of requests.

    With every store away it keeps giving the last snapshot: its age tells. A store
    whose questions are SQL statements is asked once an `interval`, and only where no
    cheaper one has the news in time.
    """

    def __init__(
        self,
        stores: Sequence[SnapshotStore],
        interval: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stores = stores
        self._interval = interval
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: Snapshot | None = None
        self._read_at: float | None = None
        self._news_at = self._asked_at = -math.inf
        self._followed = False

    def snapshot(self) -> Snapshot | None:
        rest = _FOLLOWED_SECONDS if self._followed else REST_SECONDS
        if self._is_older_than(rest):
            with self._lock:
                if self._is_older_than(rest):
                    self._read()
        return self._kept

    def follow(self) -> None:
        """For the one who calls this each REST_SECONDS, so that requests need not read
        and never wait for a store."""
        with self._lock:
            self._read()
        self._followed = True

    def _is_older_than(self, seconds: float) -> bool:
        return self._read_at is None or self._clock() - self._read_at >= seconds

    def _read(self) -> None:
        any(self._brings_news(store) for store in self._stores)
        self._read_at = self._clock()

    def _brings_news(self, store: SnapshotStore) -> bool:
        now = self._clock()
        if store.costs_statements:
            in_time = now - self._news_at < _LATE_INTERVALS * self._interval
            cheaper = store is not self._stores[0]
            if now - self._asked_at < self._interval or (cheaper and in_time):
                return False
            self._asked_at = now
        known = self._kept.taken_at if self._kept else None
        try:
            found = store.newest(known)
        except StoreUnavailableError:
            return False
        if found is not None:
            self._kept, self._news_at = found, now
        return found is not None


@cache
def configured_stores() -> tuple[SnapshotStore, ...]:
    postgres = PostgresStore(configured_panel().collection.history_days)
    if settings.REDIS_URL is None:
        return (postgres,)
    return (RedisStore(settings.REDIS_URL), postgres)


@cache
def configured_latest() -> Latest:
    interval = configured_panel().collection.interval_seconds
    return Latest(configured_stores(), interval)

"""Why nothing new is collected, as far as can be told from the queue of passes."""

import time
from collections.abc import Callable
from functools import cache

from django.conf import settings

from opspanel.database.clock import database_now
from opspanel.panel.load import configured_panel
from opspanel.snapshot.outdated import is_stale
from opspanel.snapshot.redis import PassQueue
from opspanel.snapshot.schema import Snapshot
from opspanel.terms import Silence

_ASKED_EVERY = 5.0


class Watcher:
    """`told`: why the newest snapshot is stale; None while it is not, or nobody knows."""

    def __init__(
        self,
        queue: PassQueue | None,
        interval: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue = queue
        self._interval = interval
        self._clock = clock
        self._asked_at: float | None = None
        self.told: Silence | None = None

    def follow(self, newest: Snapshot | None) -> None:
        """Called ahead of requests, which must not wait for a Redis that hangs."""
        stale = newest and is_stale(newest.taken_at, database_now(), self._interval)
        if self._queue is None or not stale:
            self._asked_at = self.told = None
        elif self._asked_at is None or self._clock() - self._asked_at >= _ASKED_EVERY:
            self.told = self._queue.why_silent()
            self._asked_at = self._clock()


@cache
def configured_watcher() -> Watcher:
    address = settings.REDIS_URL
    interval = configured_panel().collection.interval_seconds
    return Watcher(PassQueue(address) if address else None, interval)

"""What time it is by the panel's database, whose clock dates snapshots.

A web host whose own clock is wrong would else show an old snapshot as a fresh one, or no
snapshot as fresh.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from opspanel.database.base import database_answers_within

log = logging.getLogger(__name__)

# One statement in ten minutes, and one when the host's clock was set or had slept.
_MEASURED_EVERY = 600.0
_LEAP_SECONDS = 1.0
# Less is how long the statement was on its way.
_SAME_SECONDS = 1.0
_ANSWERS_WITHIN = 1.0


class DatabaseClock:
    """`wall`: the host's, in seconds since 1970; `clock`: its steady one."""

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall = wall
        self._clock = clock
        self._ahead = timedelta()
        self._asked = False
        self._measured_at: float | None = None
        self._wall_less_clock = 0.0

    def now(self) -> datetime:
        """The host's own time as long as the database did not tell."""
        if not self._asked:
            self.follow()
        return timezone.now() + self._ahead

    def follow(self) -> None:
        """Called each second ahead of requests. What cannot be measured stays as it was."""
        self._asked = True
        if not self._is_due():
            return
        try:
            with database_answers_within(_ANSWERS_WITHIN):
                self._measure()
        except (DatabaseError, InterfaceError):
            connection.close_if_unusable_or_obsolete()

    def _is_due(self) -> bool:
        if self._measured_at is None:
            return True
        leapt = self._wall() - self._clock() - self._wall_less_clock
        long_ago = self._clock() - self._measured_at >= _MEASURED_EVERY
        return long_ago or abs(leapt) > _LEAP_SECONDS

    def _measure(self) -> None:
        began = self._wall()
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
            told: float = cursor.fetchone()[0]
        ended = self._wall()
        self._take(told - (began + ended) / 2)
        self._wall_less_clock = ended - self._clock()
        self._measured_at = self._clock()

    def _take(self, ahead: float) -> None:
        taken = timedelta(seconds=ahead if abs(ahead) > _SAME_SECONDS else 0.0)
        if abs(taken - self._ahead) > timedelta(seconds=_SAME_SECONDS):
            log.warning("the database's clock is %.1f s ahead of this host's", ahead)
        self._ahead = taken


@cache
def configured_clock() -> DatabaseClock:
    return DatabaseClock()


def database_now() -> datetime:
    return configured_clock().now()

"""What time it is by the panel's database, whose clock dates snapshots.

A web host whose own clock is wrong would else show an old snapshot as a fresh one, or no
snapshot as fresh.
"""

import logging
import math
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from opspanel.database.base import database_answers_within

log = logging.getLogger(__name__)

_MEASURED_EVERY = 600.0
# Where no background thread follows, as in a process that answers scripts alone.
_MEASURED_AT_LEAST_EVERY = 3600.0
_TRIED_EVERY = 5.0
_ANSWERS_WITHIN = 1.0
# Who was paused meanwhile has measured nothing.
_MOST_SECONDS = 1.0
# Less is how long the statement was on its way.
_SAME_SECONDS = 1.0


def _since_boot() -> float:
    """Steady, and goes on while the host sleeps, where it has such a clock."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class DatabaseClock:
    """`wall`: the host's, in seconds since 1970, which somebody may set; `steady`: one
    that nobody can, by which time passes from one measurement to the next."""

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = _since_boot,
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._tried_at = -math.inf
        # What the database told, and when: read and written whole.
        self._told: tuple[float, float] | None = None

    def now(self) -> datetime:
        """The host's own time as long as the database did not tell."""
        self._measure_if_older(_MEASURED_AT_LEAST_EVERY)
        return timezone.now() + timedelta(seconds=self._ahead())

    def follow(self) -> None:
        """Called each second ahead of requests. Where the database does not tell, time
        passes as before."""
        self._measure_if_older(_MEASURED_EVERY)

    def _ahead(self) -> float:
        if self._told is None:
            return 0.0
        told, at = self._told
        ahead = told + self._steady() - at - self._wall()
        return ahead if abs(ahead) > _SAME_SECONDS else 0.0

    def _measure_if_older(self, seconds: float) -> None:
        now, told = self._steady(), self._told
        if told is not None and now - told[1] < seconds:
            return
        if now - self._tried_at < _TRIED_EVERY:
            return
        self._tried_at = now
        try:
            with database_answers_within(_ANSWERS_WITHIN):
                self._measure()
        except (DatabaseError, InterfaceError):
            connection.close_if_unusable_or_obsolete()

    def _measure(self) -> None:
        connection.ensure_connection()  # takes its time, and tells nothing
        began, before = self._steady(), self._ahead()
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
            told: float = cursor.fetchone()[0]
        ended = self._steady()
        if ended - began > _MOST_SECONDS:
            return
        self._told = (told, (began + ended) / 2)
        if abs(self._ahead() - before) > _SAME_SECONDS:
            log.warning(
                "this host's clock is %.1f s behind the database's", self._ahead()
            )


@cache
def configured_clock() -> DatabaseClock:
    return DatabaseClock()


def database_now() -> datetime:
    return configured_clock().now()

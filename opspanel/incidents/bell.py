"""Rung in Redis when an act on an incident is committed, so that no process need ask
Postgres each second whether there was one.

A hint and no promise: where it is not heard, Postgres is asked, and what was rung and
never heard is found by the next pass (opspanel/incidents/latest.py).
"""

import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache

from django.conf import settings

from opspanel.snapshot.redis import Rope
from opspanel.snapshot.store import StoreUnavailableError

# What was heard before is worth nothing then: whoever listens may be gone.
_LISTENED_SECONDS = 3.0


class Bell:
    """`rope`: None where there is no Redis, so that nothing is ever heard."""

    def __init__(
        self, rope: Rope | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rope = rope
        self._clock = clock
        self._waiting, self._ringing = threading.Lock(), threading.Lock()
        self._heard: bytes | None = None
        self._heard_at = -math.inf

    def ring(self) -> None:
        """Return at once: a Redis that hangs makes no recording slower."""
        if self._rope is None or not self._waiting.acquire(blocking=False):
            return
        ringer = threading.Thread(
            target=self._ring, args=[self._rope], name="bell", daemon=True
        )
        try:
            ringer.start()
        except RuntimeError:  # no more threads: the next pass tells
            self._waiting.release()

    def _ring(self, rope: Rope) -> None:
        with self._ringing:
            # Who acts from here on is not told by this one.
            self._waiting.release()
            with suppress(StoreUnavailableError):
                rope.pull()

    def listen(self) -> None:
        """Called each second ahead of requests, which never wait for a Redis that hangs."""
        if self._rope is None:
            return
        with suppress(StoreUnavailableError):
            self._heard, self._heard_at = self._rope.word(), self._clock()

    def last(self) -> bytes | None:
        """Another one after each act. None where nobody can hear now."""
        since = self._clock() - self._heard_at
        return self._heard if since < _LISTENED_SECONDS else None


@cache
def configured_bell() -> Bell:
    address = settings.REDIS_URL
    return Bell(Rope(address) if address else None)

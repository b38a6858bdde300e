"""Whether one source is asked in a pass, and for how long it may hold the pass.

Each worker process remembers by itself; what another process saw later comes with the
newest snapshot. Without any store a process goes by its own memory.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from opspanel.circuit import CLOSED, Circuit
from opspanel.readings import Answer, SourceFailedError
from opspanel.snapshot.schema import SourceState
from opspanel.terms import FailureKind

log = logging.getLogger(__name__)

KNOCK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Door:
    """Where a source listens."""

    host: str
    port: int

    async def is_open(self) -> bool:
        """Connect and hang up: a refused connection costs neither side anything."""
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(KNOCK_SECONDS):
                _, writer = await asyncio.open_connection(self.host, self.port)
            writer.close()
            return True
        return False


class Breaker:
    """Of one source. In a pass: `recall`, `read`, `recall`, `settle`."""

    def __init__(self, door: Door | None = None) -> None:
        self._door = door
        self._known_at: datetime | None = None
        self._failure: FailureKind | None = None
        self._outcome: SourceFailedError | None = None
        self._asked = self._knocked = False
        self._door_misleads = False
        self.circuit = CLOSED

    def recall(self, state: SourceState, taken_at: datetime) -> None:
        """What a snapshot of `taken_at` tells, if that is news to this process."""
        if self._known_at is None or taken_at > self._known_at:
            self._known_at = taken_at
            self._failure, self.circuit = state.failure, state.circuit

    async def read[Reading](
        self, ask: Callable[[], Awaitable[Reading]], now: datetime, seconds: float
    ) -> Answer[Reading]:
        """Ask, unless the source is left alone: then its last failure stands."""
        self._outcome, self._asked, self._knocked = None, False, False
        spared = await self._spared(now)
        if spared is not None:
            return spared
        self._asked = True
        try:
            async with asyncio.timeout(seconds):
                return await ask()
        except SourceFailedError as failed:
            self._outcome = failed
        except TimeoutError:  # a source without an end of its own
            self._outcome = SourceFailedError(FailureKind.TIMEOUT)
        except Exception:
            log.exception("a source raised what no source should")
            self._outcome = SourceFailedError(FailureKind.BAD_PAYLOAD)
        return self._outcome.kind

    def settle(self, now: datetime) -> Circuit:
        """Take in how asking went, on top of what was recalled meanwhile."""
        if self._asked:
            failed = self._outcome
            self._known_at = now
            self._failure = failed.kind if failed else None
            self._door_misleads = bool(failed) and (
                self._door_misleads or self._knocked
            )
            self.circuit = (
                self.circuit.after_failure(now, failed.retry_after)
                if failed
                else CLOSED
            )
        return self.circuit

    def left_alone(self, now: datetime) -> FailureKind | None:
        """The failure for which the source is not asked now."""
        return self._failure if self.circuit.is_open(now) else None

    async def _spared(self, now: datetime) -> FailureKind | None:
        failure = self.left_alone(now)
        if failure is FailureKind.REFUSED and self._door and not self._door_misleads:
            self._knocked = await self._door.is_open()
        return None if self._knocked else failure

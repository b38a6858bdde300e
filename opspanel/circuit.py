"""How long a source that fails is left alone. Pure: numbers and times, no text."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES = 3
WITHIN = timedelta(seconds=60)
OPEN = timedelta(seconds=30)
# What a source may ask for at most by Retry-After; also the bound on a wrong clock.
LONGEST = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """`failures` in a row, the newest of them at `failed_at`. The source is not asked
    before `open_until`; then once, and how that ends decides."""

    failures: int = 0
    failed_at: tuple[datetime, ...] = ()
    open_until: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """A clock that went back leaves no source alone for longer than LONGEST."""
        return self.open_until is not None and now < self.open_until <= now + LONGEST

    def after_failure(self, now: datetime, retry_after: float = 0.0) -> "Circuit":
        """`retry_after`: the seconds that the source asked for."""
        recent = (at for at in self.failed_at if now - WITHIN <= at <= now)
        failed_at = (*recent, now)[-FAILURES:]
        wait = timedelta(seconds=min(max(retry_after, 0.0), LONGEST.total_seconds()))
        probed = self.open_until is not None and self.failures >= FAILURES
        if probed or len(failed_at) == FAILURES:
            wait = max(wait, OPEN)
        return Circuit(
            failures=self.failures + 1,
            failed_at=failed_at,
            open_until=now + wait if wait else None,
        )


CLOSED = Circuit()

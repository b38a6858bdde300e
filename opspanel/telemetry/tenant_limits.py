"""How much telemetry each tenant may make. Pure: the clock is an argument.

A tenant that floods takes from nobody: what is over its own rate is never made, before any
queue that it would share. Failures have a bucket of their own, so that a flood of what is
fine hides none of them, and a flood of them leaves the rest as it is.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, and then `per_second`."""

    per_second: float
    burst: float


USUAL = Rate(per_second=20, burst=40)
FAILURES = Rate(per_second=1, burst=10)
# Under a megabyte. Whoever was heard of the longest ago is forgotten first: a tenant that
# floods is never that one, so it cannot come back to a full bucket by being forgotten.
MOST_TENANTS = 2000


class Buckets:
    """A token bucket for each tenant, and for so many tenants at most."""

    def __init__(
        self, rate: Rate, clock: Callable[[], float], most: int = MOST_TENANTS
    ) -> None:
        self._rate = rate
        self._clock = clock
        self._most = most
        self._known: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, tenant: str) -> bool:
        """Whether that tenant had one left; one less, if so."""
        with self._lock:
            now = self._clock()
            tokens, at = self._known.pop(tenant, (self._rate.burst, now))
            grown = tokens + max(0.0, now - at) * self._rate.per_second
            left = min(self._rate.burst, grown)
            taken = left >= 1
            self._known[tenant] = (left - taken, now)
            if len(self._known) > self._most:
                self._known.popitem(last=False)
            return taken

    def __len__(self) -> int:
        return len(self._known)


class TenantLimits:
    """What is asked when a trace begins, and once more when it failed without being kept."""

    def __init__(
        self,
        clock: Callable[[], float],
        usual: Rate = USUAL,
        failures: Rate = FAILURES,
        most: int = MOST_TENANTS,
    ) -> None:
        self._usual = Buckets(usual, clock, most)
        self._failures = Buckets(failures, clock, most)

    def begins(self, tenant: str) -> bool:
        return self._usual.take(tenant)

    def failed(self, tenant: str) -> bool:
        return self._failures.take(tenant)

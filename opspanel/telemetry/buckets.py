"""So many in a second, and so many at once, for each of a bounded number of names."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_NAMES = 2_000


class Buckets:
    """A token bucket for each name. Of more names than `most` the one that was silent
    for longest is forgotten: when it comes again, it begins with a full one."""

    def __init__(
        self,
        per_second: float,
        at_once: float,
        most: int = MOST_NAMES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_second = per_second
        self._at_once = at_once
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        # What is left, and when that was so.
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def take(self, name: str) -> bool:
        """Whether there was one left."""
        with self._lock:
            now = self._clock()
            left, at = self._left.get(name, (self._at_once, now))
            left = min(self._at_once, left + (now - at) * self._per_second)
            taken = left >= 1
            self._left[name] = (left - taken, now)
            self._left.move_to_end(name)
            if len(self._left) > self._most:
                self._left.popitem(last=False)
            return taken

"""Why values were replaced, counted since the process started. Never what they were."""

import threading
from collections import Counter

_LOCK = threading.Lock()
_COUNTS: Counter[str] = Counter()


def count(reason: str, times: int = 1) -> None:
    with _LOCK:
        _COUNTS[reason] += times


def counts() -> dict[str, int]:
    """A copy: reason -> how often."""
    with _LOCK:
        return dict(_COUNTS)

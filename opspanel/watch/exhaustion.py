"""When something will be full: a range of two estimates that agree, or none.

One slope of a noisy gauge is worth little; that of six hours and that of a day have to
agree within a factor of two. What fell by much was emptied: it is measured anew since.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from opspanel.watch.points import DAY, HOUR, STEP_SECONDS, Points

SPANS = (6 * HOUR, DAY)
LEAST_USED = 0.6
_AGREE = 2.0
# Of its span, so many points must be there.
_LEAST_SEEN = 0.5
_EMPTIED = 0.8


@dataclass(frozen=True, slots=True)
class Remaining:
    """Seconds until full, from and to."""

    least: float
    most: float


def time_left(points: Points, slot: int, size: float) -> Remaining | None:
    """None where it is not filling up, or the slopes do not agree."""
    used = _value(points, slot)
    if used is None or size <= 0 or used < LEAST_USED * size:
        return None
    if used >= size:
        return Remaining(0.0, 0.0)
    left = []
    for span in SPANS:
        slope = _slope(_since_emptied(_window(points, slot, span)))
        if slope is None or slope <= 0:
            return None
        left.append((size - used) / slope * STEP_SECONDS)
    least, most = min(left), max(left)
    return Remaining(least, most) if most <= _AGREE * least else None


def emptied(points: Points, slot: int) -> int | None:
    """How many slots ago it was emptied within the last day, None for not."""
    window = _window(points, slot, DAY)
    since = _since_emptied(window)
    return len(since) if len(since) < len(window) else None


def _value(points: Points, slot: int) -> float | None:
    window = _window(points, slot, 1)
    return window[0] if window else None


def _window(points: Points, slot: int, span: int) -> Sequence[float | None]:
    end = slot + 1 - points.first
    return points.values[max(end - span, 0) : max(end, 0)]


def _since_emptied(values: Sequence[float | None]) -> Sequence[float | None]:
    last: float | None = None
    begin = 0
    for index, value in enumerate(values):
        if value is None:
            continue
        if last is not None and value < _EMPTIED * last:
            begin = index
        last = value
    return values[begin:]


def _slope(values: Sequence[float | None]) -> float | None:
    """By least squares, a slot; None of too few points."""
    seen = [(at, value) for at, value in enumerate(values) if value is not None]
    if len(seen) < max(_LEAST_SEEN * len(values), SPANS[0] * _LEAST_SEEN):
        return None
    middle = sum(at for at, _ in seen) / len(seen)
    mean = sum(value for _, value in seen) / len(seen)
    across = sum((at - middle) ** 2 for at, _ in seen)
    along = sum((at - middle) * (value - mean) for at, value in seen)
    return along / across if across else None

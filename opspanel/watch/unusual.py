"""Detectors of what is above the usual of the hour and the day: surges and ramps.

What each finds, and how often it is wrong, is measured by `make bench-watchlist`.
"""

from collections.abc import Iterator
from math import log
from typing import NamedTuple

from opspanel.watch.points import HOUR
from opspanel.watch.usual import LEAST_COUNT, Baseline, Usual


class Gate(NamedTuple):
    """All three have to be passed, by `points` points in a row."""

    points: int
    z: float
    ratio: float
    times_more: float


SURGE = Gate(points=3, z=2.5, ratio=1.3, times_more=1.0)
# What is so far above needs no third point.
STRONG = Gate(points=2, z=6.0, ratio=2.0, times_more=2.0)

# A sum of deviations: what each has beyond `_SLACK`, at most `_CAP - _SLACK`, so that
# one high point is not enough; over a few hours, else a slow drift adds up.
_SLACK, _CAP, _ENOUGH = 2.0, 4.0, 10.0
_RATIO = 1.3
_RAMP_SPAN = 4 * HOUR

# For few events: how much likelier the counts are if there are so many times more of
# them, in nats; what is usual is taken to be a bit more, as it is known badly.
_TIMES = 1.6
_FEW_CAP, _FEW_ENOUGH, _FEW_SPAN = 4.0, 12.0, 6 * HOUR
_DOUBT = 1.25
_FEW = 20.0


def is_surge(baseline: Baseline, slot: int, more: float) -> bool:
    return _passes(baseline, slot, SURGE, more) or _passes(baseline, slot, STRONG, more)


def _passes(baseline: Baseline, slot: int, gate: Gate, more: float) -> bool:
    seen = list(_seen(baseline, slot, gate.points))
    return len(seen) == gate.points and all(
        usual.z(value) > gate.z
        and usual.ratio(value) > gate.ratio
        and value - usual.expected > gate.times_more * more
        for value, usual in seen
    )


def is_ramp(baseline: Baseline, slot: int, more: float) -> bool:
    """What lies behind is no ramp any more: the last two points must be high."""
    last = list(_seen(baseline, slot, 2))
    if not last or not all(
        usual.ratio(value) > _RATIO and value - usual.expected > more
        for value, usual in last
    ):
        return False
    total = 0.0
    for value, usual in _seen(baseline, slot, _RAMP_SPAN):
        total = max(0.0, total + min(usual.z(value), _CAP) - _SLACK)
    return total > _ENOUGH


def is_more_of_few(baseline: Baseline, slot: int) -> bool:
    """For counts only: the likelihood of more, where each point alone says little."""
    usual = baseline.usual(slot)
    if usual is None or usual.expected > _FEW or not _was_high(baseline, slot, HOUR):
        return False
    total = 0.0
    for value, then in _seen(baseline, slot, _FEW_SPAN):
        expected = max(then.expected, LEAST_COUNT) * _DOUBT
        gain = value * log(_TIMES) - expected * (_TIMES - 1)
        total = max(0.0, total + min(gain, _FEW_CAP))
    return total > _FEW_ENOUGH


def _was_high(baseline: Baseline, slot: int, span: int) -> bool:
    seen = list(_seen(baseline, slot, span))
    expected = sum(usual.expected for _, usual in seen)
    return sum(value for value, _ in seen) > _RATIO * expected > 0


def _seen(baseline: Baseline, slot: int, points: int) -> Iterator[tuple[float, Usual]]:
    """The points up to `slot` that can be compared, oldest first."""
    for each in range(slot - points + 1, slot + 1):
        value, usual = baseline.value(each), baseline.usual(each)
        if value is None or usual is None or usual.expected < baseline.least:
            continue
        yield value, usual

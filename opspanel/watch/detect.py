"""What each kind of signal is looked at with, best first; each finding tells itself."""

from collections.abc import Callable, Iterator

from opspanel.terms import Detector, WatchKind
from opspanel.watch import exhaustion, rare, unusual
from opspanel.watch.points import HOUR, STEP_SECONDS, start_of
from opspanel.watch.rule import Found, Rule
from opspanel.watch.usual import Baseline
from opspanel.watch.wording import between, lasting, times, told

type Look = Callable[[Rule, Baseline, int], Iterator[Found]]

# Points in a row past a fixed limit.
_PERSISTENCE = 3
# Where nothing is usual, any is so many times more.
_ENDLESS = 1000.0


def detect(rule: Rule, baseline: Baseline, slot: int) -> Iterator[Found]:
    """Nothing where the newest point is missing."""
    if baseline.value(slot) is not None:
        yield from _LOOKS[rule.kind](rule, baseline, slot)


def _unusual(rule: Rule, baseline: Baseline, slot: int) -> Iterator[Found]:
    if unusual.is_surge(baseline, slot, rule.more):
        yield _compared(Detector.SURGE, rule, baseline, slot)
    if unusual.is_ramp(baseline, slot, rule.more):
        yield _compared(Detector.RAMP, rule, baseline, slot)
    if rule.counts:
        if unusual.is_more_of_few(baseline, slot):
            yield _compared(Detector.MORE_OF_FEW, rule, baseline, slot)
        usual = baseline.usual(slot)
        if usual is None or usual.expected < baseline.least:
            yield from _too_many(rule, baseline, slot)


def _compared(detector: Detector, rule: Rule, baseline: Baseline, slot: int) -> Found:
    """Of counts a quarter of an hour is told, of a few events an hour."""
    span = 1
    if rule.counts:
        span = HOUR if detector is Detector.MORE_OF_FEW else _PERSISTENCE
    value = expected = variance = 0.0
    for each in range(slot - span + 1, slot + 1):
        point, usual = baseline.value(each), baseline.usual(each)
        if point is not None and usual is not None:
            value, expected = value + point, expected + usual.expected
            variance += usual.spread**2
    ratio = value / expected if expected else _ENDLESS
    window = f" in {lasting(span * STEP_SECONDS)}" if rule.counts else ""
    when = f"{start_of(slot):%A %H:%M}"
    line = (
        f"{rule.name} {_told(value, rule)}{window}, usual for {when} is "
        f"{_told(expected, rule)} \N{PLUS-MINUS SIGN} "
        f"{_told(variance**0.5, rule)}, {times(ratio)}"
    )
    return Found(detector=detector, line=line, times=ratio)


def _too_many(rule: Rule, baseline: Baseline, slot: int) -> Iterator[Found]:
    points = baseline.points
    count = rare.in_the_last_hour(points, slot)
    if count == 0:
        return
    expected = rare.usual_in_an_hour(points, slot)
    if expected > rare.MOST_IN_AN_HOUR:
        return
    chance = rare.chance_of(count, expected)
    if chance < rare.CHANCE:
        line = (
            f"{rule.name} {count:,} in an hour, usual is {expected:.2g}: by chance "
            f"once in {1 / max(chance, 1e-12):,.0f} hours"
        )
        yield Found(detector=Detector.TOO_MANY, line=line, times=count / expected)


def _rare(rule: Rule, baseline: Baseline, slot: int) -> Iterator[Found]:
    yield from _too_many(rule, baseline, slot)
    count = rare.in_the_last_hour(baseline.points, slot)
    quiet = rare.quiet_days(baseline.points, slot) if count else None
    if quiet is not None:
        line = f"{rule.name} {count:,} in an hour, the first in {quiet} days or more"
        yield Found(detector=Detector.FIRST_SEEN, line=line, times=float(count))


def _any(rule: Rule, baseline: Baseline, slot: int) -> Iterator[Found]:
    count = rare.in_the_last_hour(baseline.points, slot)
    if count > 0:
        line = f"{rule.name} {count:,} in an hour: there should be none at all"
        yield Found(detector=Detector.ANY, line=line, times=float(count))


def _limit(rule: Rule, baseline: Baseline, slot: int) -> Iterator[Found]:
    limit = rule.limit or 0.0
    values = [baseline.value(slot - back) for back in range(_PERSISTENCE)]
    if all(value is not None and value >= limit for value in values):
        value = values[0] or 0.0
        line = f"{rule.name} {_told(value, rule)}, limit {_told(limit, rule)}"
        above = value / limit if limit else 1.0
        yield Found(detector=Detector.OVER_LIMIT, line=line, times=above)


def _grows(rule: Rule, baseline: Baseline, slot: int) -> Iterator[Found]:
    """The least of the last quarter of an hour above the most of one an hour ago."""
    now = _present(baseline, slot - _PERSISTENCE + 1, slot)
    then = _present(baseline, slot - HOUR + 1, slot - HOUR + _PERSISTENCE)
    if len(now) < _PERSISTENCE or not then or min(now) <= max(then) + rule.more:
        return
    if min(now) < (rule.limit or 0.0):
        return
    line = f"{rule.name} grew from {_told(max(then), rule)} to {_told(now[-1], rule)} in an hour"
    above = now[-1] / max(then) if max(then) > 0 else now[-1]
    yield Found(detector=Detector.GROWTH, line=line, times=above)


def _present(baseline: Baseline, begin: int, end: int) -> list[float]:
    values = (baseline.value(each) for each in range(begin, end + 1))
    return [value for value in values if value is not None]


def _fills(rule: Rule, baseline: Baseline, slot: int) -> Iterator[Found]:
    size = rule.limit or 0.0
    left = exhaustion.time_left(baseline.points, slot, size)
    if left is None or left.least > rule.horizon:
        return
    used = baseline.value(slot) or 0.0
    when = "is full" if left.most <= 0 else f"full in {between(left.least, left.most)}"
    line = (
        f"{rule.name} {_told(used, rule)} of {_told(size, rule)} "
        f"({used / size:.0%}), {when} at the slopes of 6 h and 1 d"
    )
    near = rule.horizon / max(left.least, STEP_SECONDS)
    yield Found(detector=Detector.EXHAUSTION, line=line, times=near)


def _runs_out(rule: Rule, baseline: Baseline, slot: int) -> Iterator[Found]:
    left, limit = baseline.value(slot) or 0.0, rule.limit or 0.0
    if left >= limit:
        return
    when = f"in {lasting(left)}" if left > 0 else "now, or before"
    line = f"{rule.name} ends {when}; told from {lasting(limit)} before"
    yield Found(
        detector=Detector.DEADLINE, line=line, times=limit / max(left, STEP_SECONDS)
    )


def _told(value: float, rule: Rule) -> str:
    return told(value, rule.unit, counts=rule.counts)


_LOOKS: dict[WatchKind, Look] = {
    WatchKind.USUAL: _unusual,
    WatchKind.RARE: _rare,
    WatchKind.ANY: _any,
    WatchKind.LIMIT: _limit,
    WatchKind.GROWS: _grows,
    WatchKind.FILLS: _fills,
    WatchKind.RUNS_OUT: _runs_out,
}

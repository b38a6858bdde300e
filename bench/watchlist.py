"""`python -m bench.watchlist [--series 20] [--weeks 52] [--seed N]`: a year of series
with planted events, and how well each detector that was tried finds them.

The naive ones are here to show what they cost: they find most, and alarm all the time.
"""

import argparse
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from math import sqrt
from random import Random, SystemRandom
from statistics import fmean

from opspanel.watch.points import DAY, HOUR, WEEK
from opspanel.watch.unusual import is_more_of_few, is_ramp, is_surge
from opspanel.watch.usual import Baseline, median
from tests.watch.generator import Planted, many
from tests.watch.scoring import QUIET_WEEKS, Score, of_the_panel, rule_of

type Alarms = Callable[[Planted], Iterable[int]]
type Passes = Callable[[Planted, Baseline, int], bool]

# Half an hour of calm ends an alarm, so that none is counted at each of its points.
_CALM = 6
_SMALLEST = 1e-9


def when(passes: Passes) -> Alarms:
    """The slots at which an alarm of this rule begins."""

    def alarms(planted: Planted) -> Iterator[int]:
        baseline = Baseline(planted.points, counts=planted.counts)
        calm = _CALM
        first = planted.points.first + QUIET_WEEKS * WEEK
        for slot in range(first, planted.points.last + 1):
            if not passes(planted, baseline, slot):
                calm += 1
                continue
            if calm >= _CALM:
                yield slot
            calm = 0

    return alarms


def back(planted: Planted, slot: int, begin: int, end: int) -> list[float]:
    """The values from `begin` slots before `slot` up to `end` before it."""
    index = slot - planted.points.first
    values = planted.points.values[max(index - begin, 0) : max(index - end, 0)]
    return [value for value in values if value is not None]


def value_of(planted: Planted, slot: int) -> float:
    return planted.points.values[slot - planted.points.first] or 0.0


def twice_the_mean(planted: Planted, _: Baseline, slot: int) -> bool:
    usual = fmean(back(planted, slot, WEEK, 0))
    return value_of(planted, slot) > 2 * usual


def z_of_a_day(planted: Planted, _: Baseline, slot: int) -> bool:
    recent = back(planted, slot, DAY, 0)
    mean = fmean(recent)
    variance = fmean([each * each for each in recent]) - mean * mean
    spread = sqrt(max(variance, _SMALLEST))
    return (value_of(planted, slot) - mean) / spread > 3  # noqa: PLR2004 - as its name says


def robust_z_of_an_hour(planted: Planted, _: Baseline, slot: int) -> bool:
    recent = back(planted, slot, HOUR, 0)
    middle = median(recent)
    spread = 1.4826 * median([abs(each - middle) for each in recent])
    return (value_of(planted, slot) - middle) / max(spread, _SMALLEST) > 5  # noqa: PLR2004 - as its name says


def more_than_last_week(planted: Planted, _: Baseline, slot: int) -> bool:
    then = value_of(planted, slot - WEEK)
    return value_of(planted, slot) > 1.5 * max(then, _SMALLEST)


def seasonal(z: float, points: int) -> Passes:
    def passes(planted: Planted, baseline: Baseline, slot: int) -> bool:
        for each in range(slot - points + 1, slot + 1):
            usual = baseline.usual(each)
            if usual is None or usual.z(value_of(planted, each)) <= z:
                return False
        return True

    return passes


def smoothed() -> Passes:
    """EWMA of the seasonal deviation; it remembers, so one is needed for each series."""
    state: deque[tuple[Planted, float]] = deque(maxlen=1)

    def passes(planted: Planted, baseline: Baseline, slot: int) -> bool:
        before = state[0][1] if state and state[0][0] is planted else 0.0
        usual = baseline.usual(slot)
        z = usual.z(value_of(planted, slot)) if usual else 0.0
        now = 0.8 * before + 0.2 * z
        state.append((planted, now))
        return now > 2.5  # noqa: PLR2004 - as its name says

    return passes


def surge(planted: Planted, baseline: Baseline, slot: int) -> bool:
    return is_surge(baseline, slot, rule_of(planted).more)


def ramp(planted: Planted, baseline: Baseline, slot: int) -> bool:
    return is_ramp(baseline, slot, rule_of(planted).more)


def more_of_few(planted: Planted, baseline: Baseline, slot: int) -> bool:
    return planted.counts and is_more_of_few(baseline, slot)


DETECTORS: dict[str, Alarms] = {
    "over twice the week's mean": when(twice_the_mean),
    "z > 3 of the last day": when(z_of_a_day),
    "robust z > 5 of the last hour": when(robust_z_of_an_hour),
    "over 1.5x the same time last week": when(more_than_last_week),
    "seasonal z > 5, one point": when(seasonal(5, 1)),
    "seasonal z > 4, three points": when(seasonal(4, 3)),
    "EWMA of seasonal z > 2.5": when(smoothed()),
    "the panel's surges alone": when(surge),
    "the panel's ramps alone": when(ramp),
    "the panel's more of few alone": when(more_of_few),
    "THE PANEL": of_the_panel,
}


def scores(seed: int, numbers: range, weeks: int) -> dict[str, dict[str, Score]]:
    """By detector, and by kind of series: `all` for all of them."""
    found: dict[str, dict[str, Score]] = {name: {} for name in DETECTORS}
    dice = Random(seed)  # noqa: S311 - the same series again from the same seed
    for planted in many(dice, numbers, weeks):
        for name, alarms in DETECTORS.items():
            told = list(alarms(planted))
            for kind in ("all", planted.name):
                found[name].setdefault(kind, Score()).add(planted, told)
    return found


def merged(parts: Iterable[dict[str, dict[str, Score]]]) -> dict[str, dict[str, Score]]:
    whole: dict[str, dict[str, Score]] = {name: {} for name in DETECTORS}
    for part in parts:
        for name, by_kind in part.items():
            for kind, score in by_kind.items():
                whole[name].setdefault(kind, Score()).join(score)
    return whole


HEAD = "recall | false alarms/series-week | precision | delay | from the very begin"


def line(name: str, score: Score) -> str:
    begin = median(score.from_begin) if score.from_begin else float("nan")
    return (
        f"| {name} | {score.recall:.2f} | {score.false_alarms_a_week:.3f} "
        f"| {score.precision:.2f} | {score.delay:.0f} min | {begin:.0f} min |"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--series", type=int, default=20)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**9))
    asked = parser.parse_args()
    workers = min(os.cpu_count() or 1, 4)
    print(f"seed {asked.seed}, {asked.series} series of {asked.weeks} weeks each")
    bounds = [asked.series * each // workers for each in range(workers + 1)]
    with ProcessPoolExecutor(workers) as pool:
        parts = [
            pool.submit(scores, asked.seed + low, range(low, high), asked.weeks)
            for low, high in pairwise(bounds)
        ]
        whole = merged(part.result() for part in parts)
    print(f"\n| detector | {HEAD} |\n|---|---|---|---|---|---|")
    for name, by_kind in whole.items():
        print(line(name, by_kind["all"]))
    print(f"\n| the panel, by series | {HEAD} |\n|---|---|---|---|---|---|")
    for kind, score in sorted(whole["THE PANEL"].items()):
        print(line(kind, score))


if __name__ == "__main__":
    main()

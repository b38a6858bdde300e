"""What is usual for a signal at this time of this day of the week.

The median of the same half hours of the last three weeks, times the level: how the
last day compares with its own median. One week would be poisoned by last week's
incident; without the level, growth alone would alarm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import hypot, sqrt

from opspanel.watch.points import DAY, HOUR, WEEK, Points

WEEKS = 3
LEAST_COUNT = 1.0
LEARNING_DAYS = 14
# Half an hour to either side of the same moment.
_BESIDE = HOUR // 2
# Of the same hour of all weeks, so many are needed to tell what is usual.
_LEAST = 13
# The level is that of the day which ended an hour ago: not of what happens now.
_LEVEL_ENDS = HOUR
# It moves slowly: reckoned anew twice an hour.
_LEVEL_EVERY = HOUR // 2
_LEVEL_LEAST = DAY // 4
_LEVEL_AT_MOST = 4.0
# What a MAD has to be multiplied with to be the deviation of normal noise.
_MAD = 1.4826
# No signal is steadier than this, whatever three weeks say.
_RELATIVE = 0.1
# Ratios of small counts are kept from exploding.
_ONE_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Usual:
    """What was to be expected, and the deviation of a point from it."""

    expected: float
    spread: float

    def z(self, value: float) -> float:
        return (value - self.expected) / self.spread if self.spread else 0.0

    def ratio(self, value: float) -> float:
        if self.expected > 0:
            return value / self.expected
        return float("inf") if value > 0 else 1.0


class Baseline:
    """Answers for single slots and remembers what it reckoned.

    `counts`: of events, whose own number is noise; else the points are measurements.
    """

    def __init__(self, points: Points, *, counts: bool) -> None:
        self.points = points
        self._counts = counts
        # Below this a season says nothing: for counts, see `watch.rare`.
        self.least = LEAST_COUNT if counts else 0.0
        size = len(points.values)
        self._season: list[tuple[float, float] | None] = [None] * size
        self._asked = bytearray(size)
        self._ratios: list[float | None] = [None] * size
        self._levels: dict[int, float] = {}
        self._told: dict[int, Usual | None] = {}

    def value(self, slot: int) -> float | None:
        index = slot - self.points.first
        inside = 0 <= index < len(self.points.values)
        return self.points.values[index] if inside else None

    @cached_property
    def days(self) -> float:
        """How many days have points: what has been learned so far."""
        seen = sum(value is not None for value in self.points.values)
        return seen / DAY

    def usual(self, slot: int) -> Usual | None:
        """None where too little is known of the same time of earlier weeks."""
        if slot not in self._told:
            self._told[slot] = self._reckon(slot - self.points.first)
        return self._told[slot]

    def _reckon(self, index: int) -> Usual | None:
        season = self._seasonal(index)
        if season is None:
            return None
        level = self._level(index - (self.points.first + index) % _LEVEL_EVERY)
        expected, deviation = season[0] * level, season[1] * level
        # What three weeks say of the noise of a count is at least its own.
        own_noise = sqrt(max(expected, 1.0)) if self._counts else 0.0
        spread = hypot(max(deviation, own_noise), _RELATIVE * expected)
        return Usual(expected, spread)

    def _seasonal(self, index: int) -> tuple[float, float] | None:
        """Median and deviation of the same time of earlier weeks."""
        if not 0 <= index < len(self._season):
            return None
        if not self._asked[index]:
            self._asked[index] = 1
            self._season[index] = self._season_of(index)
        return self._season[index]

    def _season_of(self, index: int) -> tuple[float, float] | None:
        earlier: list[float] = []
        for week in range(1, WEEKS + 1):
            middle = index - week * WEEK
            if middle + _BESIDE >= 0:
                beside = self.points.values[
                    max(middle - _BESIDE, 0) : middle + _BESIDE + 1
                ]
                earlier += [value for value in beside if value is not None]
        if len(earlier) < _LEAST:
            return None
        middle_value = median(earlier)
        spread = median([abs(value - middle_value) for value in earlier])
        return middle_value, _MAD * spread

    def _level(self, index: int) -> float:
        if index not in self._levels:
            self._levels[index] = self._reckon_level(index)
        return self._levels[index]

    def _reckon_level(self, index: int) -> float:
        ends = index - _LEVEL_ENDS
        ratios = [
            ratio
            for each in range(max(ends - DAY, 0), ends)
            if (ratio := self._ratio(each)) is not None
        ]
        if len(ratios) < _LEVEL_LEAST:
            return 1.0
        return min(max(median(ratios), 1 / _LEVEL_AT_MOST), _LEVEL_AT_MOST)

    def _ratio(self, index: int) -> float | None:
        if self._ratios[index] is None:
            value, season = self.points.values[index], self._seasonal(index)
            if value is None or season is None:
                return None
            more = _ONE_HALF if self._counts else 0.0
            if season[0] + more <= 0:
                return None
            self._ratios[index] = (value + more) / (season[0] + more)
        return self._ratios[index]


def median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2

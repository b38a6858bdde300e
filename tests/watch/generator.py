"""Series as a platform makes them, with events planted at known moments.

Everything follows from one seed. A series has a daily shape and a quiet weekend, grows,
drifts, has noise of its own and now and then a single high point; each is of one kind:
counts of many or few events, measurements that are no counts, or events so rare that
most points are zero.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, exp, pi, sqrt
from random import Random

from opspanel.watch.points import DAY, HOUR, WEEK, Points

BASES = (5, 40, 300, 2000)
# One in a day, one in five hours, one in an hour, as a mean for five minutes.
RARE = (1 / DAY, 0.2 / HOUR, 1 / HOUR)
BLIPS_A_WEEK = 3
# Monday, 5 January 1970.
FIRST = 4 * DAY


@dataclass(frozen=True, slots=True)
class Event:
    """`shape` names it in tables; it lasts from slot `begins` up to `ends`. From slot
    `matters` on there is at least 1.3 times as much as usual: a ramp begins at nothing.
    """

    shape: str
    begins: int
    ends: int

    @property
    def matters(self) -> int:
        late = (self.ends - self.begins) // 4 if self.shape == "ramp" else 0
        return self.begins + late


@dataclass(frozen=True, slots=True)
class Planted:
    """`rare` series have events of their own shape; `counts` as in `Baseline`; `worth`:
    the least difference that matters, in what a measured series measures."""

    name: str
    points: Points
    events: tuple[Event, ...]
    counts: bool = True
    rare: bool = False
    worth: float = 0.0


SHAPES = {"spike": 8, "rise": 6 * HOUR, "ramp": 12 * HOUR}


def factor(event: Event, slot: int) -> float:
    """How many times more than usual happens in a slot of an event."""
    if event.shape == "spike":
        return 3.0
    if event.shape == "rise":
        return 1.6
    passed = (slot - event.begins + 1) / (event.ends - event.begins)
    return 1.0 + 1.2 * passed


def events_of(dice: Random, weeks: int, quiet_weeks: int) -> tuple[Event, ...]:
    """One event in each week after the quiet ones, with room before the next."""
    found = []
    shapes = list(SHAPES)
    dice.shuffle(shapes)
    for week in range(quiet_weeks, weeks):
        shape = shapes[week % len(shapes)]
        begins = FIRST + week * WEEK + dice.randrange(WEEK - 2 * DAY)
        found.append(Event(shape, begins, begins + SHAPES[shape]))
    return tuple(found)


def busy_series(dice: Random, base: float, weeks: int, quiet_weeks: int = 3) -> Planted:
    counts = dice.random() < 0.75
    events = events_of(dice, weeks, quiet_weeks)
    shape = _Shape(dice, base)
    values: list[float | None] = []
    for index in range(weeks * WEEK):
        slot = FIRST + index
        mean = shape.mean(slot)
        for event in events:
            if event.begins <= slot < event.ends:
                mean *= factor(event, slot)
        values.append(poisson(dice, mean) if counts else _measured(dice, mean))
    _blip(dice, values, weeks)
    kind = "counts" if counts else "measured"
    points = Points(first=FIRST, values=values)
    return Planted(f"{kind} {base:g}", points, events, counts=counts, worth=0.1 * base)


def rare_series(dice: Random, mean: float, weeks: int, quiet_weeks: int = 3) -> Planted:
    """A burst: within an hour at least what chance gives once in 10,000 hours."""
    values: list[float | None] = [poisson(dice, mean) for _ in range(weeks * WEEK)]
    events = []
    for week in range(quiet_weeks, weeks):
        begins = week * WEEK + dice.randrange(WEEK - 2 * DAY)
        for _ in range(5 + round(3 * sqrt(mean * HOUR) + 2 * mean * HOUR)):
            index = begins + dice.randrange(HOUR // 3)
            values[index] = (values[index] or 0.0) + 1
        events.append(Event("burst", FIRST + begins, FIRST + begins + HOUR))
    points = Points(first=FIRST, values=values)
    return Planted(f"rare {mean * HOUR:.2g}/h", points, tuple(events), rare=True)


def many(
    dice: Random, numbers: range, weeks: int, quiet_weeks: int = 3
) -> Iterator[Planted]:
    """Of all kinds in turn, one at a time: a year of many would not fit in memory."""
    for number in numbers:
        if number % 5 == 4:
            mean = RARE[number // 5 % len(RARE)]
            yield rare_series(dice, mean, weeks, quiet_weeks)
        else:
            base = BASES[number % 5]
            yield busy_series(dice, base, weeks, quiet_weeks)


class _Shape:
    """What happens usually, and a drift that nobody ordered."""

    def __init__(self, dice: Random, base: float) -> None:
        self._dice = dice
        self._base = base
        self._swing = dice.uniform(0.2, 0.6)
        self._peak = dice.randrange(DAY)
        self._weekend = dice.uniform(0.5, 0.9)
        self._growth = dice.uniform(0.0, 0.01)
        self._drift = 0.0

    def mean(self, slot: int) -> float:
        self._drift = 0.97 * self._drift + self._dice.gauss(0, 0.01)
        day = 1 + self._swing * cos(2 * pi * (slot - self._peak) / DAY)
        week = self._weekend if slot // DAY % 7 in {2, 3} else 1.0
        grown = exp(self._growth * (slot - FIRST) / WEEK)
        return self._base * day * week * grown * exp(self._drift)


def poisson(dice: Random, mean: float) -> float:
    if mean > 30:
        return float(max(round(dice.gauss(mean, sqrt(mean))), 0))
    limit, product, count = exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        count += 1
    return float(count)


def _measured(dice: Random, mean: float) -> float:
    return max(mean * dice.gauss(1, 0.08), 0.0)


def _blip(dice: Random, values: list[float | None], weeks: int) -> None:
    for _ in range(BLIPS_A_WEEK * weeks):
        index = dice.randrange(len(values))
        values[index] = (values[index] or 0.0) * dice.uniform(2, 6)

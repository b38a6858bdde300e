"""How well something finds planted events: recall, false alarms, delay."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median

from opspanel.terms import Unit, WatchKind, WatchState
from opspanel.watch.judge import judge
from opspanel.watch.points import HOUR, STEP_SECONDS, WEEK
from opspanel.watch.rule import Rule, Standing
from opspanel.watch.usual import Baseline
from tests.watch.generator import Event, Planted

# What is found that long after an event's end was caused by it all the same.
AFTERWARDS = HOUR
QUIET_WEEKS = 3

# The slots at which a series' alarms began.
type Alarms = Callable[[Planted], Iterable[int]]


@dataclass(slots=True)
class Score:
    """Delays in minutes, from when an event mattered to the end of the point that told;
    `from_begin`: from its very beginning."""

    planted: int = 0
    weeks: float = 0.0
    false_alarms: int = 0
    alarms: int = 0
    delays: list[float] = field(default_factory=list)
    from_begin: list[float] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return len(self.delays) / self.planted if self.planted else 1.0

    @property
    def false_alarms_a_week(self) -> float:
        return self.false_alarms / self.weeks

    @property
    def precision(self) -> float:
        return 1 - self.false_alarms / self.alarms if self.alarms else 1.0

    @property
    def delay(self) -> float:
        return median(self.delays) if self.delays else float("nan")

    def add(self, planted: Planted, alarms: Iterable[int]) -> None:
        found = list(alarms)
        self.weeks += len(planted.points.values) / WEEK - QUIET_WEEKS
        self.alarms += len(found)
        self.planted += len(planted.events)
        for event in planted.events:
            within = [slot for slot in found if event.begins <= slot < event.ends]
            if within:
                told = within[0] + 1
                self.delays.append(max(told - event.matters, 0) * STEP_SECONDS / 60)
                self.from_begin.append((told - event.begins) * STEP_SECONDS / 60)
        self.false_alarms += sum(
            not any(_explains(event, slot) for event in planted.events)
            for slot in found
        )

    def join(self, other: "Score") -> None:
        self.planted += other.planted
        self.weeks += other.weeks
        self.alarms += other.alarms
        self.false_alarms += other.false_alarms
        self.delays += other.delays
        self.from_begin += other.from_begin


def _explains(event: Event, slot: int) -> bool:
    return event.begins <= slot < event.ends + AFTERWARDS


def rule_of(planted: Planted) -> Rule:
    return Rule(
        name=planted.name,
        kind=WatchKind.RARE if planted.rare else WatchKind.USUAL,
        unit=Unit.COUNT,
        counts=planted.counts,
        more=5.0 if planted.counts else planted.worth,
    )


def of_the_panel(planted: Planted) -> Iterable[int]:
    """As the panel judges: each point once, with what it remembers."""
    rule, standing = rule_of(planted), Standing()
    baseline = Baseline(planted.points, counts=planted.counts)
    begin = planted.points.first + QUIET_WEEKS * WEEK
    for slot in range(begin, planted.points.last + 1):
        before = standing.raised
        verdict = judge(rule, baseline, slot, standing)
        standing = verdict.standing
        if verdict.state is WatchState.RAISED and before is None:
            yield slot

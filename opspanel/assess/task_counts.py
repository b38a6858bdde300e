"""Counts, ages and flow of node_tasks, of all types together or of one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from opspanel.assess.figures import Origin
from opspanel.assess.verdict import Finding, unseen
from opspanel.assess.wording import Missing, number
from opspanel.readings import FlowReading, NodeTasksReading, OpenTasks
from opspanel.terms import Absence, FailureKind

type Open = tuple[OpenTasks, ...] | Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCounts:
    """`ahead_seconds`: by how much the database's clock is ahead of the panel's."""

    claimable: Open
    in_flight: Open
    stuck: Open
    flow: tuple[FlowReading, ...] | Missing
    ahead_seconds: float

    def of_type(self, name: str) -> "TaskCounts":
        return TaskCounts(
            claimable=_only(self.claimable, name),
            in_flight=_only(self.in_flight, name),
            stuck=_only(self.stuck, name),
            flow=_only(self.flow, name),
            ahead_seconds=self.ahead_seconds,
        )

    def types(self) -> list[str]:
        """Every type that has a row somewhere, by name."""
        rows = (self.claimable, self.in_flight, self.stuck, self.flow)
        return sorted(
            {
                row.task_type
                for part in rows
                if not isinstance(part, Absence | FailureKind)
                for row in part
            }
        )

    def gaps(self) -> tuple[Finding, ...]:
        """What cannot be judged because its statement gave nothing."""
        parts = {
            "claimable": self.claimable,
            "in flight": self.in_flight,
            "stuck": self.stuck,
            "finished": self.flow,
        }
        return tuple(
            unseen(part, name)
            for name, part in parts.items()
            if isinstance(part, Absence | FailureKind)
        )


def task_counts(reading: NodeTasksReading | Missing) -> TaskCounts:
    if isinstance(reading, Absence | FailureKind):
        return TaskCounts(
            claimable=reading,
            in_flight=reading,
            stuck=reading,
            flow=reading,
            ahead_seconds=0,
        )
    return TaskCounts(
        claimable=reading.claimable,
        in_flight=reading.in_flight,
        stuck=reading.stuck,
        flow=reading.flow,
        ahead_seconds=reading.skew_seconds,
    )


def _only[Row: (OpenTasks, FlowReading)](
    rows: tuple[Row, ...] | Missing, name: str
) -> tuple[Row, ...] | Missing:
    if isinstance(rows, Absence | FailureKind):
        return rows
    return tuple(row for row in rows if row.task_type == name)


def summed[Row: (OpenTasks, FlowReading)](
    rows: tuple[Row, ...] | Missing, count: Callable[[Row], int]
) -> float | Missing:
    if isinstance(rows, Absence | FailureKind):
        return rows
    return float(sum(map(count, rows)))


def count_of(rows: Open) -> float | Missing:
    return summed(rows, lambda row: row.count)


def open_in_words(counts: TaskCounts) -> str:
    waiting, in_flight = count_of(counts.claimable), count_of(counts.in_flight)
    if not isinstance(waiting, float) or not isinstance(in_flight, float):
        return ""
    return f"{number(waiting)} claimable, {number(in_flight)} in flight"


def nodes_of(rows: Open) -> float | Missing:
    return summed(rows, lambda row: row.nodes)


def completed_of(counts: TaskCounts) -> float | Missing:
    return summed(counts.flow, lambda row: row.completed)


def failed_of(counts: TaskCounts) -> float | Missing:
    return summed(counts.flow, lambda row: row.failed)


def oldest_age(rows: Open, counts: TaskCounts, origin: Origin) -> float | Missing:
    """Seconds that the oldest task has been open."""
    if isinstance(rows, Absence | FailureKind):
        return rows
    if not any(row.count for row in rows):
        return Absence.NOTHING_WAITING
    since = [row.oldest_at for row in rows if row.count and row.oldest_at]
    if not since:
        return Absence.NOT_ENOUGH_DATA
    return origin.age(min(since), counts.ahead_seconds)


def last_completed_at(counts: TaskCounts) -> datetime | None:
    if isinstance(counts.flow, Absence | FailureKind):
        return None
    times = (row.last_finished_at for row in counts.flow if row.completed)
    return max(filter(None, times), default=None)


def drain_seconds(counts: TaskCounts) -> float | Missing:
    """How long the claimable tasks last at the rate at which tasks complete now."""
    waiting = count_of(counts.claimable)
    if isinstance(waiting, Absence | FailureKind):
        return waiting
    if not waiting:
        return Absence.NOTHING_WAITING
    if isinstance(counts.flow, Absence | FailureKind):
        return counts.flow
    rate = sum(
        row.completed / row.window_seconds for row in counts.flow if row.window_seconds
    )
    return waiting / rate if rate else Absence.NOT_ENOUGH_DATA

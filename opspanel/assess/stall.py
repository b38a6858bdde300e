"""Whether node_tasks as a whole stands still: open work, and nothing completes."""

from collections.abc import Mapping

from opspanel.assess.figures import Origin
from opspanel.assess.task_counts import (
    TaskCounts,
    count_of,
    last_completed_at,
    oldest_age,
    task_counts,
)
from opspanel.assess.verdict import Finding
from opspanel.assess.wording import MINUTE, duration, number
from opspanel.panel.config import PanelConfig
from opspanel.readings import Answer, NodeTasksReading
from opspanel.terms import FailureKind, Health, Signal


def stall_findings(
    reading: NodeTasksReading, panel: PanelConfig, origin: Origin
) -> tuple[Finding, ...]:
    counts = task_counts(reading)
    limit = panel.thresholds.stall_minutes * MINUTE
    silence = _silence(reading, counts, panel, origin)
    if silence is None or silence < limit:
        return ()
    waiting = oldest_age(counts.claimable, counts, origin)
    working = oldest_age(counts.in_flight, counts, origin)
    # Work that only just came in cannot have completed yet.
    ages = [age for age in (waiting, working) if isinstance(age, float)]
    if max(ages, default=0) < limit:
        return ()
    unclaimed = isinstance(waiting, float) and waiting >= limit
    reason = (
        f"nothing completed for {duration(min(silence, max(ages)))} {_open(counts)}"
    )
    return (
        Finding(
            # Minutes in flight can be normal; minutes unclaimed besides are not.
            status=Health.UNHEALTHY if unclaimed else Health.DEGRADED,
            reason=reason,
            signal=Signal.QUEUE_STALL,
        ),
    )


def _silence(
    reading: NodeTasksReading, counts: TaskCounts, panel: PanelConfig, origin: Origin
) -> float | None:
    """Seconds without a completion, at least; None where there is no telling."""
    if isinstance(reading.flow, FailureKind):
        return None
    if last := last_completed_at(counts):
        return origin.age(last, counts.ahead_seconds)
    if not _ever_completed(reading, panel):
        return None
    return panel.node_tasks.flow_window_seconds


def _ever_completed(reading: NodeTasksReading, panel: PanelConfig) -> bool:
    """A table that never completed anything has no pace to lose. A gap proves nothing,
    so it counts as yes."""
    trend, rows = reading.finished_per_minute, reading.terminal_estimates
    if isinstance(trend, FailureKind) or any(trend.points):
        return True
    return _estimated(rows, panel.node_tasks.statuses.completed)


def _estimated(rows: Answer[Mapping[str, int]], completed: tuple[str, ...]) -> bool:
    if isinstance(rows, FailureKind):
        return True
    return any(rows.get(status) for status in completed)


def _open(counts: TaskCounts) -> str:
    waiting, working = count_of(counts.claimable), count_of(counts.in_flight)
    parts = [
        f"{number(count)} {name}"
        for count, name in ((waiting, "claimable"), (working, "in flight"))
        if isinstance(count, float) and count
    ]
    return f"with {' and '.join(parts)}"

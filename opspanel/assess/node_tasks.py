"""node_tasks: judged by the age of what waits and by whether anything finishes."""

from opspanel.assess.figures import Scene, trend
from opspanel.assess.stall import stall_findings
from opspanel.assess.task_counts import (
    TaskCounts,
    completed_of,
    count_of,
    oldest_age,
    open_in_words,
    task_counts,
)
from opspanel.assess.task_types import judge_type
from opspanel.assess.verdict import (
    Finding,
    Judged,
    headline,
    of_part,
    unseen,
    worst_shown,
)
from opspanel.assess.wording import Missing, duration
from opspanel.assessment import Estimate, Figure, NodeTasks, TaskQueue, Trend
from opspanel.terms import Absence, FailureKind, Health, Source, Unit


def judge_node_tasks(scene: Scene) -> tuple[NodeTasks, Judged]:
    counts = task_counts(scene.node_tasks)
    types, of_types = _types(counts, scene)
    findings = (*_whole_findings(counts, scene), *of_types)
    status, reason = headline(findings, fine=open_in_words(counts))
    origin = scene.origin(Source.NODE_TASKS)

    def figure(part: str, value: float | Missing) -> Figure:
        return origin.figure(f"node_tasks {part}", Unit.COUNT, value)

    shown = worst_shown(types, scene.panel.node_tasks.max_types_shown)
    node_tasks = NodeTasks(
        status=status,
        reason=reason,
        claimable=figure("claimable", count_of(counts.claimable)),
        oldest_claimable=origin.figure(
            "node_tasks claimable",
            Unit.SECONDS,
            oldest_age(counts.claimable, counts, origin),
        ),
        in_flight=figure("in flight", count_of(counts.in_flight)),
        completed=figure("flow", completed_of(counts)),
        trend=_trend(scene),
        types=shown,
        not_shown=len(types) - len(shown),
        terminal=_terminal(scene),
    )
    return node_tasks, _judged(findings, scene)


def _types(
    counts: TaskCounts, scene: Scene
) -> tuple[tuple[TaskQueue, ...], tuple[Finding, ...]]:
    declared = [kind.id for kind in scene.panel.node_tasks.types]
    origin = scene.origin(Source.NODE_TASKS)
    judged = [
        judge_type(name, counts.of_type(name), scene.panel, origin)
        for name in dict.fromkeys((*declared, *counts.types()))
    ]
    findings = (
        of_part(queue.task_type, finding)
        for queue, found in judged
        for finding in found
    )
    return tuple(queue for queue, _ in judged), tuple(findings)


def _whole_findings(counts: TaskCounts, scene: Scene) -> tuple[Finding, ...]:
    reading = scene.node_tasks
    if isinstance(reading, Absence | FailureKind):
        return (unseen(reading, "node_tasks"),)
    return (
        *stall_findings(reading, scene.panel, scene.origin(Source.NODE_TASKS)),
        *_skew_findings(reading.skew_seconds, scene),
        *counts.gaps(),
    )


def _skew_findings(skew: float, scene: Scene) -> tuple[Finding, ...]:
    if abs(skew) <= scene.panel.thresholds.clock_skew_seconds:
        return ()
    reason = f"the database's clock is off by {duration(abs(skew))}"
    return (Finding(status=Health.UNKNOWN, reason=reason),)


def _trend(scene: Scene) -> Trend | None:
    if isinstance(scene.node_tasks, Absence | FailureKind):
        return None
    series = scene.node_tasks.finished_per_minute
    return None if isinstance(series, FailureKind) else trend(series, Unit.PER_MINUTE)


def _terminal(scene: Scene) -> tuple[Estimate, ...]:
    """A status too rare for the planner's statistics has no estimate."""
    reading, origin = scene.node_tasks, scene.origin(Source.NODE_TASKS)
    statuses = scene.panel.node_tasks.statuses

    def estimate(status: str) -> float | Missing:
        if isinstance(reading, Absence | FailureKind):
            return reading
        if isinstance(reading.terminal_estimates, FailureKind):
            return reading.terminal_estimates
        return reading.terminal_estimates.get(status, Absence.NOT_ENOUGH_DATA)

    return tuple(
        Estimate(
            status=status,
            rows=origin.estimate(
                "node_tasks planner statistics", Unit.COUNT, estimate(status)
            ),
        )
        for status in (*statuses.completed, *statuses.failed)
    )


def _judged(findings: tuple[Finding, ...], scene: Scene) -> Judged:
    return Judged(
        name="node_tasks",
        subject="node_tasks",
        owner=scene.panel.node_tasks.owner,
        findings=findings,
        source=Source.NODE_TASKS,
    )

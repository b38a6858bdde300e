"""Tasks of one type."""

from opspanel.assess.figures import Origin
from opspanel.assess.task_counts import (
    TaskCounts,
    completed_of,
    count_of,
    drain_seconds,
    failed_of,
    nodes_of,
    oldest_age,
    open_in_words,
)
from opspanel.assess.verdict import Finding, crossed, graded, unseen, verdict
from opspanel.assess.wording import Missing, counted, duration, number, percent
from opspanel.assessment import Figure, TaskQueue
from opspanel.panel.config import PanelConfig
from opspanel.panel.section import Level
from opspanel.terms import Absence, Health, Signal, Unit

# A share of fewer failures than this says too little.
FEWEST_FAILURES = 5


def judge_type(
    name: str, counts: TaskCounts, panel: PanelConfig, origin: Origin
) -> tuple[TaskQueue, tuple[Finding, ...]]:
    """The queue, and what is to be said of it; gaps are told once for all types."""
    findings = (
        *_waiting_findings(name, counts, panel, origin),
        *_stuck_findings(name, counts, panel),
        *_failure_findings(counts, panel),
    )
    status, reason = verdict((*findings, *counts.gaps()), fine=open_in_words(counts))
    queue = TaskQueue(
        task_type=name,
        status=status,
        reason=reason,
        claimable=_count("claimable", count_of(counts.claimable), origin),
        oldest_claimable=origin.figure(
            "node_tasks claimable",
            Unit.SECONDS,
            oldest_age(counts.claimable, counts, origin),
        ),
        in_flight=_count("in flight", count_of(counts.in_flight), origin),
        stuck=_count("stuck", count_of(counts.stuck), origin),
        nodes=_count("claimable", nodes_of(counts.claimable), origin),
        completed=_count("flow", completed_of(counts), origin),
        failed=_count("flow", failed_of(counts), origin),
        drain=origin.estimate("node_tasks drain", Unit.SECONDS, drain_seconds(counts)),
    )
    return queue, findings


def level_of(name: str, panel: PanelConfig) -> Level:
    own = (
        kind.oldest_claimable_seconds
        for kind in panel.node_tasks.types
        if kind.id == name
    )
    return next(filter(None, own), panel.thresholds.oldest_claimable_seconds)


def stuck_after(name: str, panel: PanelConfig) -> float:
    own = (
        kind.stuck_after_seconds for kind in panel.node_tasks.types if kind.id == name
    )
    return next(own, panel.node_tasks.stuck_after_seconds)


def _waiting_findings(
    name: str, counts: TaskCounts, panel: PanelConfig, origin: Origin
) -> tuple[Finding, ...]:
    age, level = oldest_age(counts.claimable, counts, origin), level_of(name, panel)
    if age is Absence.NOT_ENOUGH_DATA:
        return (unseen(age, "age of the oldest claimable"),)
    if not isinstance(age, float) or graded(age, level) is Health.HEALTHY:
        return ()
    reason = f"oldest claimable {duration(age)} >= {duration(crossed(age, level))}"
    if nodes_of(counts.claimable) == 1:
        reason += ", on 1 node: looks like a dead node"
    return (
        Finding(status=graded(age, level), reason=reason, signal=Signal.QUEUE_BACKLOG),
    )


def _stuck_findings(
    name: str, counts: TaskCounts, panel: PanelConfig
) -> tuple[Finding, ...]:
    stuck, nodes = count_of(counts.stuck), nodes_of(counts.stuck)
    if not isinstance(stuck, float) or not isinstance(nodes, float) or not stuck:
        return ()
    reason = (
        f"{counted(stuck, 'task')} in flight for more than "
        f"{duration(stuck_after(name, panel))}, on {counted(nodes, 'node')}"
    )
    return (Finding(status=Health.DEGRADED, reason=reason, signal=Signal.QUEUE_STALL),)


def _failure_findings(counts: TaskCounts, panel: PanelConfig) -> tuple[Finding, ...]:
    failed, completed = failed_of(counts), completed_of(counts)
    if not isinstance(failed, float) or not isinstance(completed, float):
        return ()
    if failed < FEWEST_FAILURES:
        return ()
    ratio, level = failed / (failed + completed), panel.thresholds.worker_failure_ratio
    status = graded(ratio, level)
    limit = percent(crossed(ratio, level))
    reason = f"{number(failed)} failed, {percent(ratio)} >= {limit}"
    finding = Finding(status=status, reason=reason, signal=Signal.WORKER_FAILURES)
    return () if status is Health.HEALTHY else (finding,)


def _count(part: str, value: float | Missing, origin: Origin) -> Figure:
    return origin.figure(f"node_tasks {part}", Unit.COUNT, value)

"""JetStream streams: what waits in them, whether it moves, how full they are."""

from dataclasses import dataclass

from opspanel.assess.backlog import (
    depth_of,
    is_dead_letters,
    keeps_acknowledged,
    oldest_age,
    residue,
)
from opspanel.assess.consumers import judge_consumer, lag
from opspanel.assess.figures import Origin
from opspanel.assess.verdict import SEVERITY, Finding, crossed, graded, unseen, verdict
from opspanel.assess.wording import Missing, counted, duration, number, percent
from opspanel.assessment import Consumer, Figure, StreamQueue
from opspanel.panel.config import PanelConfig
from opspanel.readings import StreamReading
from opspanel.terms import Absence, FailureKind, Health, Signal, Unit

DISCARDS = {
    "old": "a full stream silently drops its oldest messages",
    "new": "a full stream refuses new messages",
}


@dataclass(frozen=True, slots=True)
class JudgedStream:
    queue: StreamQueue
    findings: tuple[Finding, ...]


def judge_stream(
    stream: StreamReading, panel: PanelConfig, origin: Origin
) -> JudgedStream:
    if not stream.has_leader:
        leaderless = Finding(status=Health.UNKNOWN, reason="no leader")
        return _without_figures(stream.name, Absence.NO_LEADER, leaderless, origin)
    consumers, consumer_findings = _judge_consumers(stream, panel, origin)
    depth = depth_of(stream, panel)
    fill = stream.bytes / stream.max_bytes if stream.max_bytes else None
    findings = (
        *_waiting_findings(stream, panel, origin),
        *consumer_findings,
        *_fill_findings(stream, fill, panel),
        *_remarks(stream),
    )
    status, reason = verdict(findings, fine=_fine(depth))
    query = f"stream {stream.name}"
    queue = StreamQueue(
        name=stream.name,
        status=status,
        reason=reason,
        retention=stream.retention,
        depth=origin.figure(query, Unit.COUNT, depth),
        oldest_age=_oldest_figure(stream, panel, origin),
        drain=origin.figure(query, Unit.SECONDS, _drain(depth)),
        bytes=origin.figure(query, Unit.BYTES, stream.bytes),
        fill=origin.figure(
            query, Unit.RATIO, Absence.NOT_ENOUGH_DATA if fill is None else fill
        ),
        consumers=consumers,
    )
    return JudgedStream(queue, findings)


def unseen_stream(
    name: str, missing: Missing, reason: str, origin: Origin
) -> JudgedStream:
    """A stream that is expected, or known to be there, and was not read."""
    return _without_figures(
        name, missing, Finding(status=unseen(missing).status, reason=reason), origin
    )


def _without_figures(
    name: str, missing: Missing, finding: Finding, origin: Origin
) -> JudgedStream:
    query = f"stream {name}"
    count = origin.figure(query, Unit.COUNT, missing)
    seconds = origin.figure(query, Unit.SECONDS, missing)
    queue = StreamQueue(
        name=name,
        status=finding.status,
        reason=finding.reason,
        retention="",
        depth=count,
        oldest_age=seconds,
        drain=seconds,
        bytes=origin.figure(query, Unit.BYTES, missing),
        fill=origin.figure(query, Unit.RATIO, missing),
        consumers=(),
    )
    return JudgedStream(queue, (finding,))


def _judge_consumers(
    stream: StreamReading, panel: PanelConfig, origin: Origin
) -> tuple[tuple[Consumer, ...], tuple[Finding, ...]]:
    """Those to show, worst first, and what is to be said of all of them."""
    if isinstance(stream.consumers, FailureKind):
        return (), (unseen(stream.consumers, "consumers"),)
    level = panel.thresholds.consumer_no_ack_seconds
    ordered = sorted(stream.consumers, key=lag, reverse=True)
    judged = [judge_consumer(item, stream, origin, level) for item in ordered]
    judged.sort(key=lambda pair: -SEVERITY[pair[0].status])
    shown = judged[: panel.nats.max_consumers_shown]
    findings = (
        _of_consumer(consumer.name, finding)
        for consumer, found in judged
        for finding in found
    )
    return tuple(consumer for consumer, _ in shown), tuple(findings)


def _of_consumer(name: str, finding: Finding) -> Finding:
    return Finding(
        status=finding.status, reason=f"{name} {finding.reason}", signal=finding.signal
    )


def _oldest_figure(stream: StreamReading, panel: PanelConfig, origin: Origin) -> Figure:
    age = oldest_age(stream, panel, origin)
    if keeps_acknowledged(stream, panel):
        # The exact age would need the message itself, whose body is not ours to read.
        query = f"stream {stream.name} no ack since"
        return origin.estimate(query, Unit.SECONDS, age)
    return origin.figure(f"stream {stream.name}", Unit.SECONDS, age)


def _drain(depth: float | Missing) -> Missing:
    """One reading of a stream shows no flow, so nothing to estimate by."""
    if isinstance(depth, Absence | FailureKind):
        return depth
    return Absence.NOT_ENOUGH_DATA if depth else Absence.NOTHING_WAITING


def _waiting_findings(
    stream: StreamReading, panel: PanelConfig, origin: Origin
) -> tuple[Finding, ...]:
    if is_dead_letters(stream, panel):
        return _dead_letter_findings(stream, panel)
    if keeps_acknowledged(stream, panel):
        return _unread_findings(stream)
    age = oldest_age(stream, panel, origin)
    level = panel.thresholds.oldest_claimable_seconds
    if not isinstance(age, float) or graded(age, level) is Health.HEALTHY:
        return ()
    limit = duration(crossed(age, level))
    return (
        Finding(
            status=graded(age, level),
            reason=f"oldest unacknowledged {duration(age)} >= {limit}",
            signal=Signal.QUEUE_BACKLOG,
        ),
    )


def _dead_letter_findings(
    stream: StreamReading, panel: PanelConfig
) -> tuple[Finding, ...]:
    level = panel.thresholds.dlq_messages
    status = graded(stream.messages, level)
    if status is Health.HEALTHY:
        return ()
    limit = number(crossed(stream.messages, level))
    reason = f"{counted(stream.messages, 'live message')} >= {limit}"
    return (Finding(status=status, reason=reason, signal=Signal.QUEUE_DLQ),)


def _unread_findings(stream: StreamReading) -> tuple[Finding, ...]:
    if stream.consumers or not stream.messages:
        return ()
    reason = "no consumer, so its backlog cannot be known"
    return (Finding(status=Health.NOT_REPORTED, reason=reason),)


def _fill_findings(
    stream: StreamReading, fill: float | None, panel: PanelConfig
) -> tuple[Finding, ...]:
    level = panel.thresholds.stream_fill_ratio
    if fill is None or graded(fill, level) is Health.HEALTHY:
        return ()
    effect = DISCARDS.get(stream.discard, "a full stream loses messages")
    reason = f"{percent(fill)} full >= {percent(crossed(fill, level))}: {effect}"
    return (
        Finding(
            status=graded(fill, level), reason=reason, signal=Signal.STREAM_CAPACITY
        ),
    )


def _remarks(stream: StreamReading) -> tuple[Finding, ...]:
    remarks = []
    if left := residue(stream):
        remarks.append(f"{counted(left, 'message')} that no consumer will take")
    if stream.replicas_lagging:
        remarks.append(f"{counted(stream.replicas_lagging, 'replica')} behind")
    return tuple(Finding(status=Health.HEALTHY, reason=text) for text in remarks)


def _fine(depth: float | Missing) -> str:
    if isinstance(depth, Absence | FailureKind) or not depth:
        return "nothing waiting"
    return f"{number(depth)} waiting"

"""JetStream streams: what waits in them, whether it moves, how full they are."""

from dataclasses import dataclass, replace

from opspanel.assess.backlog import depth_of, keeps_acknowledged, oldest_age
from opspanel.assess.consumers import judge_consumer, lag
from opspanel.assess.figures import Origin
from opspanel.assess.stream_findings import fill_findings, remarks, waiting_findings
from opspanel.assess.verdict import Finding, of_part, unseen, verdict
from opspanel.assess.wording import Missing, number
from opspanel.assessment import Consumer, Figure, StreamQueue
from opspanel.panel.config import PanelConfig
from opspanel.readings import StreamReading
from opspanel.terms import BADNESS, Absence, FailureKind, Health, Unit


@dataclass(frozen=True, slots=True)
class JudgedStream:
    """`declared`: one of those that panel.toml asks for."""

    queue: StreamQueue
    findings: tuple[Finding, ...]
    declared: bool = True


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
        *waiting_findings(stream, panel, origin),
        *consumer_findings,
        *fill_findings(stream, fill, panel),
        *remarks(stream),
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
        drain=origin.estimate(query, Unit.SECONDS, _drain(depth, stream)),
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


def lost_stream(name: str, finding: Finding, origin: Origin) -> JudgedStream:
    """One that is gone, or is there again and not asked for: there are no figures."""
    stream = _without_figures(name, Absence.NO_SERIES, finding, origin)
    return replace(stream, declared=False)


def with_finding(stream: JudgedStream, finding: Finding) -> JudgedStream:
    """`stream`, of which something bad is to be said first."""
    findings = (finding, *stream.findings)
    status, reason = verdict(findings, fine="")
    queue = replace(stream.queue, status=status, reason=reason)
    return replace(stream, queue=queue, findings=findings)


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
    judged.sort(key=lambda pair: -BADNESS[pair[0].status])
    shown = judged[: panel.nats.max_consumers_shown]
    findings = (
        of_part(consumer.name, finding)
        for consumer, found in judged
        for finding in found
    )
    return tuple(consumer for consumer, _ in shown), tuple(findings)


def _oldest_figure(stream: StreamReading, panel: PanelConfig, origin: Origin) -> Figure:
    age = oldest_age(stream, panel, origin)
    if keeps_acknowledged(stream, panel):
        # The exact age would need the message itself, whose body is not ours to read.
        query = f"stream {stream.name} no ack since"
        return origin.estimate(query, Unit.SECONDS, age)
    return origin.figure(f"stream {stream.name}", Unit.SECONDS, age)


def _drain(depth: float | Missing, stream: StreamReading) -> float | Missing:
    """Seconds until the slowest consumer has caught up, at the pace of its acks."""
    if isinstance(depth, Absence | FailureKind):
        return depth
    if not depth:
        return Absence.NOTHING_WAITING
    if isinstance(stream.consumers, FailureKind):
        return stream.consumers
    behind = [consumer for consumer in stream.consumers if lag(consumer)]
    times = [
        lag(consumer) / consumer.acked_per_second
        for consumer in behind
        if consumer.acked_per_second
    ]
    return (
        max(times) if times and len(times) == len(behind) else Absence.NOT_ENOUGH_DATA
    )


def _fine(depth: float | Missing) -> str:
    if isinstance(depth, Absence | FailureKind) or not depth:
        return "nothing waiting"
    return f"{number(depth)} waiting"

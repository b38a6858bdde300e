"""NATS JetStream as a whole: the streams that are expected, and those found."""

from opspanel import readings
from opspanel.assess.figures import Scene
from opspanel.assess.losses import loss_finding, remember
from opspanel.assess.nats_servers import early_acks, judge_servers, subject_of
from opspanel.assess.streams import (
    JudgedStream,
    judge_stream,
    lost_stream,
    unseen_stream,
    with_finding,
)
from opspanel.assess.verdict import (
    Finding,
    Judged,
    headline,
    unseen,
    verdict,
    worst_shown,
)
from opspanel.assess.wording import Missing, counted, number, why
from opspanel.assessment import KnownStream, Nats, StreamLoss
from opspanel.readings import NatsReading, Remembered, StreamReading
from opspanel.terms import Absence, FailureKind, Health, Source


def judge_nats(scene: Scene) -> tuple[Nats, tuple[Judged, ...]]:
    reading = scene.nats
    known = None if isinstance(reading, Absence | FailureKind) else reading
    remembered = remember(scene)
    streams = _streams(scene, remembered)
    subjects = tuple(_judged(stream, scene) for stream in streams)
    servers = judge_servers(scene)
    of_servers = tuple(subject_of(each, scene) for each in servers)
    whole = _whole_findings(scene)
    parts = of_servers if known is None else (*subjects, *of_servers)
    found = (*map(_of_part, parts), *whole)
    fine = f"{counted(len(streams), 'stream')} moving or idle"
    status, reason = headline(found, fine=fine)
    queues = [stream.queue for stream in streams]
    shown = worst_shown(queues, scene.panel.nats.max_streams_shown)
    nats = Nats(
        status=status,
        reason=reason,
        streams=shown,
        not_shown=len(queues) - len(shown),
        missing=known.missing if known else (),
        capped=known.capped if known else False,
        known=tuple(map(_known, remembered.known)),
        losses=tuple(map(_loss, remembered.losses)),
        servers=tuple(each.server for each in servers),
        early_acks=early_acks(servers),
        early_acks_accepted=scene.panel.nats.early_acks_accepted,
    )
    return nats, (*subjects, *of_servers, *_rest(whole, scene))


def dead_letters(scene: Scene) -> int | Missing:
    if isinstance(scene.nats, Absence | FailureKind):
        return scene.nats
    found = (
        stream.messages if stream.has_leader else Absence.NO_LEADER
        for stream in scene.nats.streams
        if stream.name == scene.panel.nats.dlq_stream
    )
    return next(found, Absence.NO_SERIES)


def _streams(scene: Scene, remembered: Remembered) -> tuple[JudgedStream, ...]:
    """Those that lost something are shown whether they are named or not."""
    lost = {
        loss.before.name: loss_finding(loss, scene.panel.nats)
        for loss in remembered.losses
    }
    streams = {stream.queue.name: stream for stream in _read_streams(scene)}
    read = (
        with_finding(stream, lost[name]) if name in lost else stream
        for name, stream in streams.items()
    )
    origin = scene.origin(Source.NATS)
    unread = (
        lost_stream(name, lost[name], origin) for name in lost if name not in streams
    )
    return (*read, *unread)


def _read_streams(scene: Scene) -> tuple[JudgedStream, ...]:
    reading, expected = scene.nats, scene.panel.nats.streams
    origin = scene.origin(Source.NATS)
    if isinstance(reading, Absence | FailureKind):
        reason = f"NATS: {why(reading)}"
        return tuple(unseen_stream(name, reading, reason, origin) for name in expected)
    found = {stream.name: stream for stream in reading.streams}
    return tuple(
        judge_stream(found[name], scene.panel, origin)
        if name in found
        else unseen_stream(name, *_gap(name, reading), origin)
        for name in _names(found, scene)
    )


def _names(found: dict[str, StreamReading], scene: Scene) -> tuple[str, ...]:
    """The dead letters are shown wherever they are found."""
    config = scene.panel.nats
    if not config.streams:
        return tuple(found)
    extra = {config.dlq_stream} & found.keys() - set(config.streams)
    return (*dict.fromkeys(config.streams), *extra)


def _gap(name: str, reading: NatsReading) -> tuple[Missing, str]:
    if name in reading.listing.unsure:
        return Absence.NO_LEADER, "its server does not report it"
    if not reading.listing.whole:
        return Absence.NOT_ENOUGH_DATA, "beyond the limit of streams that are read"
    return Absence.NO_SERIES, "not reported: no such stream"


def _whole_findings(scene: Scene) -> tuple[Finding, ...]:
    """What is not known of streams that nobody listed."""
    reading = scene.nats
    if isinstance(reading, Absence | FailureKind):
        return (unseen(reading, "NATS"),)
    if scene.panel.nats.streams:
        return ()
    reasons = []
    if reading.missing:
        count = counted(len(reading.missing), "stream")
        reasons.append(f"{count} not reported by the cluster")
    if reading.capped:
        limit = number(scene.panel.nats.max_streams)
        reasons.append(f"only {limit} streams are read, more exist")
    return tuple(Finding(status=Health.UNKNOWN, reason=text) for text in reasons)


def _rest(whole: tuple[Finding, ...], scene: Scene) -> tuple[Judged, ...]:
    """The failed source itself speaks elsewhere, as a dependency."""
    if isinstance(scene.nats, Absence | FailureKind) or not whole:
        return ()
    return (
        Judged(
            name="Other streams",
            subject="streams",
            owner=scene.panel.nats.owner,
            findings=whole,
            source=Source.NATS,
            counted=False,
        ),
    )


def _known(stream: readings.KnownStream) -> KnownStream:
    return KnownStream(
        name=stream.name,
        created_at=stream.created_at,
        last_seq=stream.last_seq,
        messages=stream.messages,
    )


def _loss(loss: readings.StreamLoss) -> StreamLoss:
    return StreamLoss(
        kind=loss.kind,
        before=_known(loss.before),
        last_seq=loss.last_seq,
        seen_at=loss.seen_at,
    )


def _judged(stream: JudgedStream, scene: Scene) -> Judged:
    return Judged(
        name=stream.queue.name,
        subject=stream.queue.name,
        owner=scene.panel.nats.owner,
        findings=stream.findings,
        source=Source.NATS,
        counted=stream.declared,
    )


def _of_part(subject: Judged) -> Finding:
    status, reason = verdict(subject.findings, fine="")
    return Finding(status=status, reason=f"{subject.name} {reason}")

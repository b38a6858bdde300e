"""The outbox. Its relay now, its failed rows and the live dead letters are three
things; only the first two are judged here, the third with its stream."""

from opspanel.assess.figures import Origin, Scene
from opspanel.assess.nats import dead_letters
from opspanel.assess.verdict import (
    BAD,
    Finding,
    Judged,
    crossed,
    graded,
    unseen,
    verdict,
    worst,
)
from opspanel.assess.wording import Missing, counted, duration, number
from opspanel.assessment import Figure, Outbox
from opspanel.panel.config import PUBLISH_FAILURES
from opspanel.readings import OutboxReading, PendingEvents
from opspanel.terms import Absence, FailureKind, Health, Signal, Source, Unit


def judge_outbox(scene: Scene) -> tuple[Outbox, Judged]:
    reading, origin = scene.outbox, scene.origin(Source.OUTBOX)
    pending, failed_rows, published = _parts(reading)
    failures, oldest = _publish_failures(scene), _oldest(pending, origin)
    relay = (*_publish_findings(failures, scene), *_age_findings(oldest, scene))
    findings = (
        *relay,
        *_row_findings(failed_rows, scene),
        *_gaps(reading, pending, failed_rows),
    )
    status, reason = verdict(findings, fine=_fine(pending))
    outbox = Outbox(
        status=status,
        reason=reason,
        relay=worst(f.status for f in (*relay, *_gaps(reading, pending))),
        publish_failures=failures,
        pending=origin.figure("outbox pending", Unit.COUNT, _count(pending)),
        oldest_pending=origin.figure("outbox pending", Unit.SECONDS, oldest),
        published=origin.figure("outbox published", Unit.COUNT, published),
        failed_rows=origin.figure("outbox failed rows", Unit.COUNT, failed_rows),
        dlq_messages=scene.origin(Source.NATS).figure(
            f"stream {scene.panel.nats.dlq_stream}", Unit.COUNT, dead_letters(scene)
        ),
    )
    return outbox, _judged(findings, scene)


def relay_subject(scene: Scene) -> str:
    """The service that is the relay, so that its being down is the same card."""
    relays = (
        service.id
        for service in scene.panel.services
        if service.signal is Signal.OUTBOX_RELAY
    )
    return next(relays, "outbox")


def _parts(
    reading: OutboxReading | Missing,
) -> tuple[PendingEvents | Missing, int | Missing, int | Missing]:
    if isinstance(reading, Absence | FailureKind):
        return reading, reading, reading
    return reading.pending, reading.failed_rows, reading.published_in_window


def _publish_failures(scene: Scene) -> Figure:
    if scene.panel.outbox.publish_failures:
        return scene.scalar(PUBLISH_FAILURES, Unit.COUNT)
    origin = scene.origin(Source.PROMETHEUS)
    return origin.figure(PUBLISH_FAILURES, Unit.COUNT, FailureKind.UNCONFIGURED)


def _oldest(pending: PendingEvents | Missing, origin: Origin) -> float | Missing:
    if not isinstance(pending, PendingEvents):
        return pending
    if not pending.count:
        return Absence.NOTHING_WAITING
    if pending.oldest_at is None:
        return Absence.NOT_ENOUGH_DATA
    return origin.age(pending.oldest_at)


def _publish_findings(failures: Figure, scene: Scene) -> tuple[Finding, ...]:
    if not scene.panel.outbox.publish_failures:
        return ()
    if failures.value is None:
        missing = failures.missing or Absence.NO_SERIES
        return (unseen(missing, "publish failures"),)
    if failures.value <= 0:
        return ()
    window = duration(scene.panel.outbox.window_seconds)
    failed = counted(max(1, round(failures.value)), "publish failure")
    return (_of_relay(Health.DEGRADED, f"{failed} in {window}", scene),)


def _age_findings(oldest: float | Missing, scene: Scene) -> tuple[Finding, ...]:
    level = scene.panel.thresholds.outbox_oldest_pending_seconds
    if oldest is Absence.NOT_ENOUGH_DATA:
        return (unseen(Absence.NOT_ENOUGH_DATA, "age of the oldest pending"),)
    if not isinstance(oldest, float) or graded(oldest, level) is Health.HEALTHY:
        return ()
    limit = duration(crossed(oldest, level))
    reason = f"oldest pending {duration(oldest)} >= {limit}"
    return (_of_relay(graded(oldest, level), reason, scene),)


def _of_relay(status: Health, reason: str, scene: Scene) -> Finding:
    return Finding(
        status=status,
        reason=reason,
        signal=Signal.OUTBOX_RELAY,
        subject=relay_subject(scene),
    )


def _row_findings(rows: int | Missing, scene: Scene) -> tuple[Finding, ...]:
    level = scene.panel.thresholds.outbox_failed_rows
    if not isinstance(rows, int) or graded(rows, level) not in BAD:
        return ()
    reason = f"{counted(rows, 'failed row')} >= {number(crossed(rows, level))}"
    return (
        Finding(status=graded(rows, level), reason=reason, signal=Signal.QUEUE_DLQ),
    )


def _gaps(
    reading: OutboxReading | Missing, *parts: PendingEvents | int | Missing
) -> tuple[Finding, ...]:
    if isinstance(reading, Absence | FailureKind):
        return (unseen(reading, "outbox"),)
    names = ("pending", "failed rows")
    return tuple(
        unseen(part, name)
        for name, part in zip(names, parts, strict=False)
        if isinstance(part, Absence | FailureKind)
    )


def _count(pending: PendingEvents | Missing) -> float | Missing:
    return pending.count if isinstance(pending, PendingEvents) else pending


def _fine(pending: PendingEvents | Missing) -> str:
    return (
        f"{number(pending.count)} pending" if isinstance(pending, PendingEvents) else ""
    )


def _judged(findings: tuple[Finding, ...], scene: Scene) -> Judged:
    return Judged(
        name="Outbox",
        subject="outbox",
        owner=scene.panel.outbox.owner,
        findings=findings,
        source=Source.OUTBOX,
    )

"""The outbox. Its relay now, its failed rows and the live dead letters are three
things; only the first two are judged here, the third with its stream."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from opspanel.assess.figures import Origin, Scene
from opspanel.assess.nats import dead_letters
from opspanel.assess.pair import ByBoth, is_near
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
from opspanel.assess.wording import Missing, counted, duration, number, why
from opspanel.assessment import Figure, Outbox
from opspanel.panel.config import PUBLISH_FAILURES
from opspanel.readings import OutboxReading, PendingEvents
from opspanel.terms import Absence, FailureKind, Health, Signal, Source, Unit


@dataclass(frozen=True, slots=True)
class _Failures:
    figure: Figure
    findings: tuple[Finding, ...]
    disagree: bool = False


def judge_outbox(scene: Scene, twin: Scene | None) -> ByBoth[Outbox]:
    """`twin`: by the second Prometheus of a pair. All else is told by the database."""
    reading, origin = scene.outbox, scene.origin(Source.OUTBOX)
    pending, failed_rows, published = _parts(reading)
    failures, oldest = _failures_by_both(scene, twin), _oldest(pending, origin)
    relay = (*failures.findings, *_age_findings(oldest, scene))
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
        publish_failures=failures.figure,
        pending=origin.figure("outbox pending", Unit.COUNT, _count(pending)),
        oldest_pending=origin.figure("outbox pending", Unit.SECONDS, oldest),
        published=origin.figure("outbox published", Unit.COUNT, published),
        failed_rows=origin.figure("outbox failed rows", Unit.COUNT, failed_rows),
        dlq_messages=scene.origin(Source.NATS).figure(
            f"stream {scene.panel.nats.dlq_stream}", Unit.COUNT, dead_letters(scene)
        ),
    )
    return ByBoth(outbox, _judged(findings, scene), failures.disagree)


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


def _failures_by_both(scene: Scene, twin: Scene | None) -> _Failures:
    """Some failures are worse than no number, which is worse than none."""
    told = [_publish_failures(each) for each in (scene, twin) if each]
    worse = max(told, key=_badness)
    findings = _publish_findings(worse, scene)
    if is_near(told[0], told[-1]):
        return _Failures(worse, findings)
    words = _difference(told, duration(scene.panel.outbox.window_seconds))
    both = tuple(replace(finding, reason=words) for finding in findings)
    return _Failures(worse, both, disagree=True)


def _badness(failures: Figure) -> tuple[bool, bool, float]:
    count = failures.value or 0.0
    return count > 0, failures.value is None, count


def _difference(told: Sequence[Figure], window: str) -> str:
    here, there = (
        why(each.missing or Absence.NO_SERIES)
        if each.value is None
        else number(_whole(each.value))
        for each in told
    )
    return f"publish failures in {window}: Prometheus says {here}, its replica {there}"


def _whole(failures: float) -> int:
    """Counters are extrapolated; what happened is not rounded to nothing."""
    return max(1, round(failures)) if failures > 0 else 0


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
    failed = counted(_whole(failures.value), "publish failure")
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

"""The share of what each service handles that fails."""

from dataclasses import replace

from opspanel.assess.figures import Scene, ratio_trend
from opspanel.assess.services import HTTP_TYPES, is_seen_up
from opspanel.assess.throughput import rate, too_quiet
from opspanel.assess.verdict import Finding, Judged, crossed, graded, unseen, verdict
from opspanel.assess.wording import Missing, percent
from opspanel.assessment import ErrorRate, Figure
from opspanel.panel.config import Service
from opspanel.panel.section import Level
from opspanel.terms import Absence, Health, Signal, Source, Unit

NOT_UP = Finding(status=Health.UNKNOWN, reason="no instance is known to be up")


def judge_errors(service: Service, scene: Scene) -> tuple[ErrorRate, Judged]:
    ratio = error_ratio(service, scene)
    findings = _findings(service, ratio, scene)
    status, reason = verdict(findings, fine=_fine(ratio))
    errors = ErrorRate(
        component_id=service.id,
        name=service.name,
        status=status,
        reason=reason,
        ratio=ratio,
        degraded_at=level_of(service, scene).degraded,
        trend=ratio_trend(
            scene.series(f"{service.id}.errors"),
            scene.series(f"{service.id}.throughput"),
        ),
    )
    return errors, _judged(service, findings)


def error_ratio(service: Service, scene: Scene) -> Figure:
    failed = scene.of_service(service.id, "errors", Unit.PER_SECOND)
    value = _ratio(failed, rate(service, scene), scene)
    ratio = scene.origin(Source.PROMETHEUS).figure(
        f"{service.id}.errors", Unit.RATIO, value
    )
    return replace(ratio, observed_at=failed.observed_at, good_for=failed.good_for)


def level_of(service: Service, scene: Scene) -> Level:
    thresholds = scene.panel.thresholds
    http = service.type in HTTP_TYPES
    return thresholds.error_ratio if http else thresholds.worker_failure_ratio


def _ratio(failed: Figure, handled: Figure, scene: Scene) -> float | Missing:
    if handled.value is None:
        return handled.missing or Absence.NO_SERIES
    if failed.value is None:
        return failed.missing or Absence.NO_SERIES
    if too_quiet(handled, scene):
        return Absence.NO_TRAFFIC
    return min(1.0, failed.value / handled.value)


def _findings(service: Service, ratio: Figure, scene: Scene) -> tuple[Finding, ...]:
    if ratio.value is None and ratio.missing is not Absence.NO_TRAFFIC:
        return (unseen(ratio.missing or Absence.NO_SERIES),)
    level = level_of(service, scene)
    status = graded(ratio.value or 0.0, level)
    if ratio.value is None or status is Health.HEALTHY:
        # A rate outlives its target by the query's range: quiet is not yet well.
        return () if is_seen_up(service, scene) else (NOT_UP,)
    reason = f"{percent(ratio.value)} >= {percent(crossed(ratio.value, level))}"
    return (Finding(status=status, reason=reason, signal=_signal(service)),)


def _fine(ratio: Figure) -> str:
    return "no traffic" if ratio.value is None else percent(ratio.value)


def _signal(service: Service) -> Signal:
    http = service.type in HTTP_TYPES
    return Signal.API_ERRORS if http else Signal.WORKER_FAILURES


def _judged(service: Service, findings: tuple[Finding, ...]) -> Judged:
    return Judged(
        name=f"{service.name} errors",
        subject=service.id,
        owner=service.owner,
        findings=findings,
        source=Source.PROMETHEUS,
        critical=service.critical,
        runbooks=service.runbooks,
    )

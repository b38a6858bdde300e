"""Services as components, by what Prometheus scrapes of them."""

from datetime import timedelta

from opspanel.assess.figures import Scene
from opspanel.assess.throughput import rate, too_quiet
from opspanel.assess.verdict import Finding, Judged, crossed, graded, unseen, verdict
from opspanel.assess.wording import (
    Missing,
    duration,
    listed,
    number,
    short_duration,
)
from opspanel.assessment import Component, Figure
from opspanel.panel.config import Service
from opspanel.readings import PrometheusReading
from opspanel.terms import (
    Absence,
    ComponentType,
    FailureKind,
    Health,
    Signal,
    Source,
    Unit,
)

HTTP_TYPES = frozenset(
    {
        ComponentType.API,
        ComponentType.WEB,
        ComponentType.GATEWAY,
        ComponentType.NODE_LOG_GATEWAY,
    }
)


def judge_service(service: Service, scene: Scene) -> tuple[Component, Judged]:
    up = instances_up(service, scene)
    latency = latency_p95(service, scene)
    stale = stale_scrape(service, scene)
    findings = stale or (
        *_up_findings(service, up, scene),
        *_latency_findings(service, scene, latency),
    )
    fine = f"{number(up)} of {service.expect} up" if isinstance(up, float) else ""
    status, reason = verdict(findings, fine=fine)
    component = Component(
        component_id=service.id,
        name=service.name,
        component_type=service.type,
        owner_domain=service.owner,
        status=status,
        reason=reason,
        checked_at=scene.origin(Source.PROMETHEUS).observed_at,
        instances_up=scene.origin(Source.PROMETHEUS).figure(
            f"{service.id}.up", Unit.COUNT, up
        ),
        instances_expected=service.expect,
        latency_p95=latency,
    )
    return component, _judged(service, findings)


def is_seen_up(service: Service, scene: Scene) -> bool:
    """At least one instance is up by a scrape that is not stale."""
    up = instances_up(service, scene)
    return isinstance(up, float) and up > 0 and not stale_scrape(service, scene)


def instances_up(service: Service, scene: Scene) -> float | Missing:
    samples = scene.samples(f"{service.id}.up")
    if isinstance(samples, Absence | FailureKind):
        return samples
    if not samples:
        return Absence.NO_SERIES
    values = [sample.value for sample in samples if sample.value is not None]
    return float(sum(value > 0 for value in values)) if values else Absence.NOT_A_NUMBER


def latency_p95(service: Service, scene: Scene) -> Figure | None:
    if "latency_p95" not in scene.panel.promql(service):
        return None
    return scene.of_service(service.id, "latency_p95", Unit.SECONDS)


def stale_scrape(service: Service, scene: Scene) -> tuple[Finding, ...]:
    """Why `up` cannot be believed now: an old scrape, or a clock that is off."""
    if isinstance(scene.prometheus, Absence | FailureKind):
        return ()
    skew = scene.prometheus.skew_seconds or 0.0
    if abs(skew) > scene.panel.thresholds.clock_skew_seconds:
        reason = f"Prometheus's clock is off by {duration(abs(skew))}"
        return (Finding(status=Health.UNKNOWN, reason=reason),)
    age = _scrape_age(service, scene, scene.prometheus)
    if age is None or age <= scene.panel.thresholds.scrape_age_seconds:
        return ()
    return (Finding(status=Health.UNKNOWN, reason=f"last scraped {duration(age)} ago"),)


def _scrape_age(
    service: Service, scene: Scene, reading: PrometheusReading
) -> float | None:
    """By Prometheus's own clock, which also stamped the scrape."""
    scraped = scene.scalar(f"{service.id}.scraped", Unit.SECONDS)
    if scraped.value is None:
        return None
    there = reading.observed_at + timedelta(seconds=reading.skew_seconds or 0)
    return there.timestamp() - scraped.value


def _up_findings(
    service: Service, up: float | Missing, scene: Scene
) -> tuple[Finding, ...]:
    if not isinstance(up, float):
        return (_not_seen(service, up, scene),)
    if up < service.expect:
        status = Health.DEGRADED if up else Health.UNHEALTHY
        reason = f"{number(up)} of {service.expect} up{_which(service, scene)}"
        return (Finding(status=status, reason=reason, signal=service.signal),)
    scraped = scene.scalar(f"{service.id}.scraped", Unit.SECONDS)
    if "scraped" in scene.panel.promql(service) and scraped.missing:
        return (unseen(scraped.missing, "time of the last scrape"),)
    return ()


def _which(service: Service, scene: Scene) -> str:
    """The instances that are down, by Prometheus' label. One that vanished has none."""
    samples = scene.samples(f"{service.id}.up")
    if isinstance(samples, Absence | FailureKind):
        return ""
    names = [
        sample.labels["instance"]
        for sample in samples
        if sample.value is not None
        and sample.value <= 0
        and "instance" in sample.labels
    ]
    return f", down: {listed(sorted(names))}" if names else ""


def _not_seen(service: Service, missing: Missing, scene: Scene) -> Finding:
    if isinstance(scene.prometheus, Absence | FailureKind):
        return unseen(missing, "Prometheus")
    if missing is Absence.NO_SERIES:
        reason = f"not reported: no series for job {service.job}"
        return Finding(status=Health.NOT_REPORTED, reason=reason)
    return unseen(missing, "up")


def _latency_findings(
    service: Service, scene: Scene, latency: Figure | None
) -> tuple[Finding, ...]:
    web = service.type in HTTP_TYPES
    if latency is None or not web or too_quiet(rate(service, scene), scene):
        return ()
    if latency.value is None:
        return (unseen(latency.missing or Absence.NOT_A_NUMBER, "p95"),)
    level = scene.panel.thresholds.latency_p95_seconds
    status = graded(latency.value, level)
    if status is Health.HEALTHY:
        return ()
    limit = short_duration(crossed(latency.value, level))
    reason = f"p95 {short_duration(latency.value)} >= {limit}"
    return (Finding(status=status, reason=reason, signal=Signal.API_LATENCY),)


def _judged(service: Service, findings: tuple[Finding, ...]) -> Judged:
    return Judged(
        name=service.name,
        subject=service.id,
        owner=service.owner,
        findings=findings,
        source=Source.PROMETHEUS,
        critical=service.critical,
        runbooks=service.runbooks,
    )

"""Dependencies as components: healthy if the source that probes them answered."""

from opspanel.assess.figures import Scene
from opspanel.assess.verdict import Finding, Judged, verdict
from opspanel.assess.wording import (
    FAILURE_CURES,
    FAILURE_WORDS,
    SOURCE_NAMES,
    Missing,
)
from opspanel.assessment import Component
from opspanel.panel.config import Dependency
from opspanel.terms import Absence, FailureKind, Health, Signal, Source, Unit

# Failures that leave open how the system itself is. Any other tells that it is bad.
INCONCLUSIVE = {
    FailureKind.TIMEOUT: Health.UNKNOWN,
    FailureKind.THROTTLED: Health.UNKNOWN,
    FailureKind.BAD_QUERY: Health.UNKNOWN,
    FailureKind.TOO_LARGE: Health.UNKNOWN,
    FailureKind.UNCONFIGURED: Health.NOT_REPORTED,
    FailureKind.NOT_COLLECTED: Health.UNKNOWN,
}
DEFAULT_OWNER = "platform"


def judge_dependency(dependency: Dependency, scene: Scene) -> tuple[Component, Judged]:
    findings = source_findings(dependency.probe, scene)
    status, reason = verdict(findings, fine="answers")
    origin = scene.origin(dependency.probe)
    reading = scene.reading(dependency.probe)
    answers = reading if isinstance(reading, Absence | FailureKind) else 1
    component = Component(
        component_id=dependency.id,
        name=dependency.name,
        component_type=dependency.type,
        owner_domain=dependency.owner,
        status=status,
        reason=reason,
        checked_at=origin.observed_at,
        instances_up=origin.figure("answers", Unit.COUNT, answers),
        instances_expected=1,
        latency_p95=None,
    )
    return component, _judged(dependency, findings)


def unclaimed_sources(scene: Scene) -> tuple[Judged, ...]:
    """Sources that no dependency stands for: not declared signals, but never silent."""
    claimed = {dependency.probe for dependency in scene.panel.dependencies}
    return tuple(
        Judged(
            name=SOURCE_NAMES[source],
            subject=source.value,
            owner=_owner(source, scene),
            findings=source_findings(source, scene),
            source=source,
            counted=False,
        )
        for source in Source
        if source in scene.panel.kinds - claimed
    )


def source_findings(source: Source, scene: Scene) -> tuple[Finding, ...]:
    reading = scene.reading(source)
    if not isinstance(reading, Absence | FailureKind):
        return _half_silent(scene) if source is Source.PROMETHEUS else ()
    return (
        Finding(
            status=_status(reading),
            reason=_words(reading),
            signal=Signal.SOURCE_FAILED,
            subject=source.value,
            advice=_cure(reading),
        ),
    )


def _half_silent(scene: Scene) -> tuple[Finding, ...]:
    """One of a pair: its figures are there, by the other one."""
    if scene.silent is None:
        return ()
    which, missing = scene.silent
    return (
        Finding(
            status=Health.DEGRADED,
            reason=f"is read by one of two: {which} {_words(missing)}",
            signal=Signal.SOURCE_FAILED,
            subject=Source.PROMETHEUS.value,
            advice=_cure(missing),
        ),
    )


def _status(missing: Missing) -> Health:
    if isinstance(missing, Absence):
        return Health.UNKNOWN
    return INCONCLUSIVE.get(missing, Health.UNHEALTHY)


def _words(missing: Missing) -> str:
    if isinstance(missing, Absence):
        return "gave an answer that is too old"
    return FAILURE_WORDS[missing]


def _cure(missing: Missing) -> str:
    if isinstance(missing, Absence):
        return "check that the collector keeps up"
    return FAILURE_CURES[missing]


def _owner(source: Source, scene: Scene) -> str:
    owners = {
        Source.NATS: scene.panel.nats.owner,
        Source.NODE_TASKS: scene.panel.node_tasks.owner,
        Source.OUTBOX: scene.panel.outbox.owner,
    }
    return owners.get(source, DEFAULT_OWNER)


def _judged(dependency: Dependency, findings: tuple[Finding, ...]) -> Judged:
    return Judged(
        name=dependency.name,
        subject=dependency.id,
        owner=dependency.owner,
        findings=findings,
        source=dependency.probe,
        critical=dependency.critical,
    )

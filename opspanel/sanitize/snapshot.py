"""The only bridge from judged to clean: every field by name, every text by its type."""

from opspanel import assessment as raw
from opspanel.sanitize import fields, figures, queues, slos
from opspanel.snapshot import schema


def clean(assessment: raw.Assessment) -> schema.Snapshot:
    """The snapshot of an assessment, without incidents and with nothing held over."""
    return schema.Snapshot(
        schema=schema.SCHEMA,
        environment=fields.environment(assessment.environment),
        environment_profile=fields.environment(assessment.environment_profile),
        taken_at=assessment.taken_at,
        decision=_decision(assessment.decision),
        actions=tuple(map(_card, assessment.actions)),
        health=tuple(map(_component, assessment.health)),
        queues=queues.queues(assessment.queues),
        throughput=tuple(map(_throughput, assessment.throughput)),
        errors=tuple(map(_error_rate, assessment.errors)),
        incidents=schema.NO_INCIDENTS_READ,
        sources=tuple(map(_source, assessment.sources)),
        self_test=None,
        slos=tuple(map(slos.slo, assessment.slos)),
    )


def _decision(decision: raw.Decision) -> schema.Decision:
    coverage = decision.coverage
    return schema.Decision(
        status=decision.status,
        degradation_level=decision.degradation_level,
        sentence=fields.sentence(decision.sentence),
        coverage=schema.Coverage(fresh=coverage.fresh, declared=coverage.declared),
    )


def _runbook(runbook: raw.Runbook) -> schema.Runbook:
    return schema.Runbook(
        id=fields.runbook_id(runbook.id),
        title=fields.sentence(runbook.title),
        url=fields.link(runbook.url),
    )


def _card(card: raw.ActionCard) -> schema.ActionCard:
    return schema.ActionCard(
        key=fields.card_key(card.key),
        signal=card.signal,
        subject=fields.subject(card.subject),
        status=card.status,
        title=fields.sentence(card.title),
        reason=fields.sentence(card.reason),
        owner_domain=fields.owner(card.owner_domain),
        runbooks=tuple(map(_runbook, card.runbooks)),
        since=card.since,
        source=card.source,
        held_over=False,
    )


def _component(component: raw.Component) -> schema.Component:
    return schema.Component(
        component_id=fields.component_id(component.component_id),
        name=fields.component_name(component.name),
        component_type=component.component_type,
        owner_domain=fields.owner(component.owner_domain),
        status=component.status,
        reason=fields.sentence(component.reason),
        checked_at=component.checked_at,
        instances_up=figures.figure(component.instances_up),
        instances_expected=component.instances_expected,
        latency_p95=figures.optional_figure(component.latency_p95),
    )


def _throughput(throughput: raw.Throughput) -> schema.Throughput:
    return schema.Throughput(
        component_id=fields.component_id(throughput.component_id),
        name=fields.component_name(throughput.name),
        rate=figures.figure(throughput.rate),
        trend=figures.trend(throughput.trend),
    )


def _error_rate(rate: raw.ErrorRate) -> schema.ErrorRate:
    return schema.ErrorRate(
        component_id=fields.component_id(rate.component_id),
        name=fields.component_name(rate.name),
        status=rate.status,
        reason=fields.sentence(rate.reason),
        ratio=figures.figure(rate.ratio),
        degraded_at=figures.finite(rate.degraded_at) or 0.0,
        trend=figures.trend(rate.trend),
    )


def _source(state: raw.SourceState) -> schema.SourceState:
    return schema.SourceState(
        source=state.source,
        failure=state.failure,
        observed_at=state.observed_at,
        took_seconds=figures.finite(state.took_seconds),
        reads=state.reads,
        partial=state.partial,
        warnings=state.warnings,
        skew_seconds=figures.finite(state.skew_seconds),
        trust=state.trust,
        replica=state.replica,
        disagree=state.disagree,
    )

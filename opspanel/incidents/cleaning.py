"""From rows to what may be shown: every text is cleaned again, by its type."""

from datetime import datetime
from typing import Any

from opspanel import models
from opspanel.incidents import evidence
from opspanel.incidents.checklist import checklist
from opspanel.incidents.reading import (
    OtherIncident,
    Shown,
    ShownChange,
    TimelineEvent,
    WholeIncident,
)
from opspanel.incidents.severity import next_update_due
from opspanel.models.incidents import UNSETTLED
from opspanel.sanitize import fields
from opspanel.snapshot.schema import HitService, Incident
from opspanel.terms import (
    ClosureReason,
    Impact,
    IncidentEventType,
    IncidentOrigin,
    IncidentStatus,
    Severity,
)


def incident(row: models.Incident, now: datetime) -> Incident:
    """`row.services` should be prefetched."""
    unsettled = row.status in UNSETTLED
    due = _next_update_due(row) if unsettled else None
    hit = sorted(row.services.all(), key=lambda hit: hit.service)
    return Incident(
        id=row.pk,
        ref=fields.incident_ref(row.ref),
        title=fields.incident_title(row.title),
        severity=row.severity,
        status=IncidentStatus(row.status),
        is_drill=row.is_drill,
        services=tuple(
            HitService(service=fields.service(one.service), impact=Impact(one.impact))
            for one in hit
        ),
        owner=fields.person(row.owner_label) if row.owner_label else None,
        started_at=row.started_at,
        declared_at=row.declared_at,
        acknowledged_at=row.acknowledged_at,
        mitigated_at=row.mitigated_at,
        resolved_at=row.resolved_at,
        updated_at=row.updated_at,
        silent_since=_silent_since(row) if unsettled else None,
        next_update_due=due,
        overdue=due is not None and due < now,
    )


def _next_update_due(row: models.Incident) -> datetime | None:
    return next_update_due(Severity(row.severity), row.declared_at, row.updated_at)


def _silent_since(row: models.Incident) -> datetime | None:
    if row.acknowledged_at is None:
        return None
    return max(row.acknowledged_at, row.updated_at or row.acknowledged_at)


def whole(row: models.Incident, now: datetime) -> WholeIncident:
    return WholeIncident(
        incident=incident(row, now),
        version=row.version,
        summary=fields.passage(row.summary),
        customer_impact=fields.passage(row.customer_impact),
        runbooks=tuple(map(fields.runbook_id, row.runbooks)),
        links=tuple(filter(None, map(fields.link, row.links))),
        detected_at=row.detected_at,
        declared_by=fields.person(row.declared_by_label),
        origin=IncidentOrigin(row.origin),
        owner_id=row.owner_id,
        closure_reason=ClosureReason(row.closure_reason)
        if row.closure_reason
        else None,
        merged_into=_other(row.merged_into),
        recurs=_other(row.recurs),
        checklist=tuple(checklist(row, now)) if row.status in UNSETTLED else (),
        duplicates=tuple(_link(one) for one in row.duplicates.order_by("pk")),
        recurrences=tuple(_link(one) for one in row.recurrences.order_by("pk")),
        timeline=timeline(row),
    )


def timeline(row: models.Incident) -> tuple[TimelineEvent, ...]:
    events = list(row.events.order_by("occurred_at", "seq"))
    numbers = {event.pk: event.seq for event in events}
    redacted = {
        event.amends_id for event in events if event.type == IncidentEventType.REDACTED
    }
    return tuple(
        line(event, numbers.get(event.amends_id or 0), gone=event.pk in redacted)
        for event in events
    )


def line(
    event: models.IncidentEvent, amends: int | None, *, gone: bool
) -> TimelineEvent:
    """`amends`: the `seq` of what it amends. `gone`: its words were redacted."""
    return TimelineEvent(
        id=event.pk,
        seq=event.seq,
        type=IncidentEventType(event.type),
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        actor=fields.person(event.actor_label),
        origin=IncidentOrigin(event.origin),
        body=fields.passage(event.body),
        changes=tuple(
            ShownChange(
                field=fields.service(name), old=_value(name, old), new=_value(name, new)
            )
            for name, (old, new) in event.changes.items()
            if name != evidence.FIELD
        ),
        amends=amends,
        redacted=gone,
    )


def _value(name: str, value: Any) -> Shown:
    if value is None or isinstance(value, bool | int):
        return value
    if name.endswith("_at"):
        return datetime.fromisoformat(value)
    if isinstance(value, list):
        return fields.passage(", ".join(map(str, value)))
    return fields.passage(str(value))


def _other(row: models.Incident | None) -> OtherIncident | None:
    return _link(row) if row is not None else None


def _link(row: models.Incident) -> OtherIncident:
    return OtherIncident(
        id=row.pk,
        ref=fields.incident_ref(row.ref),
        title=fields.incident_title(row.title),
    )

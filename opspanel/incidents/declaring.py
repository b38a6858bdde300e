"""A new incident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from opspanel.incidents import evidence, rows, signals
from opspanel.incidents.evidence import Evidence
from opspanel.incidents.intake import Intake
from opspanel.incidents.plan import Changes, Line, Plan, Recorded, as_json
from opspanel.incidents.severity import DEFAULT
from opspanel.incidents.submission import Submission
from opspanel.incidents.writer import (
    recorded_or_refused,
    refuse_duplicate,
    refuse_other_words,
    stands,
    write,
)
from opspanel.models import Incident, User
from opspanel.panel.load import configured_panel
from opspanel.terms import IncidentEventType, IncidentStatus

ACTION = "incident.declare"
_MYSELF = "me"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a declaration says. Only `title` must be given.

    `services`: impact by service id. `owner`: an account's number, "me", or None.
    With `mitigated_at` or `resolved_at` it is recorded in retrospect. `dedup_key`
    names the problem: it is unique among what is open. `recurs`: the number of the
    incident that came back. `evidence`: how the platform stood.
    """

    title: str
    summary: str = ""
    customer_impact: str = ""
    severity: int | str = DEFAULT
    services: Mapping[str, str] = field(default_factory=dict)
    runbooks: Sequence[str] = ()
    links: Sequence[str] = ()
    owner: int | str | None = _MYSELF
    is_drill: bool = False
    started_at: datetime | None = None
    detected_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    dedup_key: str = ""
    recurs: int | None = None
    evidence: Evidence | None = None


def declare(draft: Draft, by: Submission) -> Recorded:
    """Record a new incident; with a client_key that was used, the one that it made.

    Raises InvalidError, DuplicateOpenError and BusyError.
    """
    client_key = by.client_key or uuid4()
    with recorded_or_refused(ACTION, "", by):
        made = rows.hold_key(client_key)
        if made is not None:
            refuse_other_words(made, by)
            incident = Incident.objects.get(pk=made.incident_id)
            return stands(incident, replayed=True)
        incident, services = _incident(draft, by)
        refuse_duplicate(incident.dedup_key)
        incident.client_key = client_key
        incident.save(force_insert=True)
        alerts = signals.adopt(incident.pk, incident.dedup_key)
        write([_plan(incident, services, draft.evidence, alerts)], by)
        return stands(incident, changed=True)


def _incident(draft: Draft, by: Submission) -> tuple[Incident, dict[str, str]]:
    """As the draft says, checked, with the services that it hits."""
    intake = Intake(by.now, configured_panel())
    incident = Incident(
        title=intake.title(draft.title),
        summary=intake.passage("summary", draft.summary),
        customer_impact=intake.passage("customer_impact", draft.customer_impact),
        severity=intake.severity(draft.severity),
        runbooks=intake.runbooks(draft.runbooks),
        links=intake.links(draft.links),
        is_drill=intake.flag("is_drill", draft.is_drill),
        dedup_key=intake.problem("dedup_key", draft.dedup_key),
        origin=by.origin.value,
        declared_at=by.now,
        changed_at=by.now,
        declared_by_id=by.actor.user_id,
        declared_by_label=by.label,
        recurs_id=_recurs(draft, intake),
    )
    _set_times(incident, draft, intake, by.now)
    _set_owner(incident, draft, by, intake)
    services = intake.services(draft.services)
    intake.check()
    return incident, services


def _set_times(incident: Incident, draft: Draft, intake: Intake, now: datetime) -> None:
    start = draft.started_at or draft.detected_at or now
    incident.started_at = intake.time("started_at", start)
    for name in ("detected_at", "mitigated_at", "resolved_at"):
        value = getattr(draft, name)
        if value is not None:
            setattr(incident, name, intake.time(name, value))
            intake.not_before(name, getattr(incident, name), incident.started_at)
    if incident.resolved_at is not None:
        incident.status = IncidentStatus.RESOLVED.value
        incident.mitigated_at = incident.mitigated_at or incident.resolved_at
    elif incident.mitigated_at is not None:
        incident.status = IncidentStatus.MITIGATED.value


def _set_owner(
    incident: Incident, draft: Draft, by: Submission, intake: Intake
) -> None:
    mine = draft.owner == _MYSELF
    number = by.actor.user_id if mine else draft.owner
    owner: User | None = intake.owner(number)
    incident.owner = owner
    incident.owner_label = owner.get_username() if owner else ""


def _recurs(draft: Draft, intake: Intake) -> int | None:
    if draft.recurs is None:
        return None
    if not Incident.objects.filter(pk=draft.recurs).exists():
        intake.refuse("recurs", "There is no such incident.")
        return None
    return draft.recurs


def _plan(
    incident: Incident,
    services: dict[str, str],
    kept: Evidence | None,
    alerts: Sequence[str],
) -> Plan:
    changes = _first_values(incident, services)
    if kept is not None:
        changes = {**changes, evidence.FIELD: (None, evidence.as_json(kept))}
    line = Line(
        type=IncidentEventType.DECLARED,
        changes=changes,
        occurred_at=incident.declared_at,
    )
    return Plan(
        incident=incident,
        action=ACTION,
        lines=(line, *(_attached(alert) for alert in alerts)),
        services=services,
        metadata={"status_to": incident.status, "new_value": incident.severity},
    )


def _attached(alert: str) -> Line:
    return Line(type=IncidentEventType.ALERT_LINKED, changes={"alert": (None, alert)})


def _first_values(incident: Incident, services: dict[str, str]) -> Changes:
    names = ["status", "severity", "is_drill", "started_at", "detected_at"]
    names += ["mitigated_at", "resolved_at", "title"]
    values = {name: getattr(incident, name) for name in names}
    values["owner"] = incident.owner_label
    values |= {f"service.{name}": impact for name, impact in services.items()}
    return {name: (None, as_json(value)) for name, value in values.items() if value}

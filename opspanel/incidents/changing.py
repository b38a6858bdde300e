"""Changing what an incident says of itself, field by field.

Changes to different fields merge. Two people who change the same field conflict, unless
they want the same: whoever comes second is shown both values, and by whom and when.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opspanel.audit.allowlist import Scalar
from opspanel.incidents.errors import Clash, ConflictError, InvalidError
from opspanel.incidents.intake import Intake
from opspanel.incidents.plan import Line, Plan, Recorded
from opspanel.incidents.responding import refuse_unless
from opspanel.incidents.submission import Submission
from opspanel.incidents.transitions import Act
from opspanel.incidents.writer import Locked, act
from opspanel.models import Incident, IncidentEvent
from opspanel.panel.load import configured_panel
from opspanel.terms import IncidentEventType as Type

SERVICE = "service."
_TYPES = {
    "title": Type.DETAILS,
    "summary": Type.DETAILS,
    "customer_impact": Type.DETAILS,
    "runbooks": Type.DETAILS,
    "links": Type.DETAILS,
    "is_drill": Type.DETAILS,
    "severity": Type.SEVERITY,
    "owner": Type.OWNER,
}
# Whose values are words or numbers of ours; the trail never holds what people wrote.
_AUDITED = frozenset({"severity", "is_drill"})


@dataclass(slots=True)
class _Wanted:
    """Checked new values as `changes` keep them, and as the columns do."""

    values: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)


def change(
    incident_id: int,
    wanted: Mapping[str, Any],
    by: Submission,
    *,
    seen: int,
) -> Recorded:
    """Set fields: title, summary, customer_impact, severity, runbooks, links, is_drill, owner
    (an account's number or None) and `service.<id>` (an impact, or None: not hit).

    `seen` is the version that the person looked at. Raises InvalidError (also for
    unknown fields), ConflictError, TransitionRefusedError, UnknownIncidentError,
    BusyError.
    """
    checked = _checked(wanted, by)

    def decide(locked: Locked) -> list[Plan]:
        incident = locked[incident_id]
        refuse_unless(Act.CHANGE, incident)
        present = _present(incident)
        changed = {
            name: (present.get(name), value)
            for name, value in checked.values.items()
            if present.get(name) != value
        }
        refuse_clashes(incident, changed, seen)
        return [_plan(incident, changed, checked)] if changed else []

    return act([incident_id], decide, by, "incident.change")


def _last_changes(
    incident: Incident, names: Mapping[str, Any], seen: int
) -> dict[str, IncidentEvent]:
    """The last event after version `seen` that changed each of the fields."""
    later = incident.events.filter(seq__gt=seen).order_by("seq")
    return {name: event for event in later for name in names if name in event.changes}


def refuse_clashes(
    incident: Incident, changed: Mapping[str, tuple[Any, Any]], seen: int
) -> None:
    clashes = [
        Clash(
            field=name,
            theirs=changed[name][0],
            yours=changed[name][1],
            by=event.actor_label,
            at=event.recorded_at,
        )
        for name, event in _last_changes(incident, changed, seen).items()
    ]
    if clashes:
        raise ConflictError(clashes, incident.version)


def _present(incident: Incident) -> dict[str, Any]:
    values = {name: getattr(incident, name) for name in _TYPES if name != "owner"}
    values["owner"] = incident.owner_label
    hit = incident.services.values_list("service", "impact")
    return values | {f"{SERVICE}{name}": impact for name, impact in hit}


def _checked(wanted: Mapping[str, Any], by: Submission) -> _Wanted:
    intake, made = Intake(by.now, configured_panel()), _Wanted()
    for name, raw in wanted.items():
        if name == "owner":
            _check_owner(raw, intake, made)
        elif name.startswith(SERVICE):
            _check_service(name, raw, intake, made)
        elif name in _TYPES:
            made.values[name] = _check(name, raw, intake)
            made.columns[name] = {name: made.values[name]}
        else:
            raise InvalidError({"fields": "There is no such field."})
    intake.check()
    return made


def _check(name: str, raw: Any, intake: Intake) -> Any:
    checks = {
        "title": intake.title,
        "severity": intake.severity,
        "runbooks": intake.runbooks,
        "links": intake.links,
    }
    if name in checks:
        return checks[name](raw)
    if name == "is_drill":
        return intake.flag(name, raw)
    return intake.passage(name, raw)


def _check_owner(raw: Any, intake: Intake, made: _Wanted) -> None:
    owner = intake.owner(raw)
    made.values["owner"] = label = owner.get_username() if owner else ""
    made.columns["owner"] = {"owner_id": owner and owner.pk, "owner_label": label}


def _check_service(name: str, raw: Any, intake: Intake, made: _Wanted) -> None:
    service = name.removeprefix(SERVICE)
    if raw is None:  # also one that panel.toml no longer has
        made.values[name] = None
    else:
        intake.service(name, service)
        made.values[name] = intake.impact(name, raw)


def _plan(
    incident: Incident, changed: Mapping[str, tuple[Any, Any]], checked: _Wanted
) -> Plan:
    by_type: dict[Type, dict[str, tuple[Any, Any]]] = {}
    for name, pair in changed.items():
        by_type.setdefault(_TYPES.get(name, Type.SERVICES), {})[name] = pair
    columns = [checked.columns.get(name, {}) for name in changed]
    return Plan(
        incident=incident,
        action="incident.change",
        lines=tuple(Line(type=kind, changes=part) for kind, part in by_type.items()),
        columns={name: value for part in columns for name, value in part.items()},
        services={
            name.removeprefix(SERVICE): pair[1]
            for name, pair in changed.items()
            if name.startswith(SERVICE)
        },
        metadata=_audited(changed),
    )


def _audited(changed: Mapping[str, tuple[Any, Any]]) -> dict[str, Scalar]:
    """Which fields, and the values of the one whose values may be told."""
    names = ", ".join(sorted(changed))
    told: dict[str, Scalar] = {"request_scope": names[:200]}
    for name in _AUDITED & changed.keys():
        told |= {"old_value": changed[name][0], "new_value": changed[name][1]}
    return told

"""Changing the status: mitigate, resolve, void, re-open."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from opspanel.audit.allowlist import Scalar
from opspanel.incidents import transitions
from opspanel.incidents.checklist import checklist
from opspanel.incidents.errors import (
    InvalidError,
    MovedOnError,
    NotAllowedError,
    TooOldError,
    UnfinishedError,
    refused,
)
from opspanel.incidents.intake import Intake
from opspanel.incidents.plan import Line, Plan, Recorded, as_json
from opspanel.incidents.submission import VOID_RESOLVED, Submission
from opspanel.incidents.transitions import SHORTEST_NOTE, Need
from opspanel.incidents.writer import Locked, act, refuse_duplicate
from opspanel.models import Incident
from opspanel.models.incidents import LONGEST_TEXT
from opspanel.panel.load import configured_panel
from opspanel.terms import ClosureReason, IncidentEventType
from opspanel.terms import IncidentStatus as Status

_ACTIONS = {
    Status.OPEN: "incident.reopen",
    Status.MITIGATED: "incident.mitigate",
    Status.RESOLVED: "incident.resolve",
    Status.VOID: "incident.void",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A change of status. `note` goes into the timeline, `at` is when it came about.

    `expected`: the status that the pressed button assumed. `closure_reason`, and for
    a duplicate `merged_into`, the number of the incident that stays, are for VOID.
    `override`: why it is resolved although something blocks it.
    """

    to: Status
    note: str = ""
    at: datetime | None = None
    expected: Status | None = None
    closure_reason: str = ""
    merged_into: int | None = None
    override: str = ""


def move(incident_id: int, wanted: Move, by: Submission) -> Recorded:
    """Change the status as the table of transitions allows it.

    Raises InvalidError where something is still needed, UnfinishedError where the
    checklist blocks, TransitionRefusedError
    (MovedOnError: somebody else was first; TooOldError: declare a new one),
    NotAllowedError, DuplicateOpenError, UnknownIncidentError, BusyError.
    """
    wanted = _checked(wanted, by.now)
    ids = [incident_id, *([wanted.merged_into] if wanted.merged_into else [])]

    def decide(locked: Locked) -> list[Plan]:
        incident = locked[incident_id]
        if incident.status == wanted.to:
            return []
        _refuse_surprise(incident, wanted)
        _refuse_unmet(incident, wanted, by)
        plans = [_plan(incident, wanted, by.now)]
        if wanted.merged_into:
            plans.append(_link(locked[wanted.merged_into], incident))
        return plans

    return act(ids, decide, by, _ACTIONS[wanted.to])


def _checked(wanted: Move, now: datetime) -> Move:
    """What can be told without looking at the incident."""
    intake = Intake(now, configured_panel())
    note = intake.passage("note", wanted.note)
    override = wanted.override
    if override:
        override = intake.note("override", override, SHORTEST_NOTE)
    at = intake.time("at", wanted.at) if wanted.at else None
    if wanted.closure_reason and wanted.closure_reason not in set(ClosureReason):
        choices = ", ".join(ClosureReason)
        intake.refuse("closure_reason", f"Choose one of: {choices}.")
    duplicate = wanted.closure_reason == ClosureReason.DUPLICATE
    if duplicate != (wanted.merged_into is not None):
        intake.refuse("merged_into", "A duplicate needs the incident that stays.")
    elif wanted.merged_into and not _exists(wanted.merged_into):
        intake.refuse("merged_into", "There is no such incident.")
    intake.check()
    return replace(wanted, note=note, at=at, override=override)


def _exists(number: int) -> bool:
    return Incident.objects.filter(pk=number).exists()


def _refuse_surprise(incident: Incident, wanted: Move) -> None:
    if wanted.expected is None or incident.status == wanted.expected:
        return
    last = incident.events.filter(changes__has_key="status").order_by("-seq")[0]
    raise MovedOnError(Status(incident.status), last.actor_label, last.recorded_at)


def _refuse_unmet(incident: Incident, wanted: Move, by: Submission) -> None:
    here = Status(incident.status)
    needed = transitions.needs(here, wanted.to)
    if needed is None:
        why = f"From {here} to {wanted.to} there is no way."
        raise refused(why, here)
    if Need.RIGHT_TO_VOID in needed and not by.may_void_resolved:
        raise NotAllowedError(VOID_RESOLVED)
    if Need.RECENT in needed and not transitions.is_recent(
        incident.resolved_at, by.now
    ):
        raise TooOldError(here, incident.pk)
    _refuse_missing(needed, wanted, incident, by.now)
    if wanted.to is Status.RESOLVED and not wanted.override:
        _refuse_unfinished(incident, by.now)
    if wanted.to is Status.OPEN and here not in {Status.OPEN, Status.MITIGATED}:
        refuse_duplicate(incident.dedup_key)


def _refuse_unfinished(incident: Incident, now: datetime) -> None:
    blocking = [finding for finding in checklist(incident, now) if finding.blocks]
    if blocking:
        raise UnfinishedError(blocking)


def _refuse_missing(
    needed: frozenset[Need], wanted: Move, incident: Incident, now: datetime
) -> None:
    intake = Intake(now, configured_panel())
    if Need.NOTE in needed:
        intake.note("note", wanted.note, SHORTEST_NOTE)
    if Need.CLOSURE_REASON in needed and not wanted.closure_reason:
        intake.refuse("closure_reason", "Say why it is void.")
    if wanted.closure_reason and Need.CLOSURE_REASON not in needed:
        intake.refuse("closure_reason", "Only for what is void.")
    intake.not_before("at", wanted.at, incident.started_at)
    if wanted.merged_into == incident.pk:
        intake.refuse("merged_into", "It cannot be a duplicate of itself.")
    intake.check()


def _plan(incident: Incident, wanted: Move, now: datetime) -> Plan:
    columns = _columns(incident, wanted, now)
    changes = {
        name: (as_json(getattr(incident, name)), as_json(value))
        for name, value in columns.items()
        if getattr(incident, name) != value
    }
    line = Line(
        type=_event_type(wanted),
        changes=changes,
        body="\n\n".join(filter(None, (wanted.note, wanted.override)))[:LONGEST_TEXT],
        occurred_at=wanted.at,
    )
    return Plan(
        incident=incident,
        action=_ACTIONS[wanted.to],
        columns=columns,
        lines=(line,),
        metadata=_audited(incident, wanted),
    )


def _columns(incident: Incident, wanted: Move, now: datetime) -> dict[str, Any]:
    at = wanted.at or now
    mitigated, resolved = incident.mitigated_at, None
    if wanted.to is Status.OPEN:
        mitigated = None
    elif wanted.to is Status.MITIGATED:
        mitigated = at
    elif wanted.to is Status.RESOLVED:
        mitigated, resolved = mitigated or at, at
    return {
        "status": wanted.to.value,
        "mitigated_at": mitigated,
        "resolved_at": resolved,
        "closure_reason": wanted.closure_reason,
        "merged_into_id": wanted.merged_into,
    }


def _event_type(wanted: Move) -> IncidentEventType:
    if wanted.merged_into:
        return IncidentEventType.MERGED
    reopened = wanted.to is Status.OPEN
    return IncidentEventType.REOPENED if reopened else IncidentEventType.STATUS


def _audited(incident: Incident, wanted: Move) -> Mapping[str, Scalar]:
    told: dict[str, Scalar] = {
        "status_from": incident.status,
        "status_to": wanted.to.value,
    }
    if wanted.closure_reason:
        told["reason"] = wanted.closure_reason
    if wanted.override:
        told["policy_key"] = "resolved_unfinished"
    if wanted.merged_into:
        told["new_value"] = f"INC-{wanted.merged_into}"
    return told


def _link(kept: Incident, duplicate: Incident) -> Plan:
    """The other half of a merge: the incident that stays tells of it, too."""
    if kept.status == Status.VOID:
        message = f"{kept.ref} is void itself: choose the one that stays."
        raise InvalidError({"merged_into": message})
    line = Line(
        type=IncidentEventType.LINKED, changes={"duplicate": (None, duplicate.ref)}
    )
    return Plan(
        incident=kept,
        action="incident.link",
        lines=(line,),
        metadata={"new_value": duplicate.ref},
    )

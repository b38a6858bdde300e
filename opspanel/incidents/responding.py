"""Acts of the first minutes: acknowledging, and writing down what is going on."""

from collections.abc import Mapping
from datetime import datetime

from opspanel.incidents import transitions
from opspanel.incidents.errors import UnknownIncidentError, refused
from opspanel.incidents.intake import Intake
from opspanel.incidents.plan import Line, Plan, Recorded
from opspanel.incidents.submission import Submission
from opspanel.incidents.transitions import Act
from opspanel.incidents.writer import Locked, act
from opspanel.models import Incident
from opspanel.panel.load import configured_panel
from opspanel.terms import IncidentEventType, IncidentStatus


def acknowledge(incident_id: int, by: Submission) -> Recorded:
    """Say that somebody is at it: the first who does. Takes over where nobody owns it.

    Raises UnknownIncidentError, TransitionRefusedError where it is over, BusyError.
    """

    def decide(locked: Locked) -> list[Plan]:
        incident = locked[incident_id]
        if incident.acknowledged_at is not None:
            return []
        refuse_unless(Act.ACKNOWLEDGE, incident)
        return [_acknowledgement(incident, by)]

    return act([incident_id], decide, by, "incident.acknowledge")


def note(
    incident_id: int,
    text: str,
    by: Submission,
    *,
    occurred_at: datetime | None = None,
    settles: int | None = None,
) -> Recorded:
    """Add to the timeline. Two notes never conflict.

    `occurred_at`: when it was so, if that is not now. `settles`: the `seq` of a note
    that began with TODO, and is done now. Raises InvalidError,
    UnknownIncidentError, BusyError.
    """
    intake = Intake(by.now, configured_panel())
    body = intake.note("note", text)
    if occurred_at is not None:
        occurred_at = intake.time("occurred_at", occurred_at)
    intake.check()

    def decide(locked: Locked) -> list[Plan]:
        incident = locked[incident_id]
        refuse_unless(Act.NOTE, incident)
        line = Line(
            type=IncidentEventType.NOTE,
            body=body,
            occurred_at=occurred_at,
            amends=_settled(incident, settles),
        )
        return [Plan(incident=incident, action="incident.note", lines=(line,))]

    return act([incident_id], decide, by, "incident.note")


def _settled(incident: Incident, seq: int | None) -> int | None:
    """The number of the note with that place in the timeline."""
    if seq is None:
        return None
    notes = incident.events.filter(type=IncidentEventType.NOTE, seq=seq)
    number = notes.values_list("pk", flat=True).first()
    if number is None:
        what = "note"
        raise UnknownIncidentError(what)
    return number


def refuse_unless(wanted: Act, incident: Incident) -> None:
    status = IncidentStatus(incident.status)
    if status not in transitions.ACTS[wanted]:
        why = f"It is {status}. Here nobody can {wanted}."
        raise refused(why, status)


def _acknowledgement(incident: Incident, by: Submission) -> Plan:
    columns: dict[str, object] = {"acknowledged_at": by.now}
    changes: Mapping[str, tuple[object, object]] = {
        "acknowledged_at": (None, by.now.isoformat())
    }
    if not incident.owner_label and by.actor.user_id is not None:
        columns |= {"owner_id": by.actor.user_id, "owner_label": by.label}
        changes = {**changes, "owner": ("", by.label)}
    return Plan(
        incident=incident,
        action="incident.acknowledge",
        columns=columns,
        lines=(Line(type=IncidentEventType.ACKNOWLEDGED, changes=changes),),
    )

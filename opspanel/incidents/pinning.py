"""Pinning a stored minute of the overview: what an incident's readers should see of it."""

from datetime import datetime
from typing import Final

from opspanel.incidents.intake import Intake
from opspanel.incidents.plan import Line, Plan, Recorded
from opspanel.incidents.responding import refuse_unless
from opspanel.incidents.submission import Submission
from opspanel.incidents.transitions import Act
from opspanel.incidents.writer import Locked, act
from opspanel.panel.load import configured_panel
from opspanel.snapshot.history import minute_of
from opspanel.terms import IncidentEventType

# The name under which the line's changes hold the minute.
MOMENT: Final = "moment_at"


def pin(incident_id: int, moment: datetime, text: str, by: Submission) -> Recorded:
    """Put the minute of `moment` into the timeline, at its own time, with the decision
    of then: that stays when the minute is trimmed. `text` may be empty.

    Raises InvalidError, also for a minute that cannot be shown; UnknownIncidentError,
    BusyError.
    """
    intake = Intake(by.now, configured_panel())
    body = intake.passage("note", text)
    at = intake.time("moment", moment)
    intake.check()
    minute = minute_of(at)
    if minute.snapshot is None:
        intake.refuse("moment", "This minute cannot be shown, so it cannot be pinned.")
    intake.check()
    overall = minute.snapshot.decision.sentence if minute.snapshot else ""
    changes = {MOMENT: (None, minute.at.isoformat()), "overall": (None, overall)}
    line = Line(
        type=IncidentEventType.PINNED,
        changes=changes,
        body=body,
        occurred_at=minute.at,
    )

    def decide(locked: Locked) -> list[Plan]:
        incident = locked[incident_id]
        refuse_unless(Act.PIN, incident)
        told = {"new_value": minute.at.isoformat()}
        plan = Plan(
            incident=incident, action="incident.pin", lines=(line,), metadata=told
        )
        return [plan]

    return act([incident_id], decide, by, "incident.pin")

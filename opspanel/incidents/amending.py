"""Setting right what was recorded: times that were wrong, words that must go.

Nothing is rewritten. A correction and a redaction are events of their own, with a reason.
"""

import hashlib
import json
from datetime import datetime
from typing import Final

from opspanel.audit.allowlist import Scalar
from opspanel.incidents.changing import refuse_clashes
from opspanel.incidents.errors import UnknownIncidentError
from opspanel.incidents.intake import Intake
from opspanel.incidents.plan import Line, Plan, Recorded, as_json
from opspanel.incidents.responding import refuse_unless
from opspanel.incidents.rows import WORDS
from opspanel.incidents.submission import Submission
from opspanel.incidents.transitions import SHORTEST_NOTE, Act
from opspanel.incidents.writer import Locked, act
from opspanel.models import Incident, IncidentEvent
from opspanel.panel.load import configured_panel
from opspanel.terms import IncidentEventType as Type

TIMES: Final = (
    "started_at",
    "detected_at",
    "declared_at",
    "acknowledged_at",
    "mitigated_at",
    "resolved_at",
)
# What may be set where it was not: the others come with their act.
_SETTABLE = frozenset({"detected_at"})
_ENDS = ("mitigated_at", "resolved_at")
_LATER = (*_ENDS, "detected_at", "acknowledged_at")


def correct_time(
    incident_id: int,
    wanted: tuple[str, datetime],
    reason: str,
    by: Submission,
    *,
    seen: int,
) -> Recorded:
    """Set one of TIMES to what it was; `wanted` is its name and value.

    The old value stays in the timeline, and in the audit trail. Raises InvalidError,
    ConflictError, TransitionRefusedError, UnknownIncidentError, BusyError.
    """
    name, value = wanted
    intake = Intake(by.now, configured_panel())
    if name not in TIMES:
        intake.refuse("time", f"Choose one of: {', '.join(TIMES)}.")
    value = intake.time("value", value)
    body = intake.note("reason", reason, SHORTEST_NOTE)
    intake.check()

    def decide(locked: Locked) -> list[Plan]:
        incident = locked[incident_id]
        refuse_unless(Act.CORRECT_TIME, incident)
        present = getattr(incident, name)
        if present == value:
            return []
        _check_order(incident, name, value, by)
        changes = {name: (as_json(present), as_json(value))}
        refuse_clashes(incident, changes, seen)
        return [_correction(incident, changes, value, body)]

    return act([incident_id], decide, by, "incident.correct_time")


def redact(incident_id: int, seq: int, reason: str, by: Submission) -> Recorded:
    """Take the words of the event `seq` out of the database: a note, or the texts that
    a change replaced. Their length and SHA-256 stay, and who took them out, when, why.

    What an incident says of itself now is changed with `change`, and then the events
    that hold the old words are redacted. Raises InvalidError, UnknownIncidentError,
    BusyError.
    """
    intake = Intake(by.now, configured_panel())
    body = intake.note("reason", reason, SHORTEST_NOTE)
    intake.check()

    def decide(locked: Locked) -> list[Plan]:
        incident = locked[incident_id]
        refuse_unless(Act.REDACT, incident)
        event = incident.events.filter(seq=seq).first()
        if event is None:
            what = "event"
            raise UnknownIncidentError(what)
        words = _words(event)
        return [_redaction(incident, event, words, body)] if words else []

    return act([incident_id], decide, by, "incident.redact")


def _check_order(
    incident: Incident, name: str, value: datetime, by: Submission
) -> None:
    intake = Intake(by.now, configured_panel())
    if getattr(incident, name) is None and name not in _SETTABLE:
        intake.refuse("time", "This has not happened yet.")
    if name == "started_at":
        for end in _ENDS:
            ended = getattr(incident, end)
            if ended is not None and ended < value:
                intake.refuse("value", "This lies after the end.")
    elif name in _LATER:
        # Forms know whole seconds.
        started = incident.started_at.replace(microsecond=0)
        intake.not_before("value", value, started)
    intake.check()


def _correction(
    incident: Incident,
    changes: dict[str, tuple[str | None, str]],
    value: datetime,
    reason: str,
) -> Plan:
    ((name, (old, new)),) = changes.items()
    earlier = incident.events.filter(changes__has_key=name).order_by("-seq").first()
    line = Line(
        type=Type.TIMES,
        changes=changes,
        body=reason,
        amends=earlier.pk if earlier else None,
    )
    told: dict[str, Scalar] = {
        "request_scope": name,
        "old_value": old,
        "new_value": new,
    }
    return Plan(
        incident=incident,
        action="incident.correct_time",
        columns={name: value},
        lines=(line,),
        metadata=told,
    )


def _words(event: IncidentEvent) -> str:
    """All that a redaction would take, as one text; empty where nothing is left."""
    if event.type == Type.REDACTED:
        return ""  # the reason of a redaction is the proof that it was one
    replaced = {name: event.changes[name] for name in WORDS if name in event.changes}
    told = json.dumps(replaced, ensure_ascii=False, sort_keys=True) if replaced else ""
    return event.body + told


def _redaction(
    incident: Incident, event: IncidentEvent, words: str, reason: str
) -> Plan:
    digest = f"sha256:{hashlib.sha256(words.encode()).hexdigest()}"
    line = Line(
        type=Type.REDACTED,
        changes={"length": (len(words), 0), "digest": (digest, None)},
        body=reason,
        amends=event.pk,
    )
    return Plan(
        incident=incident,
        action="incident.redact",
        lines=(line,),
        empties=event.pk,
        metadata={"request_scope": f"event {event.seq}", "old_value": digest},
    )

"""What should be looked at before an incident is resolved: computed, not typed."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from opspanel.incidents import signals
from opspanel.models import Incident
from opspanel.panel.load import configured_panel
from opspanel.sanitize import fields
from opspanel.terms import IncidentEventType

# Names said in the sentence; all alerts are counted.
_NAMED = 3
TODO: Final = re.compile(r"TODO\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """`blocks`: resolving needs a reason to do it all the same."""

    code: str
    sentence: str
    blocks: bool = False


def checklist(incident: Incident, now: datetime) -> list[Finding]:
    """In the order in which a person would mend them; empty where nothing is missing."""
    found = (
        _firing(incident),
        _unheard(incident, now),
        _todos(incident),
        _owner(incident),
        _impact(incident),
        _mitigation(incident),
    )
    return [finding for finding in found if finding is not None]


def _firing(incident: Incident) -> Finding | None:
    fire = signals.alerts_of(incident).filter(ended_at=None).order_by("starts_at")
    names = list(fire.values_list("alertname", flat=True))
    if not names:
        return None
    noun = "alert of it fires" if len(names) == 1 else "alerts of it fire"
    named = ", ".join(fields.subject(name) for name in dict.fromkeys(names[:_NAMED]))
    return Finding("firing_alerts", f"{len(names)} {noun} still: {named}.", blocks=True)


def _unheard(incident: Incident, now: datetime) -> Finding | None:
    """Quiet alerts mean nothing where none would be heard."""
    silent = signals.way(configured_panel(), now) is signals.Way.SILENT
    if not silent or not signals.alerts_of(incident).exists():
        return None
    sentence = "Whether its alerts fire is not known: the watchdog alert is not heard."
    return Finding("alerts_unheard", sentence)


def _todos(incident: Incident) -> Finding | None:
    """A note that begins with TODO is open until another note settles it."""
    notes = incident.events.filter(type=IncidentEventType.NOTE, amended=None)
    count = sum(bool(TODO.match(body)) for body in notes.values_list("body", flat=True))
    if not count:
        return None
    noun = "note says" if count == 1 else "notes say"
    return Finding("open_todos", f"{count} {noun} TODO still.", blocks=True)


def _owner(incident: Incident) -> Finding | None:
    return None if incident.owner_label else Finding("no_owner", "Nobody owns it.")


def _impact(incident: Incident) -> Finding | None:
    if incident.customer_impact:
        return None
    return Finding("no_customer_impact", "What customers noticed is not written down.")


def _mitigation(incident: Incident) -> Finding | None:
    if incident.mitigated_at is not None:
        return None
    sentence = "When customers were no longer hit is not recorded: now will be taken."
    return Finding("no_mitigation", sentence)

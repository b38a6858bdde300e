"""What should be looked at before an incident is resolved: computed, not typed."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from opspanel.models import Incident
from opspanel.terms import IncidentEventType

_TODO = re.compile(r"TODO\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """`blocks`: resolving needs a reason to do it all the same."""

    code: str
    sentence: str
    blocks: bool = False


def checklist(incident: Incident) -> list[Finding]:
    """In the order in which a person would mend them; empty where nothing is missing."""
    found = (check(incident) for check in CHECKS)
    return [finding for finding in found if finding is not None]


def _todos(incident: Incident) -> Finding | None:
    """A note that begins with TODO is open until another note settles it."""
    notes = incident.events.filter(type=IncidentEventType.NOTE, amended=None)
    count = sum(
        bool(_TODO.match(body)) for body in notes.values_list("body", flat=True)
    )
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


CHECKS: tuple[Callable[[Incident], Finding | None], ...] = (
    _todos,
    _owner,
    _impact,
    _mitigation,
)

"""The one place that knows what may be done to an incident, and from where.

Pure. Asking for the status that an incident has already is no transition and never
refused: a second click changes nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from opspanel.terms import IncidentStatus as Status

SHORTEST_NOTE: Final = 10
REOPEN_WITHIN: Final = timedelta(days=7)


class Need(StrEnum):
    """What a change of status asks for."""

    NOTE = "note"
    CLOSURE_REASON = "closure_reason"
    RIGHT_TO_VOID = "right_to_void"
    RECENT = "recent"


class Act(StrEnum):
    """What can be done beside changing the status."""

    ACKNOWLEDGE = "acknowledge"
    NOTE = "add a note"
    PIN = "pin a moment"
    CHANGE = "change"
    CORRECT_TIME = "correct a time"
    REDACT = "redact"


TRANSITIONS: Final[Mapping[Status, Mapping[Status, frozenset[Need]]]] = {
    Status.OPEN: {
        Status.MITIGATED: frozenset(),
        Status.RESOLVED: frozenset(),
        Status.VOID: frozenset({Need.CLOSURE_REASON}),
    },
    Status.MITIGATED: {
        Status.OPEN: frozenset({Need.NOTE}),
        Status.RESOLVED: frozenset(),
        Status.VOID: frozenset({Need.CLOSURE_REASON}),
    },
    Status.RESOLVED: {
        Status.OPEN: frozenset({Need.NOTE, Need.RECENT}),
        Status.VOID: frozenset({Need.CLOSURE_REASON, Need.RIGHT_TO_VOID}),
    },
    Status.VOID: {
        Status.OPEN: frozenset({Need.NOTE}),
    },
}

_ALL = frozenset(Status)
ACTS: Final[Mapping[Act, frozenset[Status]]] = {
    Act.ACKNOWLEDGE: frozenset({Status.OPEN, Status.MITIGATED}),
    Act.NOTE: _ALL,
    Act.PIN: _ALL,
    Act.CHANGE: _ALL - {Status.VOID},
    Act.CORRECT_TIME: _ALL - {Status.VOID},
    Act.REDACT: _ALL,
}


def reachable(status: Status) -> tuple[Status, ...]:
    """Where an incident can go from here."""
    return tuple(TRANSITIONS[status])


def needs(here: Status, there: Status) -> frozenset[Need] | None:
    """What the change asks for, None where there is no such change."""
    return TRANSITIONS[here].get(there)


def acts(status: Status) -> tuple[Act, ...]:
    return tuple(act for act, where in ACTS.items() if status in where)


def is_recent(resolved_at: datetime | None, now: datetime) -> bool:
    return resolved_at is None or now - resolved_at <= REOPEN_WITHIN

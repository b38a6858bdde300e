"""Incidents: recorded in seconds, never lost, never rewritten.

To write, give what is to happen and a `Submission`, which says who does it:

    by = Submission.of(request, client_key)          # a person, on a page
    by = Submission.script("pager", client_key)      # the holder of a token
    made = declare(Draft(title="Checkout fails", severity=2), by)
    acknowledge(made.id, by)
    note(made.id, "Traffic is on the second region", by)
    pin(made.id, minute, "the backlog begins", by)
    change(made.id, {"severity": 1, "service.api": "down"}, by, seen=made.version)
    move(made.id, Move(to=IncidentStatus.RESOLVED, expected=IncidentStatus.OPEN), by)
    correct_time(made.id, ("started_at", when), "the graph says so", by, seen=version)
    redact(made.id, 3, "it named a customer", by)

Each act is one transaction with the incident's row, its timeline, the audit row and the
message for others. It returns `Recorded`: how the incident stands, and whether anything
changed. An act with a client_key that was used happens once. What went wrong is an
`IncidentError` of the kind that says what to do next; nothing was stored then:

    KeyReusedError          make a new key, ask whether to send it as well (422)
    InvalidError            show `messages` beside the fields, keep what was typed (422)
    ConflictError           show both values of each clash, send again with `version` (409)
    MovedOnError            show how it stands now, and by whom (409)
    TooOldError             declare a new one with `recurs` (409)
    TransitionRefusedError  offer `reachable` and `acts` (409)
    DuplicateOpenError      offer to add a note to that incident (409)
    UnfinishedError         show `findings`, ask for a reason, send it as `override` (409)
    NotAllowedError         say which permission it needs (403)
    UnknownIncidentError    not found (404)
    BusyError               send the same again (503)

To read, clean types only: `listing.overview`, `listing.whole`, `listing.page`,
`durations.usual`. What may be done from where is in `transitions`; what a severity
means and when an update is due, in `severity`. Who may call is for the caller to check:
`ops.record_incidents`.
"""

from opspanel.incidents.amending import correct_time, redact
from opspanel.incidents.changing import change
from opspanel.incidents.closing import Move, move
from opspanel.incidents.declaring import Draft, declare
from opspanel.incidents.errors import (
    BusyError,
    Clash,
    ConflictError,
    DuplicateOpenError,
    IncidentError,
    InvalidError,
    KeyReusedError,
    MovedOnError,
    NotAllowedError,
    TooOldError,
    TransitionRefusedError,
    UnfinishedError,
    UnknownIncidentError,
)
from opspanel.incidents.pinning import pin
from opspanel.incidents.plan import Recorded
from opspanel.incidents.responding import acknowledge, note
from opspanel.incidents.submission import Submission

__all__ = [
    "BusyError",
    "Clash",
    "ConflictError",
    "Draft",
    "DuplicateOpenError",
    "IncidentError",
    "InvalidError",
    "KeyReusedError",
    "Move",
    "MovedOnError",
    "NotAllowedError",
    "Recorded",
    "Submission",
    "TooOldError",
    "TransitionRefusedError",
    "UnfinishedError",
    "UnknownIncidentError",
    "acknowledge",
    "change",
    "correct_time",
    "declare",
    "move",
    "note",
    "pin",
    "redact",
]

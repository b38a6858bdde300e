"""Why an act on an incident did not happen, by what the caller does next.

In each case nothing was stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from opspanel.incidents import transitions
from opspanel.incidents.checklist import Finding
from opspanel.incidents.transitions import Act
from opspanel.terms import IncidentStatus as Status


class IncidentError(Exception):
    """The base of all. `code` is for scripts and for the audit trail."""

    code = "incident_error"


class InvalidError(IncidentError):
    """Mend what was typed. `messages`: a sentence for each field, never its value."""

    code = "invalid"

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__(
            "; ".join(f"{name}: {text}" for name, text in messages.items())
        )
        self.messages = dict(messages)


class KeyReusedError(IncidentError):
    """Something else was recorded with this key already: make a new one, and send it
    again if it is to be recorded as well."""

    code = "key_reused"

    def __init__(self, incident_id: int) -> None:
        self.ref = f"INC-{incident_id}"
        super().__init__(f"Something else was recorded in {self.ref} with this key.")


class UnknownIncidentError(IncidentError):
    """There is no such incident, or no such event in it."""

    code = "unknown_incident"

    def __init__(self, what: str = "incident") -> None:
        super().__init__(f"There is no such {what}.")
        self.what = what


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that two people changed. `theirs` is what it is now; values as they
    are in `IncidentEvent.changes`."""

    field: str
    theirs: object
    yours: object
    by: str
    at: datetime


class ConflictError(IncidentError):
    """Show both values, and ask again with `version`."""

    code = "conflict"

    def __init__(self, clashes: Sequence[Clash], version: int) -> None:
        named = ", ".join(f"{clash.field} (by {clash.by})" for clash in clashes)
        super().__init__(f"Changed meanwhile: {named}.")
        self.clashes = tuple(clashes)
        self.version = version


class TransitionRefusedError(IncidentError):
    """Offer what is possible: `reachable` and `acts` say what can be done from here."""

    code = "transition_refused"

    def __init__(
        self,
        why: str,
        status: Status,
        reachable: Sequence[Status] = (),
        acts: Sequence[Act] = (),
    ) -> None:
        super().__init__(why)
        self.status = status
        self.reachable = tuple(reachable)
        self.acts = tuple(acts)


def refused(why: str, status: Status) -> TransitionRefusedError:
    """With what the table of transitions has to offer instead."""
    offered = transitions.reachable(status), transitions.acts(status)
    return TransitionRefusedError(why, status, *offered)


class MovedOnError(TransitionRefusedError):
    """A button expected another status: show how it stands now, and by whom."""

    code = "moved_on"

    def __init__(self, status: Status, by: str, at: datetime) -> None:
        super().__init__(f"It is {status} already, by {by}.", status)
        self.by = by
        self.at = at


class TooOldError(TransitionRefusedError):
    """Declare a new one that recurs: `recurs` is this one's number."""

    code = "too_old"

    def __init__(self, status: Status, recurs: int) -> None:
        why = "Resolved more than 7 days ago: declare a new incident that recurs."
        super().__init__(why, status)
        self.recurs = recurs


class UnfinishedError(IncidentError):
    """Show what is unfinished; ask for a reason, and send it as `Move.override`."""

    code = "unfinished"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(finding.sentence for finding in findings))
        self.findings = tuple(findings)


class NotAllowedError(IncidentError):
    """Ask somebody who holds `permission`."""

    code = "insufficient_permissions"

    def __init__(self, permission: str) -> None:
        super().__init__(f"This needs {permission}.")
        self.permission = permission


class DuplicateOpenError(IncidentError):
    """The problem is recorded already: offer to add a note to that incident."""

    code = "duplicate_open"

    def __init__(
        self, incident_id: int, ref: str, title: str, declared_at: datetime
    ) -> None:
        super().__init__(f"{ref} is open for the same problem.")
        self.incident_id = incident_id
        self.ref = ref
        self.title = title
        self.declared_at = declared_at


class BusyError(IncidentError):
    """Try again with the same key: another act held the end of the audit trail."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__("Busy: not saved. Try again.")

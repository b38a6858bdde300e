"""An incident, and each line of its timeline, in plain words of one line.

For chats, feeds, files and pages alike. Of clean text alone; whoever writes it into mark-up
escapes it there.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from opspanel.incidents.reading import Shown, ShownChange, TimelineEvent
from opspanel.snapshot.schema import Incident
from opspanel.terms import IncidentEventType as Type

REDACTED: Final = "[REDACTED]"
_WORDS: Final = {
    Type.DECLARED: "declared this",
    Type.ACKNOWLEDGED: "acknowledged",
    Type.NOTE: "noted",
    Type.PINNED: "pinned a moment of the overview",
    Type.STATUS: "moved this on",
    Type.REOPENED: "opened this again",
    Type.SEVERITY: "set the severity",
    Type.OWNER: "handed over",
    Type.SERVICES: "changed the services that are hit",
    Type.DETAILS: "changed what it says",
    Type.TIMES: "corrected",
    Type.LINKED: "linked a duplicate",
    Type.MERGED: "closed this as a duplicate",
    Type.REDACTED: "took words out of",
    Type.ALERT_LINKED: "attached an alert",
    Type.ALERT_FIRING: "says that an alert fires",
    Type.ALERT_RESOLVED: "says that an alert ended",
}
_SETTLED: Final = "settled"
_DETACHED: Final = "detached an alert"
_KINDS: Final[dict[str, Callable[[object], str]]] = {
    "severity": "SEV{}".format,
    "merged_into_id": "INC-{}".format,
    "closure_reason": lambda reason: str(reason).replace("_", " "),
}
# What the words of the line say already, or what proves it and is read by nobody.
_LEFT_OUT: Final = {
    Type.DECLARED: {"is_drill", "status", "title"},
    Type.ACKNOWLEDGED: {"acknowledged_at"},
    Type.REDACTED: {"length", "digest"},
}


def head(incident: Incident) -> str:
    """`DRILL INC-7 SEV2 open`"""
    drill = "DRILL " if incident.is_drill else ""
    return f"{drill}{incident.ref} SEV{incident.severity} {incident.status}"


def words(event: TimelineEvent) -> str:
    """What was done, without who did it and without what people wrote."""
    if event.type is Type.NOTE and event.amends:
        return _SETTLED
    if event.type is Type.ALERT_LINKED and any(one.old for one in event.changes):
        return _DETACHED
    return _WORDS.get(event.type, event.type.replace("_", " "))


def sentence(event: TimelineEvent) -> str:
    """`set the severity: SEV3 → SEV1`; what was redacted says so."""
    did = words(event)
    if event.amends:
        did = f"{did} line {event.amends}"
    if event.redacted:
        return f"{did}: {REDACTED}"
    told = "; ".join(change(one) for one in changes(event))
    return ": ".join(part for part in (did, told, " ".join(event.body.split())) if part)


def changes(event: TimelineEvent) -> list[ShownChange]:
    """Those that the words of the line do not say already."""
    left_out = _LEFT_OUT.get(event.type, set())
    return [
        one
        for one in event.changes
        if one.field not in left_out and not _is_its_own_time(one, event)
    ]


def _is_its_own_time(one: ShownChange, event: TimelineEvent) -> bool:
    return one.old is None and one.new == event.occurred_at


def change(one: ShownChange) -> str:
    name = field_words(one.field)
    old, new = (value(one.field, side) for side in (one.old, one.new))
    told = new if one.old in (None, "") else f"{old} → {new}"
    return told if name == "severity" else f"{name} {told}"


def field_words(field: str) -> str:
    service = field.removeprefix("service.")
    if service != field:
        return service
    return field.removesuffix("_at").removesuffix("_id").replace("_", " ")


def value(field: str, shown: Shown) -> str:
    if isinstance(shown, datetime):
        return f"{shown:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(shown, bool):
        return "yes" if shown else "no"
    if shown in (None, ""):
        return "nothing"
    return _KINDS.get(field, str)(shown)

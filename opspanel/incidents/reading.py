"""An incident as pages and exports know it: clean, and nothing but."""

from dataclasses import dataclass
from datetime import datetime

from opspanel.incidents.checklist import TODO, Finding
from opspanel.snapshot.schema import CleanText, Incident
from opspanel.terms import ClosureReason, IncidentEventType, IncidentOrigin

type Shown = CleanText | int | bool | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    """`field` as in `IncidentEvent.changes`: "severity", "service.api", …"""

    field: CleanText
    old: Shown
    new: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """`recorded_at` lies after `occurred_at` where it was written down later. `amends`
    is the `seq` of the event that this one corrects or redacts."""

    id: int
    seq: int
    type: IncidentEventType
    occurred_at: datetime
    recorded_at: datetime
    actor: CleanText
    origin: IncidentOrigin
    body: CleanText
    changes: tuple[ShownChange, ...]
    amends: int | None
    redacted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherIncident:
    """A link to another incident."""

    id: int
    ref: CleanText
    title: CleanText


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeIncident:
    """One incident with its timeline, in the order in which things happened.

    `version` is what forms send back as `seen`; `checklist` is about resolving it, and
    empty where it is over.
    """

    incident: Incident
    version: int
    summary: CleanText
    customer_impact: CleanText
    runbooks: tuple[CleanText, ...]
    links: tuple[CleanText, ...]
    detected_at: datetime | None
    declared_by: CleanText
    origin: IncidentOrigin
    owner_id: int | None
    closure_reason: ClosureReason | None
    merged_into: OtherIncident | None
    recurs: OtherIncident | None
    checklist: tuple[Finding, ...]
    duplicates: tuple[OtherIncident, ...]
    recurrences: tuple[OtherIncident, ...]
    timeline: tuple[TimelineEvent, ...]

    @property
    def open_todos(self) -> frozenset[int]:
        """The `seq` of each note that says TODO and that no later note has settled."""
        notes = [one for one in self.timeline if one.type is IncidentEventType.NOTE]
        settled = {note.amends for note in notes}
        return frozenset(
            {note.seq for note in notes if TODO.match(note.body)} - settled
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentList:
    """One page. `older` goes into the next call of `listing.page`, None at the end."""

    incidents: tuple[Incident, ...]
    older: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """Seconds from one timestamp to another, over `n` incidents; `missing` more lack
    one of the two. None with no incident."""

    name: str
    begins: str
    ends: str
    n: int
    missing: int
    median: float | None
    p90: float | None

"""What scripts send to record: typed bodies, of which docs/openapi.json is made."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from opspanel.incidents.changing import change
from opspanel.incidents.closing import Move, move
from opspanel.incidents.declaring import Draft
from opspanel.incidents.plan import Recorded
from opspanel.incidents.responding import acknowledge, note
from opspanel.incidents.severity import DEFAULT
from opspanel.incidents.submission import Submission
from opspanel.terms import ClosureReason, Impact, IncidentStatus


class Body(BaseModel):
    """A key that is not known here is refused: it may be a slip for one that is."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Declaration(Body):
    """A new incident. Only the title must be given."""

    title: str
    summary: str = ""
    customer_impact: str = ""
    severity: Annotated[int, Field(ge=1, le=4)] = DEFAULT.value
    services: dict[str, Impact] = {}
    runbooks: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    is_drill: bool = False
    started_at: AwareDatetime | None = None
    detected_at: AwareDatetime | None = None
    mitigated_at: AwareDatetime | None = None
    resolved_at: AwareDatetime | None = None
    dedup_key: str = ""
    recurs: int | None = None

    def draft(self) -> Draft:
        return Draft(**dict(self), owner=None)


class Note(Body):
    """A line of the timeline; `occurred_at` if it was not now."""

    type: Literal["note"]
    text: str
    occurred_at: AwareDatetime | None = None

    def record(self, number: int, by: Submission) -> Recorded:
        return note(number, self.text, by, occurred_at=self.occurred_at)


class Acknowledgement(Body):
    type: Literal["acknowledge"]

    def record(self, number: int, by: Submission) -> Recorded:
        return acknowledge(number, by)


class StatusChange(Body):
    """`expected` is the status that the sender knows; another one refuses the change.

    `override` is the reason to resolve although something is unfinished.
    """

    type: Literal["status"]
    to: IncidentStatus
    expected: IncidentStatus | None = None
    note: str = ""
    at: AwareDatetime | None = None
    closure_reason: ClosureReason | None = None
    merged_into: int | None = None
    override: str = ""

    def record(self, number: int, by: Submission) -> Recorded:
        values = dict(self) | {"closure_reason": self.closure_reason or ""}
        del values["type"]
        return move(number, Move(**values), by)


class Change(Body):
    """`fields`: title, summary, customer_impact, severity, runbooks, links, is_drill,
    owner, and `service.<id>` with an impact or null. `seen`: the version that was looked
    at."""

    type: Literal["change"]
    fields: dict[str, Any]
    seen: Annotated[int, Field(ge=0)]

    def record(self, number: int, by: Submission) -> Recorded:
        return change(number, self.fields, by, seen=self.seen)


type Act = Annotated[
    Note | Acknowledgement | StatusChange | Change, Field(discriminator="type")
]

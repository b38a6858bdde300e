"""Signals that are watched for what grows before it burns, and the items that people
keep beside them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from opspanel.panel.section import LabelName, Name, PromQL, Section
from opspanel.terms import Unit, WatchKind, WatchStatus

WatchId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,62}$")]
Severity = Annotated[int, Field(ge=1, le=4)]
Sentence = Annotated[str, Field(max_length=500)]
# What the panel knows without being asked for more: see `watchlist.figures`.
FigureName = Literal[
    "tasks.oldest_claimable",
    "tasks.claimable",
    "stream.oldest_age",
    "stream.depth",
    "stream.residue",
    "stream.fill",
    "consumer.ack_window",
    "service.latency_p95",
    "collection.took",
    "audit.unverified",
    "screens.silent",
    "database.connections",
    "database.table_bytes",
    "database.dead_rows",
    "database.unvacuumed",
    "database.xmin_age",
]
_WITH_LIMIT = {WatchKind.LIMIT, WatchKind.FILLS, WatchKind.RUNS_OUT}


class Acts(Section):
    """Rows of the panel's own audit trail; each list empty means any."""

    actions: tuple[Name, ...] = ()
    results: tuple[Literal["success", "failure", "denied"], ...] = ()


class Watch(Section):
    """One signal, or with several things to measure one for each.

    Its points come from exactly one of `figure`, `query` (one series for each value of
    the label `each`) and `acts`. The rest is as in `watch.rule.Rule`. `severity`: of the
    item that it opens, as of incidents.
    """

    id: WatchId
    name: Name
    owner: Name
    kind: WatchKind
    figure: FigureName | None = None
    query: PromQL | None = None
    each: LabelName | None = None
    acts: Acts | None = None
    unit: Unit = Unit.COUNT
    counts: bool = False
    more: Annotated[float, Field(ge=0)] = 5.0
    limit: float | None = None
    horizon_days: Annotated[float, Field(gt=0)] = 7.0
    severity: Severity = 3
    security: bool = False

    @model_validator(mode="after")
    def has_what_it_needs(self) -> Self:
        given = [each for each in (self.figure, self.query, self.acts) if each]
        if len(given) != 1:
            message = "give exactly one of `figure`, `query` and `acts`"
            raise ValueError(message)
        if self.kind in _WITH_LIMIT and self.limit is None:
            message = f"kind `{self.kind}` needs a `limit`"
            raise ValueError(message)
        return self


class WatchItem(Section):
    """What people watch. How it stands is changed on the page, and kept there."""

    id: WatchId
    title: Name
    owner: Name
    why: Sentence
    baseline: Sentence = ""
    target: Sentence = ""
    phase: Annotated[str, Field(max_length=80)] = ""
    status: WatchStatus = WatchStatus.OPEN
    severity: Severity = 3
    security: bool = False


class Watchlist(Section):
    """At most `most_open` items of detectors are shown, the gravest; the rest is counted.
    A detector that was wrong more often than right, in at least `minimum_verdicts` of
    the last 90 days, is suspended."""

    most_open: Annotated[int, Field(ge=1, le=200)] = 20
    keep_days: Annotated[int, Field(ge=28, le=120)] = 35
    minimum_verdicts: Annotated[int, Field(ge=2)] = 5
    deadline_seconds: Annotated[float, Field(gt=0, le=30)] = 10.0

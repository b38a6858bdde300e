"""Service level objectives: a share of events that has to be good, over days.

What OpenSLO calls objective, window and indicator, with occurrences as the budget: each
event counts once, whenever it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Template
from typing import Annotated

from pydantic import Field

from opspanel.panel.section import (
    Identifier,
    Labels,
    Name,
    PositiveSeconds,
    PromQL,
    RecordedSeries,
    RegionName,
    Section,
    Selector,
)
from opspanel.terms import Urgency

HOUR = 3600
SECONDS = {
    "5m": HOUR // 12,
    "30m": HOUR // 2,
    "1h": HOUR,
    "2h": 2 * HOUR,
    "6h": 6 * HOUR,
    "1d": 24 * HOUR,
    "3d": 72 * HOUR,
}


@dataclass(frozen=True, slots=True)
class BurnAlert:
    """Alarms while both windows burn faster than would use up `share` of the budget in
    the long one. The short one ends the alarm soon after the trouble ends."""

    long: str
    short: str
    share: float
    urgency: Urgency

    def factor(self, window_days: int) -> float:
        return self.share * window_days * 24 * HOUR / SECONDS[self.long]


# The worst first.
BURN_ALERTS = (
    BurnAlert("1h", "5m", 0.02, Urgency.PAGE),
    BurnAlert("6h", "30m", 0.05, Urgency.PAGE),
    BurnAlert("1d", "2h", 0.10, Urgency.TICKET),
    BurnAlert("3d", "6h", 0.10, Urgency.TICKET),
)
# What a query tells of an SLO; with the window it makes the key of an answer.
BUCKETS, STARTED, GOOD, TOTAL = "buckets", "started", "good", "total"
ERROR_RATIO = "error_ratio"
HISTORY, OLDEST = "history", "oldest_unfinished"
NOW = "now"
# The rate of which it is told how long the budget will last.
PRESENT = "1h"


class Latency(Section):
    """Good is what took no longer than the threshold.

    `bucket` selects a histogram's `_bucket` series. `started` selects the counter of
    what began, for work that may never end: that is in no histogram.
    `oldest_unfinished` is a query for the age, in seconds, of the oldest such work.
    """

    threshold_seconds: PositiveSeconds
    bucket: Selector
    started: Selector | None = None
    oldest_unfinished: PromQL | None = None

    @property
    def counters(self) -> Mapping[str, str]:
        """Selectors by what they tell; that of all events is the last."""
        started = {STARTED: self.started} if self.started else {}
        return {BUCKETS: self.bucket} | started


class Ratio(Section):
    """Good is what the counter `good` selects counts, of all that `total` selects."""

    good: Selector
    total: Selector

    @property
    def counters(self) -> Mapping[str, str]:
        """Selectors by what they tell; that of all events is the last."""
        return {GOOD: self.good, TOTAL: self.total}


class Recorded(Section):
    """What the platform records already, as Sloth and Pyrra do.

    `error_ratio` selects series of the share of bad events; `$window` in it becomes each
    window: 5m, 30m, 1h, 2h, 6h, 1d, 3d, and the SLO's own, such as 30d. `total` selects
    the counter of all events: a share says nothing of how many there were.
    """

    error_ratio: RecordedSeries
    total: Selector

    @property
    def counters(self) -> Mapping[str, str]:
        """Selectors by what they tell; that of all events is the last."""
        return {TOTAL: self.total}

    def series(self, window: str) -> str:
        return Template(self.error_ratio).safe_substitute(window=window)


class Slo(Section):
    """`objective_is_ours`: the platform names no share, so the panel's makers did.

    With fewer than `minimum_events` in a window its burn rate alarms nobody. Without a
    `region`: the panel's own.
    """

    id: Identifier
    name: Name
    owner: Name
    objective: Annotated[float, Field(gt=0, lt=1)]
    objective_is_ours: bool = False
    window_days: Annotated[int, Field(ge=1, le=90)] = 30
    minimum_events: Annotated[int, Field(ge=1)] = 20
    region: RegionName | None = None
    indicator: Latency | Ratio | Recorded
    runbooks: tuple[Name, ...] = ()

    @property
    def period(self) -> str:
        return f"{self.window_days}d"


def seconds(window: str, slo: Slo) -> int:
    return SECONDS.get(window, slo.window_days * 24 * HOUR)


def windows(slo: Slo) -> tuple[str, ...]:
    """Shortest first; the last is the SLO's own."""
    named = {window for alert in BURN_ALERTS for window in (alert.short, alert.long)}
    return tuple(sorted({*named, slo.period}, key=lambda name: seconds(name, slo)))


def key(slo: Slo, told: str, window: str = NOW) -> str:
    return f"{slo.id}.{told}.{window}"


def fill_labels(selector: str, labels: Labels) -> str:
    return Template(selector).safe_substitute(
        service_label=labels.service,
        status_label=labels.status_class,
        server_error=labels.server_error,
    )

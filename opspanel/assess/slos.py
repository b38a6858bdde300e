"""SLOs: how much of its error budget each has left, and how fast it is spent.

By events: each counts once, whenever it was. No traffic is no share, and a histogram
without an edge at the limit gives bounds and no verdict.
"""

from collections.abc import Mapping
from datetime import datetime

from opspanel.assess.figures import Origin
from opspanel.assess.slo_events import Events, is_covered, one_value, past_events
from opspanel.assess.verdict import Finding, Judged, unseen, verdict
from opspanel.assess.wording import Missing, number, percent
from opspanel.assessment import Bounds, BurnRate, Figure, Slo
from opspanel.panel import slos as config
from opspanel.panel.config import PanelConfig
from opspanel.panel.slos import BURN_ALERTS, PRESENT, BurnAlert, Latency
from opspanel.readings import Answer, SloReading
from opspanel.terms import (
    Absence,
    FailureKind,
    Health,
    Signal,
    Source,
    Unit,
    Urgency,
)
from opspanel.trust import LATE_INTERVALS

type ByWindow = Mapping[str, Events | Missing]

STATUS = {Urgency.PAGE: Health.UNHEALTHY, Urgency.TICKET: Health.DEGRADED}


class Judge:
    """Judges the SLOs of one panel by one reading."""

    def __init__(
        self, reading: Answer[SloReading], panel: PanelConfig, now: datetime
    ) -> None:
        self._reading = reading
        self._origin = Origin(
            source=Source.PROMETHEUS,
            observed_at=now
            if isinstance(reading, FailureKind)
            else reading.observed_at,
            good_for=LATE_INTERVALS * panel.collection.slo_interval_seconds,
        )

    def judge(self, slo: config.Slo) -> tuple[Slo, Judged]:
        of = {window: self._events(slo, window) for window in config.windows(slo)}
        events, present = of[slo.period], self._burn(slo, PRESENT, of)
        burns = tuple(self._burn_rate(slo, alert, of) for alert in BURN_ALERTS)
        left = self._figure(slo, slo.period, Unit.RATIO, budget_left(slo, events))
        firing = [_finding(burn) for burn in burns if burn.firing][:1]
        status, reason = verdict(
            [*firing, *self._remarks(slo, left)], fine=_fine(slo, left)
        )
        judged = Slo(
            slo_id=slo.id,
            name=slo.name,
            owner_domain=slo.owner,
            status=status,
            reason=reason,
            objective=slo.objective,
            objective_is_ours=slo.objective_is_ours,
            window_days=slo.window_days,
            threshold_seconds=_threshold(slo),
            compliance=self._figure(slo, slo.period, Unit.SHARE, share(events)),
            bounds=self._bounds(slo, events),
            budget_left=left,
            burn=present,
            exhausted_in=self._exhausted_in(slo, left, present.value),
            events=self._figure(slo, slo.period, Unit.COUNT, total(events)),
            unfinished=self._unfinished(slo, events),
            oldest_unfinished=self._oldest_unfinished(slo),
            burns=burns,
        )
        return judged, _judged(slo, tuple(firing))

    def _events(self, slo: config.Slo, window: str) -> Events | Missing:
        if isinstance(self._reading, FailureKind):
            return self._reading
        return past_events(slo, window, self._reading.answers)

    def _figure(
        self, slo: config.Slo, window: str, unit: Unit, value: float | Missing
    ) -> Figure:
        return self._origin.figure(f"{slo.id}.{window}", unit, value)

    def _burn(self, slo: config.Slo, window: str, of: ByWindow) -> Figure:
        return self._figure(slo, window, Unit.TIMES, burn(slo, of[window]))

    def _burn_rate(self, slo: config.Slo, alert: BurnAlert, of: ByWindow) -> BurnRate:
        long = self._long_burn(slo, alert.long, of)
        short = self._burn(slo, alert.short, of)
        factor = alert.factor(slo.window_days)
        fast = min(long.value or 0.0, short.value or 0.0) > factor
        return BurnRate(
            long_window=alert.long,
            short_window=alert.short,
            urgency=alert.urgency,
            factor=factor,
            long=long,
            short=short,
            firing=fast and _has_enough(slo, of[alert.long]),
        )

    def _long_burn(self, slo: config.Slo, window: str, of: ByWindow) -> Figure:
        """Of a window that history does not fill, the rate would be another's."""
        found = self._burn(slo, window, of)
        if found.value is None or self._is_covered(slo, window):
            return found
        return self._figure(slo, window, Unit.TIMES, Absence.SHORT_HISTORY)

    def _is_covered(self, slo: config.Slo, window: str) -> bool:
        reading = self._reading
        return not isinstance(reading, FailureKind) and is_covered(
            slo, window, reading.answers
        )

    def _bounds(self, slo: config.Slo, events: Events | Missing) -> Bounds | None:
        if not isinstance(events, Events) or events.is_exact:
            return None
        low, high = (
            self._figure(slo, slo.period, Unit.SHARE, good / events.total)
            for good in (events.least_good, events.most_good)
        )
        return Bounds(at_least=low, at_most=high)

    def _exhausted_in(
        self, slo: config.Slo, left: Figure, rate: float | None
    ) -> Figure | None:
        """None where the budget will outlast its window at the present rate."""
        if left.value is None or rate is None or rate <= 1:
            return None
        seconds = max(left.value, 0.0) * config.seconds(slo.period, slo) / rate
        return self._origin.estimate(f"{slo.id}.{PRESENT}", Unit.SECONDS, seconds)

    def _unfinished(self, slo: config.Slo, events: Events | Missing) -> Figure | None:
        if not isinstance(slo.indicator, Latency) or slo.indicator.started is None:
            return None
        value = events.unfinished if isinstance(events, Events) else events
        query = f"{slo.id}.{slo.period}"
        return self._origin.estimate(query, Unit.COUNT, value)

    def _oldest_unfinished(self, slo: config.Slo) -> Figure | None:
        if (
            not isinstance(slo.indicator, Latency)
            or slo.indicator.oldest_unfinished is None
        ):
            return None
        reading = self._reading
        value = (
            reading
            if isinstance(reading, FailureKind)
            else one_value(reading.answers.get(config.key(slo, config.OLDEST)))
        )
        return self._figure(slo, config.OLDEST, Unit.SECONDS, value)

    def _remarks(self, slo: config.Slo, left: Figure) -> list[Finding]:
        if left.value is None:
            return [unseen(left.missing or Absence.NO_SERIES)]
        remarks = []
        if left.value < 0:
            reason = f"budget overspent by {percent(-left.value)}"
            remarks.append(Finding(status=Health.DEGRADED, reason=reason))
        if not self._is_covered(slo, slo.period):
            reason = f"from less than {slo.window_days} d of history"
            remarks.append(Finding(status=Health.HEALTHY, reason=reason))
        return remarks


def _has_enough(slo: config.Slo, events: Events | Missing) -> bool:
    """One bad event of two is no reason to wake anybody."""
    return isinstance(events, Events) and events.total >= slo.minimum_events


def share(events: Events | Missing) -> float | Missing:
    if not isinstance(events, Events):
        return events
    if not events.is_exact:
        return Absence.NO_EDGE
    return events.least_good / events.total


def total(events: Events | Missing) -> float | Missing:
    return events.total if isinstance(events, Events) else events


def burn(slo: config.Slo, events: Events | Missing) -> float | Missing:
    """How many times faster than the objective allows."""
    good = share(events)
    if isinstance(good, Absence | FailureKind):
        return good
    return (1 - good) / (1 - slo.objective)


def budget_left(slo: config.Slo, events: Events | Missing) -> float | Missing:
    """Of 1; negative where more was spent."""
    spent = burn(slo, events)
    return spent if isinstance(spent, Absence | FailureKind) else 1 - spent


def _threshold(slo: config.Slo) -> float | None:
    indicator = slo.indicator
    return indicator.threshold_seconds if isinstance(indicator, Latency) else None


def _fine(slo: config.Slo, left: Figure) -> str:
    if left.value is None:
        return ""
    return f"{percent(left.value)} of the budget of {slo.window_days} d left"


def _finding(burning: BurnRate) -> Finding:
    long, short = (number(each.value or 0.0) for each in (burning.long, burning.short))
    reason = (
        f"burns {long}\N{MULTIPLICATION SIGN} over {burning.long_window}, "
        f"{short}\N{MULTIPLICATION SIGN} over {burning.short_window} "
        f"(limit {number(burning.factor)}\N{MULTIPLICATION SIGN})"
    )
    status = STATUS[burning.urgency]
    return Finding(status=status, reason=reason, signal=Signal.SLO_BURN)


def _judged(slo: config.Slo, findings: tuple[Finding, ...]) -> Judged:
    """A budget that cannot be told is no reason to doubt how the platform is now."""
    return Judged(
        name=f"{slo.name} error budget",
        subject=slo.id,
        owner=slo.owner,
        findings=findings,
        source=Source.PROMETHEUS,
        counted=False,
        runbooks=slo.runbooks,
    )

"""Numbers with their origin: what was read, or why there is nothing to show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from opspanel.assess.wording import Missing
from opspanel.assessment import Figure, Trend
from opspanel.panel.config import PanelConfig
from opspanel.readings import (
    NatsReading,
    NatsServerReading,
    NodeTasksReading,
    OutboxReading,
    PrometheusReading,
    Readings,
    Remembered,
    Sample,
    Series,
)
from opspanel.terms import Absence, Exactness, FailureKind, Source, Unit
from opspanel.trust import FRESH_INTERVALS, LATE_INTERVALS


class Timed(Protocol):
    @property
    def observed_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Makes the figures of one source from one pass."""

    source: Source
    observed_at: datetime
    good_for: float

    def figure(self, query: str, unit: Unit, value: float | Missing) -> Figure:
        missing = value if isinstance(value, Absence | FailureKind) else None
        return Figure(
            value=None if isinstance(value, Absence | FailureKind) else float(value),
            unit=unit,
            source=self.source,
            query=query,
            observed_at=self.observed_at,
            good_for=self.good_for,
            missing=missing,
        )

    def estimate(self, query: str, unit: Unit, value: float | Missing) -> Figure:
        figure = self.figure(query, unit, value)
        return replace(figure, exactness=Exactness.ESTIMATED)

    def age(self, at: datetime, ahead_seconds: float = 0) -> float:
        """Seconds since `at`, told by a clock that is ahead of the panel's; never < 0."""
        return max(0.0, (self.observed_at - at).total_seconds() + ahead_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All there is to judge by. A reading that is too old counts as missing. `replica`:
    None where Prometheus has none; `silent`: which of such a pair does not answer while
    the other does, and why."""

    panel: PanelConfig
    now: datetime
    prometheus: PrometheusReading | Missing
    nats: NatsReading | Missing
    node_tasks: NodeTasksReading | Missing
    outbox: OutboxReading | Missing
    remembered: Remembered
    nats_servers: Mapping[str, NatsServerReading | Missing]
    replica: PrometheusReading | Missing | None = None
    silent: tuple[str, Missing] | None = None

    def reading(self, source: Source) -> Timed | Missing:
        reading: Timed | Missing = getattr(self, source.value)
        return reading

    def origin(self, source: Source) -> Origin:
        reading = self.reading(source)
        observed_at = self.now
        if not isinstance(reading, Absence | FailureKind):
            observed_at = reading.observed_at
        return Origin(
            source=source, observed_at=observed_at, good_for=good_for(self.panel)
        )

    def samples(self, query: str) -> tuple[Sample, ...] | Missing:
        """A query's answer; one that was never asked for has no series either."""
        if isinstance(self.prometheus, Absence | FailureKind):
            return self.prometheus
        return self.prometheus.answers.get(query, Absence.NO_SERIES)

    def scalar(self, query: str, unit: Unit) -> Figure:
        value = only_value(self.samples(query))
        return self.origin(Source.PROMETHEUS).figure(query, unit, value)

    def of_service(self, service: str, name: str, unit: Unit) -> Figure:
        """A figure as old as the last scrape that it can be made of: Prometheus answers
        from samples that are minutes old as if they were of now."""
        figure = self.scalar(f"{service}.{name}", unit)
        scraped_at = self.scraped_at(service)
        if scraped_at is None or scraped_at >= figure.observed_at:
            return figure
        limit = LATE_INTERVALS / FRESH_INTERVALS * self._oldest_scrape()
        return replace(figure, observed_at=scraped_at, good_for=limit)

    def scraped_at(self, service: str) -> datetime | None:
        """By the panel's clock."""
        found = only_value(self.samples(f"{service}.scraped"))
        reading = self.prometheus
        if isinstance(found, Absence | FailureKind) or isinstance(
            reading, Absence | FailureKind
        ):
            return None
        try:
            there = datetime.fromtimestamp(found, UTC)
        except (ValueError, OverflowError, OSError):
            return None
        return there - timedelta(seconds=reading.skew_seconds or 0.0)

    def _oldest_scrape(self) -> float:
        limits = self.panel
        return max(
            limits.thresholds.scrape_age_seconds,
            FRESH_INTERVALS * limits.collection.interval_seconds,
        )

    def series(self, query: str) -> Series | None:
        if isinstance(self.prometheus, Absence | FailureKind):
            return None
        series = self.prometheus.trends.get(query)
        return None if isinstance(series, FailureKind) else series


def good_for(panel: PanelConfig) -> float:
    return LATE_INTERVALS * panel.collection.interval_seconds


def scene(readings: Readings, panel: PanelConfig, now: datetime) -> Scene:
    interval = timedelta(seconds=panel.collection.interval_seconds)
    oldest = now - FRESH_INTERVALS * interval

    def fresh[Reading: Timed](reading: Reading | FailureKind) -> Reading | Missing:
        if isinstance(reading, FailureKind) or reading.observed_at >= oldest:
            return reading
        return Absence.TOO_OLD

    return Scene(
        panel=panel,
        now=now,
        prometheus=fresh(readings.prometheus),
        nats=fresh(readings.nats),
        node_tasks=fresh(readings.node_tasks),
        outbox=fresh(readings.outbox),
        remembered=readings.remembered,
        replica=fresh(readings.replica) if panel.prometheus.replica_url else None,
        nats_servers={
            name: fresh(readings.nats_servers.get(name, FailureKind.NOT_COLLECTED))
            for name in panel.nats.servers
        },
    )


def only_value(samples: Sequence[Sample] | Missing) -> float | Missing:
    """The number of a query that gives one series; more of them is a wrong query."""
    if isinstance(samples, Absence | FailureKind):
        return samples
    if not samples:
        return Absence.NO_SERIES
    if len(samples) > 1:
        return FailureKind.BAD_QUERY
    value = samples[0].value
    return Absence.NOT_A_NUMBER if value is None else value


def trend(series: Series | None, unit: Unit) -> Trend | None:
    if series is None:
        return None
    return Trend(
        unit=unit,
        ends_at=series.ends_at,
        step_seconds=series.step_seconds,
        points=series.points,
    )


def ratio_trend(part: Series | None, whole: Series | None) -> Trend | None:
    """None where the two were not sampled at the same instants."""
    if part is None or whole is None or _steps(part) != _steps(whole):
        return None
    points = zip(part.points, whole.points, strict=True)
    return Trend(
        unit=Unit.RATIO,
        ends_at=whole.ends_at,
        step_seconds=whole.step_seconds,
        points=tuple(_share(some, every) for some, every in points),
    )


def _steps(series: Series) -> tuple[datetime, float, int]:
    return series.ends_at, series.step_seconds, len(series.points)


def _share(part: float | None, whole: float | None) -> float | None:
    if part is None or not whole:
        return None
    return min(1.0, part / whole)

"""How reading each source went."""

from collections.abc import Iterable

from opspanel.assessment import SourceState
from opspanel.readings import (
    NatsReading,
    NodeTasksReading,
    OutboxReading,
    PrometheusReading,
    Readings,
)
from opspanel.terms import FailureKind, Source

type Reading = PrometheusReading | NatsReading | NodeTasksReading | OutboxReading


def source_states(readings: Readings) -> tuple[SourceState, ...]:
    return (
        _state(Source.PROMETHEUS, readings.prometheus),
        _state(Source.NATS, readings.nats),
        _state(Source.NODE_TASKS, readings.node_tasks),
        _state(Source.OUTBOX, readings.outbox),
    )


def _state(source: Source, reading: Reading | FailureKind) -> SourceState:
    if isinstance(reading, FailureKind):
        return _failed(source, reading)
    return SourceState(
        source=source,
        failure=None,
        observed_at=reading.observed_at,
        took_seconds=reading.took_seconds,
        reads=reading.reads,
        partial=sum(isinstance(part, FailureKind) for part in _parts(reading)),
        warnings=reading.warnings if isinstance(reading, PrometheusReading) else 0,
        skew_seconds=_skew(reading),
    )


def _failed(source: Source, failure: FailureKind) -> SourceState:
    return SourceState(
        source=source,
        failure=failure,
        observed_at=None,
        took_seconds=None,
        reads=0,
        partial=0,
        warnings=0,
        skew_seconds=None,
    )


def _parts(reading: Reading) -> Iterable[object]:
    """Whatever could fail by itself."""
    match reading:
        case PrometheusReading():
            return (*reading.answers.values(), *reading.trends.values())
        case NatsReading():
            return [stream.consumers for stream in reading.streams]
        case NodeTasksReading():
            return (
                reading.claimable,
                reading.in_flight,
                reading.stuck,
                reading.flow,
                reading.finished_per_minute,
                reading.terminal_estimates,
            )
        case OutboxReading():
            return (reading.pending, reading.failed_rows, reading.published_in_window)


def _skew(reading: Reading) -> float | None:
    if isinstance(reading, PrometheusReading | NodeTasksReading):
        return reading.skew_seconds
    return None

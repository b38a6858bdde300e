"""How reading each source went."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from opspanel.assessment import SourceState
from opspanel.readings import (
    NatsReading,
    NodeTasksReading,
    OutboxReading,
    PrometheusReading,
    Readings,
)
from opspanel.terms import FailureKind, Source, Trust

type Reading = PrometheusReading | NatsReading | NodeTasksReading | OutboxReading


_UNASKED = {
    FailureKind.UNCONFIGURED: Trust.DISABLED,
    FailureKind.NOT_COLLECTED: Trust.UNKNOWN,
}


def source_states(readings: Readings, most_skew: float) -> tuple[SourceState, ...]:
    """`most_skew`: the seconds by which a clock may be off."""
    return (
        _state(Source.PROMETHEUS, readings.prometheus, most_skew),
        *_replica(readings, most_skew),
        _state(Source.NATS, readings.nats, most_skew),
        _state(Source.NODE_TASKS, readings.node_tasks, most_skew),
        _state(Source.OUTBOX, readings.outbox, most_skew),
    )


def _state(
    source: Source, reading: Reading | FailureKind, most_skew: float
) -> SourceState:
    if isinstance(reading, FailureKind):
        return _failed(source, reading)
    partial, skew = _partial(reading), _skew(reading)
    return SourceState(
        source=source,
        trust=_trust(partial, skew, most_skew),
        failure=None,
        observed_at=reading.observed_at,
        took_seconds=reading.took_seconds,
        reads=reading.reads,
        partial=partial,
        warnings=reading.warnings if isinstance(reading, PrometheusReading) else 0,
        skew_seconds=skew,
    )


def _replica(readings: Readings, most_skew: float) -> Iterator[SourceState]:
    if readings.replica is not FailureKind.UNCONFIGURED:
        state = _state(Source.PROMETHEUS, readings.replica, most_skew)
        yield replace(state, replica=True)


def disagreeing(state: SourceState, services: int) -> SourceState:
    """As one of a pair that does not agree on so many services."""
    if state.source is not Source.PROMETHEUS or state.failure or not services:
        return state
    trust = Trust.PARTIAL if state.trust is Trust.FRESH else state.trust
    return replace(state, trust=trust, disagree=services)


def _trust(partial: int, skew: float | None, most_skew: float) -> Trust:
    if skew is not None and abs(skew) > most_skew:
        return Trust.SKEW
    return Trust.PARTIAL if partial else Trust.FRESH


def _partial(reading: Reading) -> int:
    """What is missing of an answer: also streams that the cluster could not report."""
    missing = len(reading.missing) if isinstance(reading, NatsReading) else 0
    failed = sum(isinstance(part, FailureKind) for part in _parts(reading))
    return failed + missing


def _failed(source: Source, failure: FailureKind) -> SourceState:
    return SourceState(
        source=source,
        trust=_UNASKED.get(failure, Trust.ERROR),
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

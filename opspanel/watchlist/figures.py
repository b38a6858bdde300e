"""Points that the newest snapshot holds already, by the `figure` of a `[[watch]]`.

A figure that is old, held over or missing is no point: a gap, not a zero.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from opspanel.snapshot.places import elsewhere, named, queues_everywhere
from opspanel.snapshot.schema import Consumer, Figure, Snapshot, StreamQueue
from opspanel.terms import Absence, Exactness

# What is measured, and of which thing; a name of "" where there is only one.
type Measured = tuple[str, float]
type Reader = Callable[[Snapshot], Iterable[Measured]]

_WORK_QUEUE = "workqueue"


def measured(figure: str, snapshot: Snapshot) -> Iterable[Measured]:
    reader = _READERS.get(figure)
    return reader(snapshot) if reader else ()


def _value(figure: Figure | None, at: datetime) -> float | None:
    if figure is None or figure.exactness is Exactness.HELD_OVER:
        return None
    if figure.missing in {Absence.NOTHING_WAITING, Absence.NO_TRAFFIC}:
        return 0.0
    fresh = (at - figure.observed_at).total_seconds() <= figure.good_for
    return figure.value if fresh else None


def _each(
    snapshot: Snapshot, figures: Iterable[tuple[str, Figure | None]]
) -> Iterator[Measured]:
    for name, figure in figures:
        value = _value(figure, snapshot.taken_at)
        if value is not None:
            yield name, value


def _tasks(figure: str) -> Reader:
    def read(snapshot: Snapshot) -> Iterator[Measured]:
        return _each(
            snapshot,
            (
                (named(there.region, kind.task_type), getattr(kind, figure))
                for there in queues_everywhere(snapshot)
                for kind in (there.node_tasks.types if there.node_tasks else ())
            ),
        )

    return read


def _streams(figure: str) -> Reader:
    def read(snapshot: Snapshot) -> Iterator[Measured]:
        return _each(
            snapshot,
            ((name, getattr(stream, figure)) for name, stream in _everywhere(snapshot)),
        )

    return read


def _everywhere(snapshot: Snapshot) -> Iterator[tuple[str, StreamQueue]]:
    for there in queues_everywhere(snapshot):
        for stream in there.nats.streams if there.nats else ():
            yield named(there.region, stream.name), stream


def _residue(snapshot: Snapshot) -> Iterator[Measured]:
    for name, stream in _everywhere(snapshot):
        left = _left_over(stream, snapshot.taken_at)
        if left is not None:
            yield name, left


def _left_over(stream: StreamQueue, at: datetime) -> float | None:
    """Messages that no consumer will be handed again: of a work queue those that nobody
    has before them, of others those that were handed out as often as is allowed."""
    counted = [_counts(consumer, at) for consumer in stream.consumers]
    known = [each for each in counted if each is not None]
    if not known or len(known) < len(counted):
        return None
    if stream.retention != _WORK_QUEUE:
        return sum(max(again - out, 0.0) for _, out, again in known)
    depth = _value(stream.depth, at)
    waiting = sum(pending + out for pending, out, _ in known)
    return None if depth is None else max(depth - waiting, 0.0)


def _counts(consumer: Consumer, at: datetime) -> tuple[float, float, float] | None:
    pending, out = _value(consumer.pending, at), _value(consumer.ack_pending, at)
    again = _value(consumer.redelivered, at)
    if pending is None or out is None or again is None:
        return None
    return pending, out, again


def _ack_windows(snapshot: Snapshot) -> Iterator[Measured]:
    return _each(
        snapshot,
        (
            (f"{name} {consumer.name}", consumer.ack_window)
            for name, stream in _everywhere(snapshot)
            for consumer in stream.consumers
        ),
    )


def _latencies(snapshot: Snapshot) -> Iterator[Measured]:
    return _each(
        snapshot, ((each.component_id, each.latency_p95) for each in snapshot.health)
    )


def _took(snapshot: Snapshot) -> Iterator[Measured]:
    for state in snapshot.sources:
        if state.failure is None and state.took_seconds is not None:
            name = named(elsewhere(state, snapshot), state.key)
            yield name, state.took_seconds


def _unverified(snapshot: Snapshot) -> Iterator[Measured]:
    if snapshot.audit is not None and snapshot.audit.verified_at is not None:
        age = snapshot.taken_at - snapshot.audit.verified_at
        yield "", max(age.total_seconds(), 0.0)


_READERS: dict[str, Reader] = {
    "tasks.oldest_claimable": _tasks("oldest_claimable"),
    "tasks.claimable": _tasks("claimable"),
    "stream.oldest_age": _streams("oldest_age"),
    "stream.depth": _streams("depth"),
    "stream.fill": _streams("fill"),
    "stream.residue": _residue,
    "consumer.ack_window": _ack_windows,
    "service.latency_p95": _latencies,
    "collection.took": _took,
    "audit.unverified": _unverified,
}

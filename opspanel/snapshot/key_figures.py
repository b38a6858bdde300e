"""The figures that are kept of a snapshot, and what each is called there."""

from collections.abc import Iterator

from opspanel.snapshot.places import (
    QueuesThere,
    elsewhere,
    named,
    queues_everywhere,
)
from opspanel.snapshot.schema import Figure, Snapshot


def key_figures(snapshot: Snapshot) -> Iterator[tuple[str, Figure]]:
    """Names are made of clean parts, and stay the same from pass to pass."""
    for error in snapshot.errors:
        name = named(elsewhere(error, snapshot), error.name)
        yield f"{name}: error rate", error.ratio
    for flow in snapshot.throughput:
        name = named(elsewhere(flow, snapshot), flow.name)
        yield f"{name}: throughput", flow.rate
    for there in queues_everywhere(snapshot):
        for name, figure in _of_queues(there):
            yield named(there.region, name), figure


def _of_queues(there: QueuesThere) -> Iterator[tuple[str, Figure]]:
    if there.node_tasks is not None:
        yield "node_tasks: claimable", there.node_tasks.claimable
        yield "node_tasks: oldest claimable", there.node_tasks.oldest_claimable
    if there.outbox is not None:
        yield "Outbox: pending", there.outbox.pending
        yield "Outbox: oldest pending", there.outbox.oldest_pending
        yield "DLQ: messages", there.outbox.dlq_messages
    for stream in there.nats.streams if there.nats else ():
        yield f"{stream.name}: depth", stream.depth

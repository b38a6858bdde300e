"""The figures that are kept of a snapshot, and what each is called there."""

from collections.abc import Iterator

from opspanel.snapshot.schema import Figure, Snapshot


def key_figures(snapshot: Snapshot) -> Iterator[tuple[str, Figure]]:
    """Names are made of clean parts, and stay the same from pass to pass."""
    for error in snapshot.errors:
        yield f"{error.name}: error rate", error.ratio
    for flow in snapshot.throughput:
        yield f"{flow.name}: throughput", flow.rate
    queues = snapshot.queues
    yield "node_tasks: claimable", queues.node_tasks.claimable
    yield "node_tasks: oldest claimable", queues.node_tasks.oldest_claimable
    yield "Outbox: pending", queues.outbox.pending
    yield "Outbox: oldest pending", queues.outbox.oldest_pending
    yield "DLQ: messages", queues.outbox.dlq_messages
    for stream in queues.nats.streams:
        yield f"{stream.name}: depth", stream.depth

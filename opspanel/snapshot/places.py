"""Where the things of a snapshot are. What is in another region than the panel's own has
the region before its name, wherever names have to differ."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from opspanel.snapshot.schema import CleanText, Nats, NodeTasks, Outbox, Snapshot


class Placed(Protocol):
    @property
    def region(self) -> CleanText | None: ...


class QueuesThere(NamedTuple):
    """`region` is None for the panel's own; a queue is None where there is no source."""

    region: CleanText | None
    nats: Nats | None
    node_tasks: NodeTasks | None
    outbox: Outbox | None


def queues_everywhere(snapshot: Snapshot) -> Iterator[QueuesThere]:
    own = snapshot.queues
    yield QueuesThere(None, own.nats, own.node_tasks, own.outbox)
    for there in snapshot.regions:
        if there.region != snapshot.region:
            yield QueuesThere(there.region, there.nats, there.node_tasks, there.outbox)


def elsewhere(item: Placed, snapshot: Snapshot) -> CleanText | None:
    """The region of an item that is not in the panel's own."""
    return None if item.region == snapshot.region else item.region


def named(region: CleanText | None, name: str) -> str:
    return f"{region}/{name}" if region else name

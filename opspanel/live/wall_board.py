"""The wall's own projection of a snapshot: what strangers in the room may read.

No name of a person, no title that a person typed, nothing that leads anywhere. The same
for every screen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from opspanel.snapshot.places import QueuesThere, queues_everywhere
from opspanel.snapshot.schema import (
    ActionCard,
    CleanText,
    Component,
    Decision,
    Figure,
    Incident,
    Nats,
    NodeTasks,
    Outbox,
    Snapshot,
    SourceState,
)
from opspanel.templatetags.words import SEVERITY
from opspanel.terms import Exactness, Health, IncidentStatus

OVER = frozenset({IncidentStatus.RESOLVED, IncidentStatus.VOID})


@dataclass(frozen=True, slots=True, kw_only=True)
class WallQueue:
    """`figures`: what is counted, and the figure."""

    name: str
    status: Health
    figures: tuple[tuple[str, Figure], ...]

    @property
    def held_over(self) -> bool:
        return any(
            figure.exactness is Exactness.HELD_OVER for _, figure in self.figures
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WallIncident:
    """One that is not over. `word`: open, acknowledged or mitigated. `told_at`: when
    somebody last told how things stand. `owned`: somebody has it, whoever it is."""

    ref: CleanText
    severity: int
    word: str
    is_drill: bool
    started_at: datetime
    told_at: datetime
    overdue: bool
    owned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WallBoard:
    """Cards, components and incidents with the worst first, and queues where there are
    several regions. `silent`: sources that do
    not answer. `open`: incidents that are no drill; `not_shown`: how many more there are
    than `incidents` lists; `incidents_read`: whether they are known at all."""

    taken_at: datetime
    environment: CleanText
    decision: Decision
    actions: tuple[ActionCard, ...]
    components: tuple[Component, ...]
    queues: tuple[WallQueue, ...]
    open: int
    incidents: tuple[WallIncident, ...]
    not_shown: int
    incidents_read: bool
    silent: tuple[SourceState, ...]


def board_of(snapshot: Snapshot) -> WallBoard:
    return WallBoard(
        taken_at=snapshot.taken_at,
        environment=snapshot.environment,
        decision=snapshot.decision,
        actions=tuple(sorted(snapshot.actions, key=_badness)),
        components=tuple(sorted(snapshot.health, key=_badness)),
        queues=_queues(snapshot),
        open=snapshot.incidents.open,
        incidents=_incidents(snapshot.incidents.recent),
        not_shown=snapshot.incidents.not_shown,
        incidents_read=snapshot.incidents.read_at is not None,
        silent=tuple(state for state in snapshot.sources if state.failure),
    )


def _badness(item: ActionCard | Component | WallQueue) -> int:
    return SEVERITY[item.status]


def _queues(snapshot: Snapshot) -> tuple[WallQueue, ...]:
    """Of several regions the worst first: there may be more than a board has places for."""
    found = [q for there in queues_everywhere(snapshot) for q in _queues_of(there)]
    return tuple(sorted(found, key=_badness) if snapshot.regions else found)


def _queues_of(there: QueuesThere) -> Iterator[WallQueue]:
    before = f"{there.region} " if there.region else ""
    if there.nats is not None:
        streams = _streams(there.nats)
        yield replace(streams, name=f"{before}{streams.name}")
    if there.node_tasks is not None:
        yield _tasks(there.node_tasks, f"{before}Node tasks")
    if there.outbox is not None:
        yield _outbox(there.outbox, f"{before}Outbox")


def _tasks(tasks: NodeTasks, name: str) -> WallQueue:
    return WallQueue(
        name=name,
        status=tasks.status,
        figures=(
            ("waiting", tasks.claimable),
            ("oldest", tasks.oldest_claimable),
            ("in flight", tasks.in_flight),
        ),
    )


def _outbox(outbox: Outbox, name: str) -> WallQueue:
    return WallQueue(
        name=name,
        status=outbox.status,
        figures=(
            ("pending", outbox.pending),
            ("oldest", outbox.oldest_pending),
            ("dead letters", outbox.dlq_messages),
        ),
    )


def _streams(nats: Nats) -> WallQueue:
    """The worst stream stands for all."""
    worst = min(nats.streams, key=lambda stream: SEVERITY[stream.status], default=None)
    if worst is None:
        return WallQueue(name="NATS JetStream", status=nats.status, figures=())
    return WallQueue(
        name=f"NATS {worst.name}",
        status=nats.status,
        figures=(("waiting", worst.depth), ("oldest", worst.oldest_age)),
    )


def _incidents(recent: Sequence[Incident]) -> tuple[WallIncident, ...]:
    unsettled = (each for each in recent if each.status not in OVER)
    return tuple(_incident(each) for each in sorted(unsettled, key=_rank))


def _rank(incident: Incident) -> tuple[bool, int]:
    return incident.is_drill, incident.severity


def _incident(incident: Incident) -> WallIncident:
    seen = incident.status is IncidentStatus.OPEN and incident.acknowledged_at
    return WallIncident(
        ref=incident.ref,
        severity=incident.severity,
        word="acknowledged" if seen else incident.status.value,
        is_drill=incident.is_drill,
        started_at=incident.started_at,
        told_at=incident.updated_at or incident.acknowledged_at or incident.declared_at,
        overdue=incident.overdue,
        owned=incident.owner is not None,
    )

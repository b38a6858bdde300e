"""How each thing of a snapshot is, and what is written down when that changes.

One row a change, written with the snapshot, so that "what changed first" is a range of an
index and no minute has to be opened for it. `opspanel.history` reads them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from opspanel.snapshot.places import QueuesThere, named, queues_everywhere
from opspanel.snapshot.schema import CleanText, Snapshot
from opspanel.terms import Health, StateKind

# One statement; for each state a single look into the primary key. The clock is the
# collector's: where it jumped back, a state is compared with what it was before that.
_RECORD = """
INSERT INTO ops_statechange (kind, name, at, status, was)
SELECT told.kind, told.name, %(at)s, told.status, coalesce(last.status, '')
FROM unnest(%(kinds)s::text[], %(names)s::text[], %(statuses)s::text[])
    AS told (kind, name, status)
LEFT JOIN LATERAL (
    SELECT kept.status FROM ops_statechange kept
    WHERE kept.kind = told.kind AND kept.name = told.name AND kept.at < %(at)s
    ORDER BY kept.at DESC LIMIT 1
) last ON true
WHERE last.status IS DISTINCT FROM told.status
ON CONFLICT DO NOTHING
"""

# Few rows a time, as of minutes. What something is now may be among them: then it is
# judged for the first time again, and that is no change.
_TRIM = """
DELETE FROM ops_statechange WHERE (kind, name, at) IN (
    SELECT kind, name, at FROM ops_statechange WHERE at < %s ORDER BY at LIMIT 100
)
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged. `name` is None where there is one of its kind, `region` where it
    is in the panel's own."""

    kind: StateKind
    name: CleanText | None = None
    region: CleanText | None = None

    @property
    def full_name(self) -> str:
        """As it is written down."""
        if self.region and not self.name:
            return self.region
        return named(self.region, self.name or "")


def states(snapshot: Snapshot) -> dict[Subject, Health]:
    """In the order of the overview."""
    return dict(_states(snapshot))


def _states(snapshot: Snapshot) -> Iterator[tuple[Subject, Health]]:
    yield Subject(StateKind.OVERALL), snapshot.decision.status
    for region in snapshot.regions:
        yield Subject(StateKind.REGION, region.region), region.decision.status
    for component in snapshot.health:
        yield Subject(StateKind.COMPONENT, component.component_id), component.status
    for there in queues_everywhere(snapshot):
        yield from _of_queues(there)
    for errors in snapshot.errors:
        yield Subject(StateKind.ERRORS, errors.component_id), errors.status
    for slo in snapshot.slos:
        yield Subject(StateKind.SLO, slo.slo_id), slo.status


def _of_queues(there: QueuesThere) -> Iterator[tuple[Subject, Health]]:
    region, nats, node_tasks, outbox = there
    if nats is not None:
        yield Subject(StateKind.NATS, None, region), nats.status
        for stream in nats.streams:
            yield Subject(StateKind.STREAM, stream.name, region), stream.status
    if node_tasks is not None:
        yield Subject(StateKind.NODE_TASKS, None, region), node_tasks.status
        for tasks in node_tasks.types:
            yield Subject(StateKind.TASK_TYPE, tasks.task_type, region), tasks.status
    if outbox is not None:
        yield Subject(StateKind.OUTBOX, None, region), outbox.status


def record_changes(snapshot: Snapshot, keep_from: datetime) -> None:
    """Write down what changed, once however often; forget what is older."""
    found = states(snapshot)
    told: dict[str, Any] = {
        "at": snapshot.taken_at,
        "kinds": [subject.kind.value for subject in found],
        "names": [subject.full_name for subject in found],
        "statuses": [status.value for status in found.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, told)
        cursor.execute(_TRIM, [keep_from])

"""What is known of another region: what its own worker told, or how things stand without
it. A worker's part is clean already; where there is none, silence is judged like any
failure of a source."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from opspanel.assess.overview import assess
from opspanel.panel.config import PanelConfig
from opspanel.readings import Readings
from opspanel.remembering import remembered
from opspanel.sanitize.regions import Part
from opspanel.sanitize.snapshot import clean
from opspanel.snapshot.hold_over import hold_over
from opspanel.snapshot.outdated import stale_after
from opspanel.snapshot.schema import Snapshot
from opspanel.snapshot.store import SnapshotStore, newest_of
from opspanel.terms import FailureKind

_SILENCE = Readings(
    prometheus=FailureKind.NOT_COLLECTED,
    nats=FailureKind.NOT_COLLECTED,
    node_tasks=FailureKind.NOT_COLLECTED,
    outbox=FailureKind.NOT_COLLECTED,
    slos=FailureKind.NOT_COLLECTED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRegion:
    """A region that a worker of its own reads. `panel` is as it is there; the worker
    keeps what it saw in `stores`."""

    region: str
    panel: PanelConfig
    stores: Sequence[SnapshotStore]

    def part(self, now: datetime) -> Part:
        """What its worker told, if that was lately; else what is known without it:
        everything that should be there, unknown, with its last figures held over."""
        told = newest_of(self.stores)
        limit = stale_after(self.panel.collection.interval_seconds)
        # A clock that is far ahead is believed no more than one that is behind.
        reported = (
            told is not None and abs(now - told.taken_at).total_seconds() <= limit
        )
        return Part(
            region=self.region,
            kinds=self.panel.kinds,
            snapshot=told if told and reported else self._without_worker(told, now),
            reported=reported,
            told_at=told.taken_at if told else None,
        )

    def _without_worker(self, told: Snapshot | None, now: datetime) -> Snapshot:
        silence = replace(_SILENCE, remembered=remembered(told))
        unknown = clean(assess(silence, self.panel, now))
        return hold_over(told, unknown, self.panel.collection.keep_seconds)

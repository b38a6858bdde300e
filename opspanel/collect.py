"""One pass: read all sources at once, assess, sanitize, hold over, save.

The only importer of assess and of the bridge to clean types.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Protocol, Self

from opspanel import tracing
from opspanel.assess.overview import assess
from opspanel.assessment import Assessment
from opspanel.breaker import Breaker, Door
from opspanel.panel.config import PanelConfig
from opspanel.readings import (
    Answer,
    AuditTrailReading,
    NatsReading,
    NodeTasksReading,
    OutboxReading,
    PrometheusReading,
    Readings,
    SloReading,
)
from opspanel.sanitize.audit_trail import with_audit_trail
from opspanel.sanitize.self_watch import with_self_watch
from opspanel.sanitize.snapshot import clean
from opspanel.sanitize.withheld import withhold
from opspanel.self_test import fresh_canaries, planted, survivors
from opspanel.snapshot.codec import to_json
from opspanel.snapshot.hold_over import hold_over
from opspanel.snapshot.schema import Incidents, SelfTest, Snapshot, Watchlist
from opspanel.snapshot.store import (
    SnapshotStore,
    StoreUnavailableError,
    newest_of,
    save_to_all,
)
from opspanel.terms import FailureKind

log = logging.getLogger(__name__)


class Source[Reading](Protocol):
    """Reads within its own total deadline; raises only SourceFailedError.

    Anything else it raises is a fault of the panel: logged, and this source's alone.
    """

    async def read(self) -> Reading: ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """None where no address is given. `doors`: where those listen that are known to."""

    prometheus: Source[PrometheusReading] | None = None
    nats: Source[NatsReading] | None = None
    node_tasks: Source[NodeTasksReading] | None = None
    outbox: Source[OutboxReading] | None = None
    slos: Source[SloReading] | None = None
    doors: Mapping[str, Door] = field(default_factory=dict)

    async def aclose(self) -> None:
        for each in fields(self):
            source = getattr(self, each.name)
            if source is not None and each.name != "doors":
                await source.aclose()


class Asking:
    """Puts one pass's questions to all sources that are not left alone."""

    def __init__(self, sources: Sources, seconds: float) -> None:
        self._sources = sources
        self._seconds = seconds
        self._breakers = {
            each.name: Breaker(sources.doors.get(each.name))
            for each in fields(sources)
            if each.name != "doors"
        }

    def recall(self, previous: Snapshot | None) -> None:
        for state in previous.sources if previous else ():
            self._breakers[state.source].recall(state, previous.taken_at)

    async def read_all(self, now: datetime) -> Readings:
        sources = self._sources
        prometheus, nats, node_tasks, outbox, slos = await asyncio.gather(
            self._read("prometheus", sources.prometheus, now),
            self._read("nats", sources.nats, now),
            self._read("node_tasks", sources.node_tasks, now),
            self._read("outbox", sources.outbox, now),
            self._slos(now),
        )
        return Readings(
            prometheus=prometheus,
            nats=nats,
            node_tasks=node_tasks,
            outbox=outbox,
            slos=slos,
        )

    def settled(self, snapshot: Snapshot) -> Snapshot:
        now = snapshot.taken_at
        circuits = {name: each.settle(now) for name, each in self._breakers.items()}
        return replace(
            snapshot,
            sources=tuple(
                replace(state, circuit=circuits[state.source])
                for state in snapshot.sources
            ),
        )

    async def _slos(self, now: datetime) -> Answer[SloReading]:
        """They are Prometheus' as well: who is left alone is left alone by all."""
        alone = self._breakers["prometheus"].left_alone(now)
        if alone is not None:
            return alone
        return await self._read("slos", self._sources.slos, now)

    async def _read[Reading](
        self, name: str, source: Source[Reading] | None, now: datetime
    ) -> Answer[Reading]:
        with tracing.span("source.read", {"source": name}):
            if source is None:
                return FailureKind.UNCONFIGURED
            answer = await self._breakers[name].read(source.read, now, self._seconds)
            if isinstance(answer, FailureKind):
                tracing.fail("upstream_failed")
            return answer


class LeakingSanitizerError(Exception):
    """The sanitizer fails its self-test, and nothing good was ever stored."""


def _withheld(previous: Snapshot | None, failed: SelfTest) -> Snapshot:
    if previous is None:
        raise LeakingSanitizerError
    return withhold(previous, failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What the panel itself keeps and every snapshot tells. Each gives None where it
    cannot be read now."""

    audit_trail: Callable[[], AuditTrailReading | None] = lambda: None
    incidents: Callable[[datetime], Incidents | None] = lambda _: None
    watchlist: Callable[[datetime], Watchlist | None] = lambda _: None


NOTHING_OWN = Own()


def with_incidents(
    current: Snapshot, read: Incidents | None, previous: Snapshot | None
) -> Snapshot:
    """Where they could not be read the last known stay, with their age."""
    if read is None and previous is not None:
        read = previous.incidents
    return replace(current, incidents=read) if read is not None else current


def with_watchlist(
    current: Snapshot, read: Watchlist | None, previous: Snapshot | None
) -> Snapshot:
    """Where it could not be read the last known stays, with when it was judged."""
    if read is None and previous is not None:
        read = previous.watchlist
    return replace(current, watchlist=read)


class Collector:
    """Makes passes in one event loop, so that connections stay open between them.

    Used with `with`, or for the life of a process.
    """

    def __init__(
        self,
        sources: Sources,
        stores: Sequence[SnapshotStore],
        panel: PanelConfig,
        *,
        cleaner: Callable[[Assessment], Snapshot] = clean,
        own: Own = NOTHING_OWN,
    ) -> None:
        self._sources = sources
        self._asking = Asking(sources, panel.collection.longest_read_seconds)
        self._stores = stores
        self._panel = panel
        self._cleaner = cleaner
        self._own = own
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._sources.aclose())
        self._runner.close()

    def take(self, now: datetime) -> Snapshot:
        """Read, judge and clean; nothing is saved.

        With a sanitizer that fails its self-test: the last good snapshot, marked.
        Raises LeakingSanitizerError if there is none.
        """
        before = self._last_known()
        self._asking.recall(before)
        readings = self._runner.run(self._asking.read_all(now))
        since = before.taken_at if before else None
        previous = newest_of(self._stores, since) or before
        self._asking.recall(previous)
        tested = self._test_sanitizer(readings, now)
        if tested.survived:
            return _withheld(previous, tested)
        current = replace(self._clean(readings, now), self_test=tested)
        current = self._asking.settled(current)
        held = hold_over(previous, current, self._panel.collection.keep_seconds)
        held = with_incidents(held, self._own.incidents(now), previous)
        held = with_watchlist(held, self._own.watchlist(now), previous)
        held = with_audit_trail(held, self._own.audit_trail(), previous)
        return with_self_watch(held, self._panel.collection.interval_seconds, previous)

    def _last_known(self) -> Snapshot | None:
        with contextlib.suppress(StoreUnavailableError):
            return newest_of(self._stores)
        return None

    def _clean(self, readings: Readings, now: datetime) -> Snapshot:
        return self._cleaner(assess(readings, self._panel, now))

    def _test_sanitizer(self, readings: Readings, now: datetime) -> SelfTest:
        canaries = fresh_canaries()
        stream = next(iter(self._panel.nats.streams), "CANARIES")
        copy = self._clean(planted(readings, canaries, stream, now), now)
        found = survivors(canaries, to_json(copy))
        if found:
            log.critical("the sanitizer let through: %s", ", ".join(found))
        return SelfTest(checked_at=now, canaries=len(canaries), survived=len(found))

    def run_pass(self, now: datetime) -> Snapshot:
        snapshot = self.take(now)
        save_to_all(self._stores, snapshot)
        return snapshot

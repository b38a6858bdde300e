"""One pass: read all sources at once, assess, sanitize, hold over, save.

The only importer of assess and of the bridge to clean types.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Protocol, Self

from opspanel import tracing
from opspanel.assess.overview import assess
from opspanel.assessment import Assessment
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
    SourceFailedError,
)
from opspanel.sanitize.audit_trail import with_audit_trail
from opspanel.sanitize.self_watch import with_self_watch
from opspanel.sanitize.snapshot import clean
from opspanel.sanitize.withheld import withhold
from opspanel.self_test import fresh_canaries, planted, survivors
from opspanel.snapshot.codec import to_json
from opspanel.snapshot.hold_over import hold_over
from opspanel.snapshot.schema import Incidents, SelfTest, Snapshot, Watchlist
from opspanel.snapshot.store import SnapshotStore, newest_of, save_to_all
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
    """None where no address is given."""

    prometheus: Source[PrometheusReading] | None = None
    nats: Source[NatsReading] | None = None
    node_tasks: Source[NodeTasksReading] | None = None
    outbox: Source[OutboxReading] | None = None
    slos: Source[SloReading] | None = None

    async def aclose(self) -> None:
        for field in fields(self):
            source = getattr(self, field.name)
            if source is not None:
                await source.aclose()


async def read_all(sources: Sources) -> Readings:
    prometheus, nats, node_tasks, outbox, slos = await asyncio.gather(
        _traced("prometheus", sources.prometheus),
        _traced("nats", sources.nats),
        _traced("node_tasks", sources.node_tasks),
        _traced("outbox", sources.outbox),
        _traced("slos", sources.slos),
    )
    return Readings(
        prometheus=prometheus,
        nats=nats,
        node_tasks=node_tasks,
        outbox=outbox,
        slos=slos,
    )


async def _traced[Reading](
    name: str, source: Source[Reading] | None
) -> Answer[Reading]:
    with tracing.span("source.read", {"source": name}):
        answer = await _answer(source)
        if isinstance(answer, FailureKind) and source is not None:
            tracing.fail("upstream_failed")
        return answer


async def _answer[Reading](source: Source[Reading] | None) -> Answer[Reading]:
    if source is None:
        return FailureKind.UNCONFIGURED
    try:
        return await source.read()
    except SourceFailedError as failed:
        return failed.kind
    except Exception:
        log.exception("a source raised what no source should")
        return FailureKind.BAD_PAYLOAD


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
        readings = self._runner.run(read_all(self._sources))
        previous = newest_of(self._stores)
        tested = self._test_sanitizer(readings, now)
        if tested.survived:
            return _withheld(previous, tested)
        current = replace(self._clean(readings, now), self_test=tested)
        held = hold_over(previous, current, self._panel.collection.keep_seconds)
        held = with_incidents(held, self._own.incidents(now), previous)
        held = with_watchlist(held, self._own.watchlist(now), previous)
        held = with_audit_trail(held, self._own.audit_trail(), previous)
        return with_self_watch(held, self._panel.collection.interval_seconds, previous)

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

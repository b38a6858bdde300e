"""One pass: read all sources at once, assess, sanitize, hold over, save.

The only importer of assess and of the bridge to clean types.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from celery.exceptions import SoftTimeLimitExceeded

from opspanel.asking import Asking, Sources
from opspanel.assess.overview import assess
from opspanel.assessment import Assessment
from opspanel.panel.config import PanelConfig
from opspanel.readings import (
    AuditTrailReading,
    Readings,
)
from opspanel.remembering import remembered
from opspanel.sanitize.audit_trail import with_audit_trail
from opspanel.sanitize.regions import Part, of_own_region, with_regions
from opspanel.sanitize.self_watch import with_self_watch
from opspanel.sanitize.snapshot import clean
from opspanel.sanitize.withheld import withhold
from opspanel.self_test import fresh_canaries, planted, survivors
from opspanel.set_aside import set_aside
from opspanel.snapshot.codec import to_json
from opspanel.snapshot.hold_over import hold_over
from opspanel.snapshot.schema import Incidents, SelfTest, Snapshot, Watchlist
from opspanel.snapshot.store import (
    SnapshotStore,
    StoreUnavailableError,
    newest_of,
    save_to_all,
)

log = logging.getLogger(__name__)


class LeakingSanitizerError(Exception):
    """The sanitizer fails its self-test, and nothing good was ever stored."""


def _withheld(previous: Snapshot | None, failed: SelfTest) -> Snapshot:
    if previous is None:
        raise LeakingSanitizerError
    return withhold(previous, failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What the panel itself keeps and every snapshot tells. Each gives None where it
    cannot be read now. `parts`: what was seen of other regions."""

    audit_trail: Callable[[], AuditTrailReading | None] = lambda: None
    incidents: Callable[[datetime], Incidents | None] = lambda _: None
    watchlist: Callable[[datetime], Watchlist | None] = lambda _: None
    parts: Callable[[datetime], Sequence[Part]] = lambda _: ()


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
        self._asking.recall(of_own_region(before))
        readings = self._runner.run(self._asking.read_all(now))
        since = before.taken_at if before else None
        whole = newest_of(self._stores, since) or before
        previous = of_own_region(whole)
        self._asking.recall(previous)
        readings = replace(readings, remembered=remembered(previous))
        current = self._judged(readings, now)
        if current.self_test and current.self_test.survived:
            return _withheld(whole, current.self_test)
        current = self._asking.settled(current)
        held = hold_over(previous, current, self._panel.collection.keep_seconds)
        held = with_incidents(held, self._own.incidents(now), previous)
        held = with_watchlist(held, self._own.watchlist(now), previous)
        held = with_audit_trail(held, self._own.audit_trail(), previous)
        held = with_self_watch(held, self._panel.collection.interval_seconds, previous)
        return self._with_others(held, whole, now)

    def _with_others(
        self, own: Snapshot, previous: Snapshot | None, now: datetime
    ) -> Snapshot:
        parts = self._own.parts(now)
        if not parts:
            return own
        return with_regions(own, self._panel.panel.region or "", parts, previous)

    def _last_known(self) -> Snapshot | None:
        with contextlib.suppress(StoreUnavailableError):
            return newest_of(self._stores)
        return None

    def _judged(self, readings: Readings, now: datetime) -> Snapshot:
        """With the self-test of the sanitizer that cleaned it."""

        def judged(given: Readings) -> Snapshot:
            tested = self._test_sanitizer(given, now)
            return replace(self._clean(given, now), self_test=tested)

        try:
            return judged(readings)
        except SoftTimeLimitExceeded:
            raise  # no fault of an answer
        except Exception:
            log.exception("an answer could not be judged, and is set aside")
            return set_aside(readings, judged)

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

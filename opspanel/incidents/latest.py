"""The newest snapshot for pages, with the incidents as they are now.

What the collector stored may be old, and the collector dead: an incident shows within
about a second all the same. With Postgres away the snapshot's own incidents, or the last
that were read, stay: `read_at` tells how old they are.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from opspanel.database.base import database_answers_within
from opspanel.incidents import listing
from opspanel.incidents.bell import Bell, configured_bell
from opspanel.snapshot.latest import Latest, configured_latest
from opspanel.snapshot.schema import Incidents, Snapshot, Untold

REST_SECONDS = 1.0
# What no act changes, as that an update is overdue by now, is read so often where no
# pass tells.
_ANEW_SECONDS = 10.0
# Without a pass or a statement for so long nobody knows that they are so still.
_SURE_SECONDS = 7.5
# A page waits no longer for a frozen server, and then not again for a while.
_ANSWERS_WITHIN = 1.0
_AWAY = (DatabaseError, InterfaceError)


def incidents_now(now: datetime) -> Incidents | None:
    """For the stored snapshot. None where they cannot be read now."""
    try:
        with database_answers_within(_ANSWERS_WITHIN):
            return listing.overview(now)
    except _AWAY:
        return None


class NewestIncidents:
    """One reader per process, for whatever number of requests.

    While the bell can be heard and passes read the same, it asks nothing: it asks when
    the bell rang, and when nobody vouched for what it knows for some seconds. Else it
    asks each second, with one statement, and more only where that has news.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        bell: Bell | None = None,
    ) -> None:
        self._clock = clock
        self._bell = bell or Bell(None)
        self._lock = threading.Lock()
        self._kept: Incidents | None = None
        self._mark: listing.Mark | None = None
        self._rung: bytes | None = None
        self._pass_read_at: datetime | None = None
        # Since when it is due again, known to be so, and read as a whole.
        self._looked_at = self._sure_at = self._read_at = -math.inf
        self.answered = False

    def get(self, stored: Incidents | None = None) -> Incidents | None:
        """None before the first that could be read. `stored`: what the newest pass read.
        `answered`: whether they are so still, or Postgres did not say."""
        # Who finds another thread reading takes what is there.
        if self._is_due() and self._lock.acquire(blocking=self._kept is None):
            try:
                if self._is_due():
                    self._look(stored)
            finally:
                self._lock.release()
        return self._kept

    def _is_due(self) -> bool:
        return self._clock() - self._looked_at >= REST_SECONDS

    def _look(self, stored: Incidents | None) -> None:
        # Heard before anything is read: what rings meanwhile is heard the next time.
        rung = self._bell.last()
        if stored is not None and stored.read_at != self._pass_read_at:
            self._compare(stored)
        told = rung is not None and rung == self._rung
        if not told or self._clock() - self._sure_at >= _SURE_SECONDS:
            self._ask()
            self._rung = rung if self.answered else None
        self._looked_at = self._clock()

    def _compare(self, stored: Incidents) -> None:
        """A pass that read the same tells as much as a statement of ours. The first is
        left out: it may be of long ago."""
        first, self._pass_read_at = self._pass_read_at is None, stored.read_at
        if first or self._kept is None:
            return
        if stored.version == self._kept.version:
            self._kept = stored
            self._sure_at = self._read_at = self._clock()
        else:
            # Either of the two is behind; or what no act changes is another now.
            self._sure_at = self._read_at = -math.inf

    def _ask(self) -> None:
        try:
            with database_answers_within(_ANSWERS_WITHIN):
                self._kept, self.answered = self._read(timezone.now()), True
            self._sure_at = self._clock()
        except _AWAY:
            self.answered = False
            connection.close_if_unusable_or_obsolete()

    def _read(self, now: datetime) -> Incidents:
        mark = listing.mark(now)
        old = self._clock() - self._read_at >= _ANEW_SECONDS
        if self._kept is not None and mark == self._mark and not old:
            return replace(self._kept, read_at=now)
        # Asked before: what is recorded meanwhile makes another mark.
        found = listing.overview(now)
        self._mark, self._read_at = mark, self._clock()
        return found


class LatestWithIncidents:
    """What pages and scripts are shown."""

    def __init__(
        self, latest: Callable[[], Latest], incidents: NewestIncidents
    ) -> None:
        self._latest = latest
        self._incidents = incidents

    def snapshot(self) -> Snapshot | None:
        snapshot = self._latest().snapshot()
        if snapshot is None or _withheld(snapshot):
            return snapshot
        incidents = self._incidents.get(snapshot.incidents)
        if incidents is None or not self._are_newer(incidents, snapshot.incidents):
            return snapshot
        return replace(snapshot, incidents=incidents)

    def untold(self) -> tuple[Untold, ...]:
        """The webhooks that are not told in time, also where nothing was collected."""
        incidents = self._incidents.get()
        return incidents.untold if incidents else ()

    def _are_newer(self, ours: Incidents, stored: Incidents) -> bool:
        if self._incidents.answered or stored.read_at is None:
            return True
        return ours.read_at is not None and ours.read_at > stored.read_at


def _withheld(snapshot: Snapshot) -> bool:
    """Nothing new is shown while the sanitizer fails its self-test."""
    return snapshot.self_test is not None and snapshot.self_test.survived > 0


@cache
def configured_latest_with_incidents() -> LatestWithIncidents:
    return LatestWithIncidents(
        configured_latest, NewestIncidents(bell=configured_bell())
    )

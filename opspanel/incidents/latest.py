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
from opspanel.snapshot.latest import Latest, configured_latest
from opspanel.snapshot.schema import Incidents, Snapshot, Untold

REST_SECONDS = 1.0
# What no act changes, as that an update is overdue by now, is read so often.
_ANEW_SECONDS = 10.0
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
    """One reader per process: a statement a second, and more only where it has news."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: Incidents | None = None
        self._mark: listing.Mark | None = None
        self._asked_at = self._read_at = -math.inf
        self.answered = False

    def get(self) -> Incidents | None:
        """None before the first that could be read. `answered`: whether they are so
        still, or Postgres did not say."""
        # Who finds another thread reading takes what is there.
        if self._is_due() and self._lock.acquire(blocking=self._kept is None):
            try:
                if self._is_due():
                    self._ask()
            finally:
                self._lock.release()
        return self._kept

    def _is_due(self) -> bool:
        return self._clock() - self._asked_at >= REST_SECONDS

    def _ask(self) -> None:
        try:
            with database_answers_within(_ANSWERS_WITHIN):
                self._kept, self.answered = self._read(timezone.now()), True
        except _AWAY:
            self.answered = False
            connection.close_if_unusable_or_obsolete()
        self._asked_at = self._clock()

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
        incidents = self._incidents.get()
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
    return LatestWithIncidents(configured_latest, NewestIncidents())

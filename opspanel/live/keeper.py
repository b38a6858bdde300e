"""The one background thread of a web process."""

import logging
import threading
import time
from collections.abc import Callable, Iterable

from opspanel import metering
from opspanel.access.admission import Admissions, ReadersUnknownError
from opspanel.access.contact import configured_contact
from opspanel.database.clock import configured_clock
from opspanel.incidents.bell import configured_bell
from opspanel.live.ready import Ready
from opspanel.sanitize import reasons
from opspanel.snapshot.latest import REST_SECONDS, configured_latest
from opspanel.snapshot.silence import configured_watcher

log = logging.getLogger(__name__)

REVALIDATE_SECONDS = 5.0
# Without a sign of life for so long requests see to everything themselves.
_ASLEEP_SECONDS = 10.0


class Keeper:
    """Learns of new snapshots, renders them, and validates the readers.

    It starts with the first request that asks for it, so in each process behind a fork,
    and ends with the process.
    """

    def __init__(
        self,
        ready: Iterable[Ready],
        admissions: Iterable[Admissions],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ready = tuple(ready)
        self._admissions = tuple(admissions)
        self._clock = clock
        self._validated_at = clock()
        self._beat = clock()
        self._starting = threading.Lock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def is_awake(self) -> bool:
        thread = self._thread
        if thread is None or not thread.is_alive():
            self._start()
        return self._clock() - self._beat < _ASLEEP_SECONDS

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._run, name="keeper", daemon=True
                )
                self._thread.start()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self.tick()
            except Exception:
                log.exception("the keeper stumbled")
            self._over.wait(REST_SECONDS)

    def stop(self) -> None:
        """Return when its thread has ended. A process need not: it is a daemon."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def tick(self) -> None:
        """What is due."""
        configured_clock().follow()
        configured_latest().follow()
        configured_bell().listen()
        configured_watcher().follow(configured_latest().snapshot())
        due = self._clock() - self._validated_at >= REVALIDATE_SECONDS
        if due or configured_contact().lost_at:
            self._revalidate()
        # After that: they say whether the database is lost.
        for each in self._ready:
            each.shown()
        metering.note_redactions(reasons.counts())
        self._beat = self._clock()

    def _revalidate(self) -> None:
        began = self._clock()
        # Each by itself: screens whose rows are locked must not keep revoked people in.
        done = [_is_done(each) for each in self._admissions]
        if all(done):
            self._validated_at = began


def _is_done(admissions: Admissions) -> bool:
    """If not, memos or their grace run out; the next tick tries again."""
    try:
        admissions.revalidate()
    except ReadersUnknownError:
        return False
    metering.readers.labels(admissions.kind.name).set(len(admissions))
    return True

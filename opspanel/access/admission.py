"""Who may go on reading: validated in batches, remembered for seconds.

Each process keeps a table of the readers that it admitted. One statement an interval
validates all of them again, and first-time readers who arrive while a statement runs
share the next one, so that the statements do not grow with the readers. What was
revoked is refused after LIFE_SECONDS at the latest, whatever hangs: without a valid
memo there is no admission, and a memo never outlives its reader's own limits.

While the database is lost, a kind of reader may have a grace: who was validated before
goes on reading what is there, for so long from that validation and no longer. Nobody is
admitted anew, and the first statement that is answered ends it (decision 51).
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from opspanel.access.contact import Contact, configured_contact
from opspanel.database.clock import database_now

# A revocation that this process did not see yet is no older than this. Less than the
# promised ten, because an answer takes time, too.
LIFE_SECONDS = 9.0
# A statement that takes longer than this has failed.
_PATIENCE_SECONDS = 2.5


class ReadersUnknownError(Exception):
    """Nobody can be validated now: the database does not answer."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a reader may see, and until when at most, in seconds since 1970. `mark`: what
    an answer tells the reader of itself. `account`: number and name of a person's."""

    permissions: frozenset[str]
    ends_at: float
    mark: str = ""
    account: tuple[int, str] = (0, "")


class ReaderKind(Protocol):
    """One sort of reader: people with sessions, screens with tokens.

    Whoever did not ask for `gone_after` seconds is no longer there.
    """

    name: str
    cookie: str
    gone_after: float

    @property
    def grace_seconds(self) -> float:
        """How long a validation holds while the database is lost."""

    def key(self, credential: str) -> str | None:
        """What the database knows the credential in the cookie by; None if it is
        malformed."""

    def grants(self, keys: Sequence[str]) -> Mapping[str, Grant]:
        """Of those keys that are valid now, in one statement. Raise
        ReadersUnknownError if it fails."""


@dataclass(slots=True)
class _Memo:
    grant: Grant
    ends: float
    grace_ends: float
    asked_at: float


@dataclass(slots=True)
class _Batch:
    keys: set[str] = field(default_factory=set)
    done: threading.Event = field(default_factory=threading.Event)


class Admissions:
    """The table of one kind of reader, for all threads of a process."""

    def __init__(
        self,
        kind: ReaderKind,
        clock: Callable[[], float] = time.monotonic,
        contact: Contact | None = None,
    ) -> None:
        self.kind = kind
        self._clock = clock
        self._contact = contact or configured_contact()
        self._memos: dict[str, _Memo] = {}
        self._gathering: _Batch | None = None
        self._gate = threading.Lock()
        self._one_at_a_time = threading.Lock()

    def __len__(self) -> int:
        return len(self._memos)

    def has_grace(self) -> bool:
        """The database is lost, and somebody still reads the last copy."""
        lost = self._contact.lost_at is not None
        return lost and any(map(self._valid, list(self._memos)))

    def admits(self, key: str, permission: str) -> Grant | None:
        """The reader's grant, if it holds `permission`."""
        if self._valid(key) is None:
            self._join_a_batch(key)
        return self.known(key, permission)

    def known(self, key: str, permission: str) -> Grant | None:
        """The same, of those who were validated before alone."""
        memo = self._valid(key)
        if memo is None:
            return None
        memo.asked_at = self._clock()
        return memo.grant if permission in memo.grant.permissions else None

    def revalidate(self) -> None:
        """All readers that are still there. Where that fails their memos run out."""
        now = self._clock()
        alive = {
            key
            for key, memo in list(self._memos.items())
            if now - memo.asked_at < self.kind.gone_after
        }
        for key in self._memos.keys() - alive:
            self._memos.pop(key, None)
        # Also for nobody: else it would never be known that the database is back.
        if alive or self._contact.lost_at:
            self._validate(alive)

    def _valid(self, key: str) -> _Memo | None:
        memo = self._memos.get(key)
        if memo is None:
            return None
        ends = memo.grace_ends if self._contact.lost_at else memo.ends
        return memo if ends > self._clock() else None

    def _join_a_batch(self, key: str) -> None:
        """Return when a statement that asked for `key` has ended, well or not."""
        with self._gate:
            batch, leads = self._gathering, self._gathering is None
            if batch is None:
                batch = self._gathering = _Batch()
            batch.keys.add(key)
        if leads:
            self._lead(batch)
        else:
            batch.done.wait(_PATIENCE_SECONDS)

    def _lead(self, batch: _Batch) -> None:
        # While the statement before this one runs, others join.
        with self._one_at_a_time:
            with self._gate:
                self._gathering = None
            try:
                self._validate(batch.keys)
            except ReadersUnknownError:
                return
            finally:
                batch.done.set()

    def _validate(self, keys: set[str]) -> None:
        began, wall = self._clock(), time.time()
        found = self._grants(list(keys))
        for key in keys:
            if grant := found.get(key):
                self._remember(key, grant, began, began + grant.ends_at - wall)
            else:
                self._memos.pop(key, None)

    def _grants(self, keys: list[str]) -> Mapping[str, Grant]:
        try:
            found = self.kind.grants(keys)
        except ReadersUnknownError:
            if self.kind.grace_seconds:
                self._contact.lose(database_now())
            raise
        if self.kind.grace_seconds:
            self._contact.find()
        return found

    def _remember(self, key: str, grant: Grant, began: float, limit: float) -> None:
        known = self._memos.get(key)
        self._memos[key] = _Memo(
            grant,
            min(began + LIFE_SECONDS, limit),
            min(began + max(LIFE_SECONDS, self.kind.grace_seconds), limit),
            known.asked_at if known else began,
        )

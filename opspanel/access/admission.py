"""Who may go on reading: validated in batches, remembered for seconds.

Each process keeps a table of the readers that it admitted. One statement an interval
validates all of them again, and first-time readers who arrive while a statement runs
share the next one, so that the statements do not grow with the readers. What was
revoked is refused after LIFE_SECONDS at the latest, whatever hangs: without a valid
memo there is no admission, and a memo never outlives its reader's own limits.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

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
    an answer tells the reader of itself."""

    permissions: frozenset[str]
    ends_at: float
    mark: str = ""


class ReaderKind(Protocol):
    """One sort of reader: people with sessions, screens with tokens.

    Whoever did not ask for `gone_after` seconds is no longer there.
    """

    name: str
    cookie: str
    gone_after: float

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
    asked_at: float


@dataclass(slots=True)
class _Batch:
    keys: set[str] = field(default_factory=set)
    done: threading.Event = field(default_factory=threading.Event)


class Admissions:
    """The table of one kind of reader, for all threads of a process."""

    def __init__(
        self, kind: ReaderKind, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.kind = kind
        self._clock = clock
        self._memos: dict[str, _Memo] = {}
        self._gathering: _Batch | None = None
        self._gate = threading.Lock()
        self._one_at_a_time = threading.Lock()

    def __len__(self) -> int:
        return len(self._memos)

    def admits(self, key: str, permission: str) -> Grant | None:
        """The reader's grant, if it holds `permission`."""
        memo = self._valid(key)
        if memo is None:
            self._join_a_batch(key)
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
        if alive:
            self._validate(alive)

    def _valid(self, key: str) -> _Memo | None:
        memo = self._memos.get(key)
        return memo if memo is not None and memo.ends > self._clock() else None

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
        found = self.kind.grants(list(keys))
        for key in keys:
            if grant := found.get(key):
                self._remember(key, grant, began, began + grant.ends_at - wall)
            else:
                self._memos.pop(key, None)

    def _remember(self, key: str, grant: Grant, began: float, limit: float) -> None:
        known = self._memos.get(key)
        self._memos[key] = _Memo(
            grant,
            min(began + LIFE_SECONDS, limit),
            known.asked_at if known else began,
        )

"""What a place for snapshots can do, and how several serve as one."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from opspanel.snapshot.schema import Snapshot

log = logging.getLogger(__name__)


class StoreUnavailableError(Exception):
    """The store cannot be reached now; another may serve."""


class SnapshotStore(Protocol):
    """Both raise StoreUnavailableError, and nothing else, where the store is away."""

    name: str
    costs_statements: bool  # whether each question is an SQL statement

    def save(self, snapshot: Snapshot) -> None: ...

    def newest(self, than: datetime | None = None) -> Snapshot | None:
        """None where nothing newer than `than` was saved, or nothing that this version
        can read. Asking for news is cheap; only news is read whole."""


class MemoryStore:
    name = "memory"
    costs_statements = False

    def __init__(self) -> None:
        self._kept: Snapshot | None = None

    def save(self, snapshot: Snapshot) -> None:
        if self._kept is None or snapshot.taken_at >= self._kept.taken_at:
            self._kept = snapshot

    def newest(self, than: datetime | None = None) -> Snapshot | None:
        old = self._kept is None or (than and self._kept.taken_at <= than)
        return None if old else self._kept


def save_to_all(stores: Sequence[SnapshotStore], snapshot: Snapshot) -> None:
    """Save where possible; raise only if no store took it."""
    refused = [store.name for store in stores if not _saved(store, snapshot)]
    for name in refused:
        log.warning("the snapshot could not be saved in %s", name)
    if len(refused) == len(stores):
        raise StoreUnavailableError


def _saved(store: SnapshotStore, snapshot: Snapshot) -> bool:
    try:
        store.save(snapshot)
    except StoreUnavailableError:
        return False
    return True


def newest_of(
    stores: Iterable[SnapshotStore], than: datetime | None = None
) -> Snapshot | None:
    """The newest snapshot that any store holds, if newer than `than`; raise only if
    none could be asked."""
    found, asked = [], False
    for store in stores:
        try:
            found.append(store.newest(than))
        except StoreUnavailableError:
            continue
        asked = True
    if not asked:
        raise StoreUnavailableError
    held = [snapshot for snapshot in found if snapshot is not None]
    return max(held, key=lambda snapshot: snapshot.taken_at, default=None)

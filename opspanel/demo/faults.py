"""Faults: which there are, and which are on. A file carries them to a running demo."""

import fcntl
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FAULTS = {
    "api-5xx": "two of five API requests answer 5xx",
    "api-slow": "API requests take from 0.3 to 1.6 seconds",
    "relay-down": "the outbox relay is dead, its events wait",
    "relay-failing": "the outbox relay runs but cannot publish",
    "dlq-growth": "every third outbox event fails and goes to the DLQ stream",
    "consumer-stall": "the provisioning consumer takes messages and acknowledges none",
    "worker-failing": "the webhook worker fails half of its messages",
    "worker-dead": "the billing worker is dead",
    "queue-flood": "node tasks arrive faster than the agents claim them",
    "node-dead": "node-4 is dead with its tasks in hand",
    "leak-secrets": "made-up tokens, DSNs, e-mails and mark-up in names and errors",
}


class UnknownFaultError(Exception):
    """No fault has that name."""


class FaultFile:
    """Faults that are on, by name: until when (epoch seconds), or None for no end."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / "faults.json"

    def active(self) -> dict[str, float | None]:
        """What is on now. A file that is missing or unreadable means nothing is."""
        try:
            stored = json.loads(self._path.read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        if not isinstance(stored, dict):
            return {}
        now = time.time()
        return {
            name: until
            for name, until in stored.items()
            if name in FAULTS and (until is None or until > now)
        }

    def switch_on(self, name: str, seconds: float | None = None) -> None:
        """Raises UnknownFaultError."""
        _check(name)
        until = None if seconds is None else time.time() + seconds
        with self._locked():
            self._write(self.active() | {name: until})

    def clear(self, name: str | None = None) -> None:
        """Switch one fault off, or all. Raises UnknownFaultError."""
        if name is not None:
            _check(name)
        with self._locked():
            kept = self.active() if name else {}
            kept.pop(name or "", None)
            self._write(kept)

    def _write(self, faults: dict[str, float | None]) -> None:
        write_atomically(self._path, json.dumps(faults))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class FaultBoard:
    """The running demo's view of the file, read again by `refresh`."""

    def __init__(self, file: FaultFile) -> None:
        self._file = file
        self._active: frozenset[str] = frozenset()

    def refresh(self) -> None:
        self._active = frozenset(self._file.active())

    def is_on(self, name: str) -> bool:
        return name in self._active


def _check(name: str) -> None:
    if name not in FAULTS:
        raise UnknownFaultError(name)


def write_atomically(path: Path, text: str) -> None:
    """Readers see the old text or the new one, never a part."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(path)


@contextmanager
def running(state_dir: Path) -> Iterator[None]:
    """Mark a demo as running here. Raises BlockingIOError if one already is.

    A lock, not a process id: it cannot outlive the process.
    """
    with (state_dir / "running.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def is_running(state_dir: Path) -> bool:
    try:
        with running(state_dir):
            return False
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True

"""At most one stack per run folder, also after a crash: the kernel holds the lock."""

import fcntl
import json
import os
import time
from pathlib import Path
from typing import Self

from opspanel.embedded.program import StartError

# As long as the reaper of a killed run may need to end what it left.
STILL_STOPPING_SECONDS = 10.0


class OnlyOne:
    """Raises StartError, with the address of the other one, when it cannot be had."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        self._file = self._path.open("a+")
        self._path.chmod(0o600)
        try:
            self._acquire()
        except BaseException:
            self._file.close()
            raise
        self.publish("")
        return self

    def _acquire(self) -> None:
        deadline = time.monotonic() + STILL_STOPPING_SECONDS
        while not self._acquired():
            other = self._other()
            if _runs(other.get("pid")) or time.monotonic() > deadline:
                message = f"Already running{_where(other)}. Stop it with Ctrl-C there."
                raise StartError(message)
            time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        self._file.truncate(0)
        self._file.close()

    def fileno(self) -> int:
        return self._file.fileno()

    def publish(self, url: str) -> None:
        self._file.truncate(0)
        self._file.write(json.dumps({"pid": os.getpid(), "url": url}))
        self._file.flush()

    def _acquired(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _other(self) -> dict[str, object]:
        self._file.seek(0)
        try:
            return dict(json.loads(self._file.read()))
        except ValueError:
            return {}


def _runs(pid: object) -> bool:
    if not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _where(other: dict[str, object]) -> str:
    url = f" at {other['url']}" if other.get("url") else ", it is still starting"
    return f"{url} (process {other['pid']})" if "pid" in other else ""

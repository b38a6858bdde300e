"""One running program: its own process group, its log, and a certain end."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from opspanel import env
from opspanel.embedded import reaper
from opspanel.embedded.program import Program, StartError

# The shell tells the reaper its process group before it becomes the program, so that
# no moment exists in which a killed parent leaves an unknown child.
REGISTER = 'echo "+ $$ $0"; exec "$@" >&2'
TELLING = re.compile(r"(?!LINE \d+:).*\w")


class Reaper:
    """Kills every registered process group when this process is gone."""

    def __init__(self, *, hold: int | None = None) -> None:
        """`hold` is a file descriptor (of a lock) to keep open until all is killed."""
        self._hold = () if hold is None else (hold,)
        self._process = self._begin()

    def _begin(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", reaper.__file__],
            stdin=subprocess.PIPE,
            pass_fds=self._hold,
            start_new_session=True,
        )

    def gone(self) -> bool:
        return self._process.poll() is not None

    def begin_again(self, children: Iterable["Child"]) -> None:
        """Take over from a reaper that was killed."""
        with contextlib.suppress(BrokenPipeError):
            self.pipe.close()
        self._process = self._begin()
        for child in children:
            if child.exit_code() is None:
                self._write(f"+ {child.pid} {int(child.program.stop_signal)}\n")

    @property
    def pipe(self) -> IO[bytes]:
        if self._process.stdin is None:
            raise RuntimeError
        return self._process.stdin

    def forget(self, group: int) -> None:
        self._write(f"- {group}\n")

    def _write(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(self.pipe.fileno(), line.encode())

    def close(self) -> None:
        """Returns when nothing that was registered is left."""
        self.pipe.close()
        self._process.wait()


class Child:
    def __init__(self, program: Program, log: Path, reaper: Reaper) -> None:
        self.program = program
        self.log = log
        self.started = time.monotonic()
        self._reaper = reaper
        self._process = self._start()
        self._feed(program.stdin)

    def _start(self) -> subprocess.Popen[bytes]:
        number = str(int(self.program.stop_signal))
        with self.log.open("ab") as output:
            return subprocess.Popen(
                ["/bin/sh", "-c", REGISTER, number, *self.program.argv],
                stdin=subprocess.PIPE if self.program.stdin else subprocess.DEVNULL,
                stdout=self._reaper.pipe,
                stderr=output,
                env={**env.inherited(), **self.program.environment},
                start_new_session=True,
            )

    def _feed(self, text: str) -> None:
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError), self._process.stdin as stdin:
                stdin.write(text.encode())

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_code(self) -> int | None:
        """None while it runs. Takes what the program left in its group with it."""
        if self._process.returncode is None and _has_exited(self.pid):
            # Before the wait: until then nobody else can be given this group's id.
            self._signal_group()
            self._process.wait()
            self._reaper.forget(self.pid)
        return self._process.returncode

    def stop(self, *, deadline: float) -> None:
        """Ask, wait until the deadline (on the monotonic clock), then kill."""
        if self.exit_code() is None:
            os.kill(self.pid, self.program.stop_signal)
        while self.exit_code() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        self.kill()

    def kill(self) -> None:
        if self.exit_code() is None:
            self._signal_group()
            self._process.wait()
            self._reaper.forget(self.pid)

    def _signal_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def last_words(self) -> str:
        """The last line of the log that says something: Postgres quotes the statement
        after its error, and points at the place with a caret."""
        lines = self.log.read_text(errors="replace").splitlines()
        telling = [line for line in lines if TELLING.match(line)]
        return telling[-1].strip()[:300] if telling else "it said nothing"

    def require_alive(self) -> None:
        if (code := self.exit_code()) is not None:
            message = (
                f"{self.program.name} ended at once (exit code {code}): "
                f"{self.last_words()} (see {self.log})"
            )
            raise StartError(message)


def _has_exited(pid: int) -> bool:
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, pid, options) is not None

"""Runs the web server, and ends it without a request lost.

    python -m opspanel.serving granian ...

On SIGTERM the panel first says that it is not ready and asks each connection to end with
its next answer, so that proxies go elsewhere. OPSPANEL_DRAIN_SECONDS later the server
itself is told to end, and finishes what it has begun, but for what takes longer than
KILL_SECONDS. A second SIGTERM, and SIGINT, end the pause.
"""

import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from opspanel import env

type StartResponse = Callable[..., Any]
type Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


_MARK = env.leaving_mark()
# Twice what any request may take; granian alone would wait for a thread that hangs until
# it is killed itself. Its own variable or option says otherwise.
KILL_SECONDS = {"GRANIAN_WORKERS_KILL_TIMEOUT": "10"}


def is_leaving() -> bool:
    """Asked at each request: the server's own processes are told by a file, since a
    SIGTERM would end them at once."""
    return _MARK is not None and _MARK.exists()


def asks_to_leave(
    application: Application, leaving: Callable[[], bool] = is_leaving
) -> Application:
    """No answer keeps its connection open while the server leaves."""

    def served(
        environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        if not leaving():
            return application(environ, start_response)

        def start_last(
            status: str, headers: list[tuple[str, str]], *rest: object
        ) -> Any:
            return start_response(status, [*headers, ("Connection", "close")], *rest)

        return application(environ, start_last)

    return served


def _leave(mark: Path) -> None:
    """Without a mark the pause is for nothing, but the server ends all the same."""
    with suppress(OSError):
        mark.parent.mkdir(exist_ok=True)  # who tidies /tmp may have been there
        mark.touch()


def run(argv: Sequence[str], drain_seconds: float) -> int:
    """The exit code of the program, a Python module with its arguments."""
    said: SimpleQueue[int] = SimpleQueue()
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, lambda number, _: said.put(number))
    with tempfile.TemporaryDirectory(prefix="opspanel-") as folder:
        mark = Path(folder) / "leaving"
        given = KILL_SECONDS | env.inherited() | {env.LEAVING_MARK: str(mark)}
        process = subprocess.Popen([sys.executable, "-m", *argv], env=given)  # noqa: S603
        # No number of a signal: it has ended by itself.
        ended = threading.Thread(target=lambda: said.put(-abs(process.wait())))
        ended.start()
        while (number := said.get()) == signal.SIGHUP:
            # It begins anew, with the code as it is now.
            process.send_signal(signal.SIGHUP)
        if number == signal.SIGTERM:
            _leave(mark)
            with suppress(Empty):
                said.get(timeout=drain_seconds)
        process.terminate()
        while process.poll() is None:
            # Who is told once more while requests end has no patience left.
            if said.get() > 0:
                process.kill()
        code = process.returncode
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], env.drain_seconds()))

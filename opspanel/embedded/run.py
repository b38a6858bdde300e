"""The life of `manage.py up`: one at a time, start, tend until told to stop, stop."""

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from opspanel import env
from opspanel.embedded.only_one import OnlyOne
from opspanel.embedded.private_file import write_private_json
from opspanel.embedded.stack import Stack, WebAddress
from opspanel.embedded.supervisor import Supervisor

TEND_SECONDS = 0.25

Say = Callable[[str], None]


class Stopped(BaseException):
    """A signal asked for the end. Not an Exception: nobody may swallow it."""


@dataclass(frozen=True, slots=True)
class Request:
    folder: Path
    web: WebAddress
    ready_file: Path | None


def run(request: Request, say: Say) -> None:
    """Returns after a stop that was asked for. Raises StartError and OSError."""
    request.folder.mkdir(parents=True, exist_ok=True)
    with OnlyOne(request.folder / "lock") as lock:
        withdraw(request)  # what an earlier run left that was killed
        env.address_book.cache_clear()
        supervisor = Supervisor(request.folder / "logs", say, hold=lock.fileno())
        with ended_by_signals(), stopping(supervisor, request, say):
            stack = Stack(request.folder, supervisor, say)
            began = time.monotonic()
            say("Starting the servers ...")
            stack.start(request.web)
            lock.publish(stack.url)
            announce(stack, request, say, time.monotonic() - began)
            tend(supervisor)


def announce(stack: Stack, request: Request, say: Say, seconds: float) -> None:
    if request.ready_file is not None:
        write_private_json(request.ready_file, stack.ready())
    say(f"\nReady after {seconds:.0f} s: {stack.url}/admin/ops/overview\n")
    for account in stack.accounts():
        say(f"  {account['role']:8} {account['username']:8} {account['password']}")
    say(f"\nLogs: {request.folder / 'logs'}    Stop: Ctrl-C")


def withdraw(request: Request) -> None:
    """The addresses of a run that is over are nobody's, or soon somebody else's."""
    for told in filter(None, (request.folder / "env.json", request.ready_file)):
        told.unlink(missing_ok=True)


def tend(supervisor: Supervisor) -> None:
    while True:
        supervisor.tend()
        time.sleep(TEND_SECONDS)


@contextlib.contextmanager
def stopping(supervisor: Supervisor, request: Request, say: Say) -> Iterator[None]:
    """Whatever happens inside, no program is left after it."""
    try:
        yield
    except Stopped:
        say("Stopping ...")
    finally:
        withdraw(request)
        supervisor.stop()
    say("Stopped.")


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """The first signal raises Stopped; later ones find the stop under way."""
    asked = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        if not asked.is_set():
            asked.set()
            raise Stopped

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

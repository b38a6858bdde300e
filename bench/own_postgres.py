"""A Postgres of the bench's own, which really writes to disk at each commit."""

import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from opspanel.embedded.postgres import create_database, postgres
from opspanel.embedded.program import Program
from opspanel.embedded.supervisor import Supervisor

CLIENTS = 16


@dataclass(frozen=True, slots=True)
class OwnPostgres:
    """`superuser`: the address of the panel's database for one who may do all."""

    folder: Path
    program: Program
    supervisor: Supervisor
    superuser: str

    def processes(self) -> list[int]:
        """The server, and after it all that it has started."""
        server = self.supervisor.pids()[self.program.name]
        try:
            children = Path(f"/proc/{server}/task/{server}/children").read_text()
        except FileNotFoundError:
            return [server]
        return [server, *map(int, children.split())]

    def cpu_seconds(self) -> float:
        """What it has used so far, with those of its processes that have ended."""
        server, *children = self.processes()
        ticks = sum(_ticks(server)) + sum(sum(_ticks(child)[:2]) for child in children)
        return ticks / os.sysconf("SC_CLK_TCK")

    def kill_all(self) -> None:
        """SIGKILL to every process at once; then it is started again and recovers."""
        self.kill_for_good()
        self.start()

    def kill_for_good(self) -> None:
        killed = self.processes()
        for process in killed:
            _kill(process)
        while _runs(killed[0]):
            self.supervisor.tend()  # so that it is waited for, and its number is free
        while any(map(_runs, killed)):
            time.sleep(0.01)

    def kill_one(self, place: int) -> None:
        """SIGKILL to one process: the server ends all others and recovers by itself."""
        children = self.processes()[1:]
        _kill(children[place % len(children)])
        while not self.program.answers():
            time.sleep(0.05)

    def start(self) -> None:
        self.supervisor.start(self.program)
        self.supervisor.await_answers()


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """Running, with an empty database of the panel; Django is set up to use it."""
    folder = Path(tempfile.mkdtemp(prefix="opspanel-bench-"))
    folder.chmod(0o711)  # root runs Postgres as another user, who must get in
    supervisor = Supervisor(folder / "logs", print)
    try:
        server = postgres(folder / "postgres", secrets.token_hex(16))
        own = OwnPostgres(folder, server.program, supervisor, server.url("opspanel"))
        own.start()
        _migrate(create_database(server, "opspanel", secrets.token_hex(16)))
        yield own
    finally:
        supervisor.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _migrate(url: str) -> None:
    # Before the settings are read, here and in the clients' processes.
    os.environ.update(
        DATABASE_URL=url,
        SECRET_KEY=secrets.token_hex(32),
        DJANGO_SETTINGS_MODULE="opspanel.settings",
    )
    prepare()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    connection.close()  # a forked client must not share it


def prepare() -> None:
    import django

    django.setup()


def clients(count: int = CLIENTS) -> ProcessPoolExecutor:
    """Processes that each write over a connection of their own."""
    return ProcessPoolExecutor(count, initializer=prepare)


def tell_the_chain() -> None:
    """Say how the audit trail is; raise where it is not whole."""
    from opspanel.audit.chain import verify

    verdict = verify([])
    print(verdict)
    assert verdict.whole


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):  # it may have just ended
        os.kill(process, signal.SIGKILL)


def _runs(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def _ticks(process: int) -> list[int]:
    """Of the process itself, then of its children that have ended."""
    try:
        line = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return [0, 0, 0, 0]  # it has just ended
    return [int(field) for field in line.rpartition(")")[2].split()[11:15]]

"""A Postgres of the bench's own, which really writes to disk at each commit."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from opspanel.embedded.postgres import create_database, postgres
from opspanel.embedded.supervisor import Supervisor

CLIENTS = 16


@contextmanager
def own_postgres() -> Iterator[Supervisor]:
    """Running, with an empty database of the panel; Django is set up to use it."""
    folder = Path(tempfile.mkdtemp(prefix="opspanel-bench-"))
    folder.chmod(0o711)  # root runs Postgres as another user, who must get in
    supervisor = Supervisor(folder / "logs", print)
    try:
        server = postgres(folder / "postgres", secrets.token_hex(16))
        supervisor.start(server.program)
        supervisor.await_answers()
        _migrate(create_database(server, "opspanel", secrets.token_hex(16)))
        yield supervisor
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


def processes(supervisor: Supervisor) -> list[int]:
    """The server, and after it all that it has started."""
    server = supervisor.pids()["postgres"]
    children = Path(f"/proc/{server}/task/{server}/children").read_text()
    return [server, *map(int, children.split())]


def cpu_seconds(supervisor: Supervisor) -> float:
    """What the server has used so far, with those of its processes that have ended."""
    server, *children = processes(supervisor)
    ticks = sum(_ticks(server)) + sum(sum(_ticks(child)[:2]) for child in children)
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(process: int) -> list[int]:
    """Of the process itself, then of its children that have ended."""
    try:
        line = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return [0, 0, 0, 0]  # it has just ended
    return [int(field) for field in line.rpartition(")")[2].split()[11:15]]

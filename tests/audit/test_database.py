"""Postgres refuses what the trail must not suffer, and quotes none of it."""

import json
import os
import secrets
import traceback
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction

from opspanel.audit import Actor, AuditError, Result, Target
from opspanel.audit.event import Event
from opspanel.audit.store import append
from opspanel.models import AuditEvent

COLUMNS = (
    "actor_label, actor_role, action, target_type, target_id, result, "
    "correlation_id, metadata, user_agent"
)
VALUES = "'x', 'x', 'test.act', 'test', '', 'success', '', '{}', ''"
INSERT = f"INSERT INTO ops_auditevent ({COLUMNS}) VALUES ({VALUES})"  # noqa: S608 - both are written above


def server_log():
    folder = Path(os.environ["OPSPANEL_RUN_DIR"])  # noqa: TID251 - the tests' servers
    return (folder / "logs" / "postgres.log").read_text()


def test_the_panels_role_can_write_and_read(app):
    """The printed rights are enough for the work."""
    seq = app.execute(f"{INSERT} RETURNING seq").fetchone()[0]
    found = app.execute("SELECT hash FROM ops_auditevent WHERE seq = %s", [seq])
    assert len(found.fetchone()[0]) == 32


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ops_auditevent SET actor_label = 'y'",
        "UPDATE ops_auditevent SET actor_label = 'y' WHERE false",
        "DELETE FROM ops_auditevent",
        "TRUNCATE ops_auditevent",
        f"{INSERT} ON CONFLICT (seq) DO UPDATE SET actor_label = 'y'",
        "INSERT INTO ops_auditevent (seq) VALUES (1)",
        "INSERT INTO ops_auditevent (hash) VALUES ('x')",
        "UPDATE ops_audithead SET seq = 0",
        "DELETE FROM ops_audithead",
        "DELETE FROM ops_auditanchor",
        "UPDATE ops_auditanchor SET seq = 1",
        "TRUNCATE ops_auditanchor",
        "ALTER TABLE ops_auditevent DISABLE TRIGGER ALL",
        "DROP TABLE ops_auditevent",
        "SET session_replication_role = replica",
        "CREATE TRIGGER mine BEFORE INSERT ON ops_auditevent EXECUTE FUNCTION now()",
    ],
)
def test_the_panels_role_cannot_change_it(app, statement):
    """Whoever breaks into the panel cannot take back what is written."""
    app.execute(INSERT)
    with pytest.raises(
        (psycopg.errors.InsufficientPrivilege, psycopg.ProgrammingError)
    ):
        app.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ops_auditevent SET actor_label = 'y'",
        "DELETE FROM ops_auditevent",
        "TRUNCATE ops_auditevent",
        "DELETE FROM ops_audithead",
        "DELETE FROM ops_auditanchor",
    ],
)
@pytest.mark.parametrize("replica", [False, True])
def test_even_a_superuser_has_to_disarm_it_first(db, statement, replica):
    """Nothing is lost by a slip, nor by a session that skips ordinary triggers."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT)
        if replica:
            cursor.execute("SET LOCAL session_replication_role = replica")
        with pytest.raises(Exception, match="only grows"):
            cursor.execute(statement)


def test_nobody_chooses_their_own_link(db):
    """Number, time and hashes are Postgres's, whatever an owner sends."""
    with connection.cursor() as cursor:
        mine = INSERT.replace(
            "(actor_label", "(seq, created_at, prev_hash, actor_label"
        )
        mine = mine.replace("VALUES (", "VALUES (999999, '2000-01-01', 'x', ")
        cursor.execute(f"{mine} RETURNING seq")
        row = AuditEvent.objects.get(seq=cursor.fetchone()[0])
    assert row.seq < 999999
    assert row.created_at.year > 2000
    assert len(row.hash) == 32


def illegal_documents(canary):
    """What only the database is there to refuse, once Python is passed by."""
    yield {"password": canary}
    yield {"reason": [canary]}
    yield {"reason": {"reason": canary}}
    yield {"reason": f"{canary}\n"}
    yield {"reason": f"{canary}\u202e"}
    yield {"reason": canary + "x" * 200}
    yield {"reason": canary, "old_value": 10**4090}
    yield [canary]
    yield canary


def event(metadata):
    actor = Actor(None, "x", "x")
    return Event("test.act", Target("test"), actor, Result.SUCCESS, metadata)


def test_what_it_refuses_is_nowhere(db):
    """Neither the exception nor the server's log quotes a refused row, though the role
    of this connection has none of the settings that would silence the log."""
    canary = f"canary{secrets.token_hex(16)}"
    for document in illegal_documents(canary):
        with pytest.raises(AuditError) as caught, transaction.atomic():
            append(event(json.dumps(document)), connection)
        assert canary not in "".join(traceback.format_exception(caught.value))
        assert caught.value.__context__ is None
        assert caught.value.__cause__ is None
    assert canary not in server_log()
    assert not AuditEvent.objects.filter(metadata__icontains=canary).exists()


def test_the_panels_role_leaves_no_refused_value_in_the_log(app):
    """Also a statement with the value written into it goes unlogged for that role."""
    canary, marker = secrets.token_hex(16), secrets.token_hex(8)
    refused = INSERT.replace("'{}'", f"""'{{"password": "{canary}"}}'""")
    with pytest.raises(psycopg.errors.CheckViolation):
        app.execute(refused)
    with pytest.raises(psycopg.errors.CheckViolation):
        app.execute(INSERT.replace("'x', 'x'", f"'{canary * 9}', 'x'"))
    with pytest.raises(psycopg.DataError):
        app.execute(INSERT.replace("'{}'", f"'{{{canary}'"))
    with pytest.raises(psycopg.errors.UndefinedColumn):
        app.execute(f"SELECT not_there_{marker}")
    assert marker in server_log()
    assert canary not in server_log()

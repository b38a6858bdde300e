"""The tables, and what the panel's role may read of them."""

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

from opspanel.demo import schema

PASSWORD = "of-the-tests"
FORBIDDEN = (
    ("node_tasks", "params"),
    ("node_tasks", "signature"),
    ("node_tasks", "result"),
    ("outbox_events", "envelope"),
    ("outbox_events", "last_error"),
)


@pytest.fixture
def reader(postgres_url):
    """A connection as the panel makes it, after a second preparation."""
    schema.prepare(postgres_url, "an earlier one")
    schema.prepare(postgres_url, PASSWORD)
    address = make_conninfo(postgres_url, user=schema.READER, password=PASSWORD)
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize(("table", "column"), FORBIDDEN)
def test_columns_that_can_hold_secrets_are_closed(reader, table, column):
    """Postgres itself refuses the panel each column that may carry a secret."""
    with pytest.raises(errors.InsufficientPrivilege):
        reader.execute(
            sql.SQL("SELECT {} FROM {}").format(
                sql.Identifier(column), sql.Identifier(table)
            )
        )


def test_what_the_panel_counts_is_open(reader):
    """The panel can count by status and age, and nothing else is needed for that."""
    reader.execute("SELECT node_id, task_type, status, created_at FROM node_tasks")
    reader.execute("SELECT count(*), min(created_at) FROM outbox_events")


def test_the_reader_cannot_write(reader):
    """Even with its read-only setting undone the role may change nothing."""
    reader.execute("SET default_transaction_read_only = off")
    with pytest.raises(errors.InsufficientPrivilege):
        reader.execute("DELETE FROM node_tasks")


def test_the_reader_is_cut_off_when_slow(reader):
    """Statements of the panel end after a second and a half."""
    with pytest.raises(errors.QueryCanceled):
        reader.execute("SELECT pg_sleep(5)")


def test_the_reader_has_few_connections(reader):
    """The panel cannot exhaust the platform's connections."""
    limit = "SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user"
    assert reader.execute(limit).fetchone() == (10,)


def test_open_tasks_are_found_by_index(reader, postgres_url):
    """Counting open tasks does not depend on how many are done."""
    wanted = {
        "node_tasks_open",
        "node_tasks_in_flight",
        "outbox_events_pending",
        "outbox_events_failed",
    }
    with psycopg.connect(postgres_url) as connection:
        rows = connection.execute("SELECT indexname FROM pg_indexes").fetchall()
    assert wanted <= {name for (name,) in rows}

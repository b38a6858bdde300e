"""Tables of the demo platform, and the role by which the panel may read them."""

from importlib.resources import files

import psycopg
from psycopg import sql

READER = "opspanel_reader"

# What the panel needs, and nothing that can carry a secret: never params, signature,
# result, envelope or last_error.
READABLE = {
    "node_tasks": (
        "node_id",
        "task_type",
        "status",
        "created_at",
        "dispatched_at",
        "completed_at",
    ),
    "outbox_events": ("status", "attempt_count", "created_at", "published_at"),
}

# Seat belts only: a session may change them. The GRANTs above are the wall.
READER_SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "1500ms",
    "lock_timeout": "250ms",
    "idle_in_transaction_session_timeout": "5s",
    "work_mem": "16MB",
    "max_parallel_workers_per_gather": "0",
    "search_path": "public",
}
TRANSACTION_TIMEOUT_SINCE = 170000


def prepare(database_url: str, reader_password: str) -> None:
    """Create what is missing in the platform's database. May be called again.

    Needs a user who may create tables and roles. Raises psycopg.Error.
    """
    with psycopg.connect(database_url) as connection:
        # Two at once would trip over each other's half-made tables and role.
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('opspanel.demo'))")
        schema = files("opspanel.demo").joinpath("schema.sql").read_bytes()
        connection.execute(schema)
        _prepare_reader(connection, reader_password)


def _prepare_reader(connection: psycopg.Connection, password: str) -> None:
    role = sql.Identifier(READER)
    known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [READER])
    if known.fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(role))
    # Encrypted here, so that the server's log never holds the password.
    secret = connection.pgconn.encrypt_password(
        password.encode(), READER.encode(), b"scram-sha-256"
    ).decode()
    connection.execute(
        sql.SQL("ALTER ROLE {} LOGIN CONNECTION LIMIT 10 PASSWORD {}").format(
            role, secret
        )
    )
    for name, value in _settings(connection).items():
        statement = sql.SQL("ALTER ROLE {} SET {} = {}")
        connection.execute(statement.format(role, sql.Identifier(name), value))
    _grant(connection, role)


def _settings(connection: psycopg.Connection) -> dict[str, str]:
    if connection.info.server_version < TRANSACTION_TIMEOUT_SINCE:
        return READER_SETTINGS
    return READER_SETTINGS | {"transaction_timeout": "3s"}


def _grant(connection: psycopg.Connection, role: sql.Identifier) -> None:
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
    for table, columns in READABLE.items():
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        name = sql.Identifier(table)
        connection.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(name, role))
        connection.execute(
            sql.SQL("GRANT SELECT ({}) ON {} TO {}").format(names, name, role)
        )

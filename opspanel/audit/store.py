"""The one INSERT. What Postgres refuses is quoted nowhere."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from opspanel.audit.errors import AuditBusyError, AuditError, AuditRefusedError
from opspanel.audit.event import Event

_APPEND = """
INSERT INTO ops_auditevent (actor_user_id, actor_label, actor_role, action, target_type,
  target_id, result, correlation_id, metadata, actor_ip, user_agent)
VALUES (%(actor_user_id)s, %(actor_label)s, %(actor_role)s, %(action)s, %(target_type)s,
  %(target_id)s, %(result)s, %(correlation_id)s, %(metadata)s::jsonb,
  %(actor_ip)s::inet, %(user_agent)s)
RETURNING seq
"""


def append(event: Event, using: BaseDatabaseWrapper) -> int:
    """The new row's number. Raises AuditBusyError and AuditRefusedError."""
    using.ensure_connection()
    seq, failure = _try_append(event, using)
    if failure is not None:
        # Raised here and not in the handler: an exception keeps the one that it
        # replaces, and that one's DETAIL holds the row.
        using.needs_rollback = using.in_atomic_block
        raise failure
    return seq


def _try_append(
    event: Event, using: BaseDatabaseWrapper
) -> tuple[int, AuditError | None]:
    # Not Django's cursor: that one writes the values into the statement, and Postgres
    # logs the statement of an error.
    with using.wrap_database_errors, psycopg.Cursor(using.connection) as cursor:
        try:
            found = cursor.execute(_APPEND, event.row()).fetchone()
        except (psycopg.IntegrityError, psycopg.DataError):
            return 0, AuditRefusedError()
        except psycopg.errors.LockNotAvailable:
            return 0, AuditBusyError()
    return (found[0] if found else 0), None


@contextmanager
def own_transaction() -> Iterator[BaseDatabaseWrapper]:
    """A transaction that no rollback around it can undo.

    Inside another one it needs a second connection. If that other one has recorded
    something already, it holds the trail's end, and this one ends as busy.
    """
    if _inside_another():
        other = connection.copy()
        try:
            yield other
        finally:
            other.close()
    else:
        with transaction.atomic():
            yield connection


def _inside_another() -> bool:
    try:
        # Django's own notion; it leaves out the block that a test case puts around.
        with transaction.atomic(durable=True):
            return False
    except RuntimeError:
        return True

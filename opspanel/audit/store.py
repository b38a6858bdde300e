"""The one INSERT, and the transactions around it. What Postgres refuses is quoted
nowhere."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from opspanel.audit.errors import AuditBusyError, AuditError, AuditRefusedError
from opspanel.audit.event import Event
from opspanel.database.together import Closing, ClosingRefusedError
from opspanel.tracing import span

_APPEND = """
INSERT INTO ops_auditevent (actor_user_id, actor_label, actor_role, action, target_type,
  target_id, result, correlation_id, metadata, actor_ip, user_agent)
VALUES (%(actor_user_id)s, %(actor_label)s, %(actor_role)s, %(action)s, %(target_type)s,
  %(target_id)s, %(result)s, %(correlation_id)s, %(metadata)s::jsonb,
  %(actor_ip)s::inet, %(user_agent)s)
"""


def append(event: Event, using: BaseDatabaseWrapper) -> None:
    """At once, or with the COMMIT of an `audited` transaction.

    Raises AuditBusyError and AuditRefusedError.
    """
    with span("audit.write", {"action": event.action, "result": event.result}):
        _append(event, using)


def _append(event: Event, using: BaseDatabaseWrapper) -> None:
    closing: Closing | None = getattr(using, "closing", None)
    if closing is not None and not using.savepoint_ids:
        closing.add(_APPEND, event.row())
        return
    using.ensure_connection()
    failure = _try_append(event, using)
    if failure is not None:
        # Raised here and not in the handler: an exception keeps the one that it
        # replaces, and that one's DETAIL holds the row.
        using.needs_rollback = using.in_atomic_block
        raise failure


def _try_append(event: Event, using: BaseDatabaseWrapper) -> AuditError | None:
    # Not Django's cursor: that one writes the values into the statement, and Postgres
    # logs the statement of an error.
    with using.wrap_database_errors, psycopg.Cursor(using.connection) as cursor:
        try:
            cursor.execute(_APPEND, event.row())
        except (psycopg.IntegrityError, psycopg.DataError):
            return AuditRefusedError()
        except psycopg.errors.LockNotAvailable:
            return AuditBusyError()
    return None


@contextmanager
def audited() -> Iterator[None]:
    """A transaction whose acts are written down together with its COMMIT.

    From the audit row to the COMMIT all other audited acts wait; so only the server
    works there, and nobody waits for a client to get its turn. What `record` raises is
    raised at the end. Within another transaction this is a part of that one.
    """
    with span("domain.call"), _audited():
        yield


@contextmanager
def _audited() -> Iterator[None]:
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    failure: AuditError | None = None
    try:
        with transaction.atomic():
            connection.closing = Closing()  # type: ignore[attr-defined]
            yield
    except ClosingRefusedError as refused:
        failure = AuditBusyError() if refused.busy else AuditRefusedError()
    finally:
        connection.closing = None  # type: ignore[attr-defined]
    if failure is not None:
        raise failure


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
        with audited():
            yield connection


def _inside_another() -> bool:
    try:
        # Django's own notion; it leaves out the block that a test case puts around.
        with transaction.atomic(durable=True):
            return False
    except RuntimeError:
        return True

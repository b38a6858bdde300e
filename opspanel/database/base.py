"""Django's Postgres backend, with an end to every wait of a request or a pass.

A frozen server still acknowledges packets, and its statement_timeout is frozen with
it: only a deadline on our side ends such a wait. Commands of manage.py have none, as
a migration may take its time.
"""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import psycopg
from django.db import OperationalError
from django.db.backends.postgresql import base
from django.db.backends.utils import debug_transaction
from django.db.utils import DatabaseErrorWrapper
from psycopg import IsolationLevel
from psycopg.errors import ReadOnlySqlTransaction
from psycopg.pq import TransactionStatus

from opspanel.database.together import Closing

# After a wait that came to nothing, nobody else starts one for so long: else every
# thread would hang on the same frozen server, and none be left to say so.
REST_SECONDS = 1.0
_TAKES_STATEMENTS = {TransactionStatus.IDLE, TransactionStatus.INTRANS}
# Of servers that speak another language it is only known that they do not answer.
_NONE_LEFT = ("too many clients", "remaining connection slots", "too many connections")
NO_ANSWER = "the database did not answer in time"


@dataclass(slots=True)
class _Patience:
    """How long waits may still take together."""

    seconds: float


_patience: ContextVar[_Patience | None] = ContextVar("database_patience", default=None)


@contextmanager
def database_answers_within(seconds: float) -> Iterator[None]:
    """All waits in here together take no longer, but for a connect that has begun.

    Only waits count: on a busy machine a password takes its time to hash, and that is
    no fault of the database.
    """
    outer = _patience.get()
    given = seconds if outer is None else min(seconds, outer.seconds)
    patience = _Patience(given)
    token = _patience.set(patience)
    try:
        yield
    finally:
        _patience.reset(token)
        if outer is not None:
            outer.seconds -= given - patience.seconds


class BoundedConnection(psycopg.Connection[Any]):
    """Is closed, and raises OperationalError, when patience ends."""

    def wait(
        self, gen: Any, interval: float = 0.1, timeout: float | None = None
    ) -> Any:
        patience = _patience.get()
        if patience is None:
            return super().wait(gen, interval, timeout)
        began = time.monotonic()
        try:
            return super().wait(gen, interval, max(patience.seconds, 0))
        except psycopg.Error:
            if time.monotonic() < began + patience.seconds:
                raise
        finally:
            patience.seconds -= time.monotonic() - began
        self.pgconn.finish()
        raise psycopg.OperationalError(NO_ANSWER)


class _Errors(DatabaseErrorWrapper):
    def __init__(self, wrapper: "DatabaseWrapper") -> None:
        super().__init__(wrapper)
        self._connection = wrapper

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        """A database that only reads is away for who writes, and no fault of ours as
        the InternalError that Django makes of it."""
        if not isinstance(exc_value, ReadOnlySqlTransaction):
            super().__exit__(exc_type, exc_value, traceback)
            return
        # Somebody else may be the primary by now: the next request looks for it.
        self._connection.close_at = time.monotonic()
        raise OperationalError(*exc_value.args) from exc_value


class DatabaseWrapper(base.DatabaseWrapper):
    rest_until = 0.0
    # Of the running transaction, where it has some.
    closing: Closing | None = None

    @cached_property
    def wrap_database_errors(self) -> DatabaseErrorWrapper:
        return _Errors(self)

    def is_usable(self) -> bool:
        """A server that went away has closed the connection, which can be seen without
        asking it; asking takes a third of what a page waits for the database."""
        return _is_silent(self.connection) or super().is_usable()

    def get_new_connection(self, conn_params: dict[str, Any]) -> BoundedConnection:
        """Raise at once while the server is known not to answer."""
        bounded = _patience.get() is not None
        if bounded and time.monotonic() < DatabaseWrapper.rest_until:
            raise psycopg.OperationalError(NO_ANSWER)
        self.isolation_level = IsolationLevel.READ_COMMITTED
        try:
            return BoundedConnection.connect(**conn_params)
        except psycopg.OperationalError as error:
            if isinstance(error, psycopg.errors.ConnectionTimeout):
                DatabaseWrapper.rest_until = time.monotonic() + REST_SECONDS
            raise _refused(error) from None

    def prepared_cursor(self) -> Any:
        """Like `cursor()`, of psycopg's that has Postgres plan a statement once for the
        connection, after five times, and not each time: for what every page asks. With
        several tables, planning is most of what a small statement costs.
        """
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            cursor = psycopg.Cursor(self.connection)
            return self._prepare_cursor(cursor)  # type: ignore[attr-defined]  # as _commit

    def _commit(self) -> None:
        if self.connection is None or not self.closing:
            super()._commit()  # type: ignore[misc]  # the stubs leave it out
            return
        with debug_transaction(self, "COMMIT"), self.wrap_database_errors:
            self.closing.commit(self.connection)


def _refused(error: psycopg.OperationalError) -> psycopg.OperationalError:
    """Without the connection that was not made: it holds the password and all settings,
    which made a line of 30 KB in the log. A refusal has no SQLSTATE of its own."""
    told = str(error)
    full = any(words in told for words in _NONE_LEFT)
    kind = psycopg.errors.TooManyConnections if full else type(error)
    return kind(told)


def _is_silent(connection: psycopg.Connection[Any]) -> bool:
    """Between statements a server says nothing, unless it is to end the connection. One
    with a failed transaction, or closed on our side, takes no statement either."""
    if connection.info.transaction_status not in _TAKES_STATEMENTS:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)

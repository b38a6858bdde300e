"""Django's Postgres backend, with an end to every wait of a request or a pass.

A frozen server still acknowledges packets, and its statement_timeout is frozen with
it: only a deadline on our side ends such a wait. Commands of manage.py have none, as
a migration may take its time.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg import IsolationLevel

# After a wait that came to nothing, nobody else starts one for so long: else every
# thread would hang on the same frozen server, and none be left to say so.
REST_SECONDS = 1.0
NO_ANSWER = "the database did not answer in time"

_ends_at: ContextVar[float | None] = ContextVar("database_ends_at", default=None)


@contextmanager
def database_answers_within(seconds: float) -> Iterator[None]:
    """All waits in here together take no longer, but for a connect that has begun."""
    ends_at, outer = time.monotonic() + seconds, _ends_at.get()
    token = _ends_at.set(ends_at if outer is None else min(outer, ends_at))
    try:
        yield
    finally:
        _ends_at.reset(token)


class BoundedConnection(psycopg.Connection[Any]):
    """Is closed, and raises OperationalError, when the deadline passes."""

    def wait(
        self, gen: Any, interval: float = 0.1, timeout: float | None = None
    ) -> Any:
        ends_at = _ends_at.get()
        if ends_at is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, max(ends_at - time.monotonic(), 0))
        except psycopg.Error:
            if time.monotonic() < ends_at:
                raise
        self.pgconn.finish()
        raise psycopg.OperationalError(NO_ANSWER)


class DatabaseWrapper(base.DatabaseWrapper):
    rest_until = 0.0

    def get_new_connection(self, conn_params: dict[str, Any]) -> BoundedConnection:
        """Raise at once while the server is known not to answer."""
        bounded = _ends_at.get() is not None
        if bounded and time.monotonic() < DatabaseWrapper.rest_until:
            raise psycopg.OperationalError(NO_ANSWER)
        self.isolation_level = IsolationLevel.READ_COMMITTED
        try:
            return BoundedConnection.connect(**conn_params)
        except psycopg.errors.ConnectionTimeout:
            DatabaseWrapper.rest_until = time.monotonic() + REST_SECONDS
            raise

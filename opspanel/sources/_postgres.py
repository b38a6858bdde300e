"""A kept-open, read-only Postgres connection whose caller never hangs.

Each statement is its own transaction: a snapshot held open would keep vacuum from
cleaning a busy queue table. Grants are the wall against writes; the session settings
made here are the seat belt.
"""

import asyncio
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql

from opspanel.readings import Answer
from opspanel.sources._clock import utc_now
from opspanel.terms import FailureKind

type Row = tuple[Any, ...]
type Statement = sql.SQL | sql.Composed

LOCK_TIMEOUT_MS = 250
CLOCK = sql.SQL("SELECT clock_timestamp()")
# Set by statement, not by start-up options: those do not survive every pooler.
SETTINGS = sql.SQL(
    "SELECT set_config('default_transaction_read_only', 'on', false),"
    " set_config('statement_timeout', {statement_ms}, false),"
    " set_config('lock_timeout', {lock_ms}, false),"
    " set_config('timezone', 'UTC', false)"
)
KIND_BY_STATE = {
    "42501": FailureKind.AUTH,
    "55P03": FailureKind.TIMEOUT,  # lock_timeout
    "57014": FailureKind.TIMEOUT,  # statement_timeout
}
KIND_BY_CLASS = {
    "22": FailureKind.BAD_QUERY,  # e.g. a status that the column's enum lacks
    "28": FailureKind.AUTH,
    "3D": FailureKind.BAD_QUERY,
    "3F": FailureKind.BAD_QUERY,
    "42": FailureKind.BAD_QUERY,
}
# Some of them name the role as well.
FULL_WORDS = ("too many connections", "too many clients", "remaining connection slots")
AUTH_WORDS = ("authentication failed", "pg_hba.conf", "password supplied", 'role "')


class Session:
    """For one source, in one event loop, one pass at a time.

    `fetch` answers within the pass's total deadline even if the server is frozen; a
    connection that did not answer in time is cut, and the next pass makes a new one.
    """

    def __init__(self, url: str, *, deadline_seconds: float, max_rows: int) -> None:
        self._url = url
        self._deadline_seconds = deadline_seconds
        self._max_rows = max_rows
        self._connection: psycopg.AsyncConnection[Row] | None = None
        self._ends_at = 0.0
        self.statements = 0

    async def start_pass(self) -> Answer[tuple[datetime, float]]:
        """Give the database's clock, and by how many seconds it is ahead of ours."""
        self._ends_at = time.monotonic() + self._deadline_seconds
        self.statements = 0
        # The first statement may have to connect: compare clocks around a second one.
        ready = await self.fetch(CLOCK)
        if isinstance(ready, FailureKind):
            return ready
        before = utc_now()
        rows = await self.fetch(CLOCK)
        if isinstance(rows, FailureKind):
            return rows
        there = in_utc(rows[0][0])
        return there, (there - (before + (utc_now() - before) / 2)).total_seconds()

    async def figure[T](
        self, statement: Statement, parse: Callable[[list[Row]], Answer[T]]
    ) -> Answer[T]:
        """Run one statement; its failure is this figure's alone."""
        rows = await self.fetch(statement)
        if isinstance(rows, FailureKind):
            return rows
        try:
            return parse(rows)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return FailureKind.BAD_PAYLOAD

    async def fetch(self, statement: Statement) -> Answer[list[Row]]:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            return FailureKind.TIMEOUT
        task = asyncio.create_task(self._run(statement))
        try:
            await asyncio.wait({task}, timeout=left)
            if task.done():
                return task.result()
        finally:
            if not task.done():
                self._sever(task)
        await asyncio.wait({task}, timeout=0.1)
        return FailureKind.TIMEOUT

    async def aclose(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _run(self, statement: Statement) -> Answer[list[Row]]:
        kept = self._connection
        try:
            return await self._execute(statement)
        except Exception as error:  # noqa: BLE001  whatever it is, it must not travel on
            kind = failure_kind(error)
        if self._connection is None or not self._connection.closed:
            return kind
        self._connection = None
        # A connection that died while idle says nothing about the server now.
        return await self._run(statement) if kept else kind

    async def _execute(self, statement: Statement) -> Answer[list[Row]]:
        if self._connection is None:
            await self._connect()
        assert self._connection is not None  # noqa: S101  for the type checker
        self.statements += 1
        cursor = await self._connection.execute(statement)
        rows = await cursor.fetchmany(self._max_rows + 1)
        return rows if len(rows) <= self._max_rows else FailureKind.TOO_LARGE

    async def _connect(self) -> None:
        connection: psycopg.AsyncConnection[
            Row
        ] = await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            prepare_threshold=None,  # poolers in transaction mode lose prepared ones
            fallback_application_name="opspanel",
        )
        self._connection = connection
        # Half the deadline: one slow figure then leaves time for the others.
        statement_ms = str(int(self._deadline_seconds * 500))
        settings = SETTINGS.format(
            statement_ms=statement_ms, lock_ms=str(LOCK_TIMEOUT_MS)
        )
        try:
            await connection.execute(settings)
        except psycopg.Error:
            await connection.close()
            raise

    def _sever(self, task: asyncio.Task[Answer[list[Row]]]) -> None:
        """Make a pending statement end now.

        Cancelling it is no use: psycopg would first ask the frozen server to cancel,
        and wait. Closing the descriptor under the event loop is not safe either; a
        socket shut down on our side reads as end of file at once. An answer that had
        come by then is read before that end, so the connection is closed afterwards.
        """
        connection, self._connection = self._connection, None
        if connection is None or connection.closed:
            task.cancel()
            return
        with socket.socket(fileno=socket.dup(connection.fileno())) as twin:
            twin.shutdown(socket.SHUT_RDWR)
        task.add_done_callback(lambda _: connection.pgconn.finish())


def failure_kind(error: Exception) -> FailureKind:
    if isinstance(error, psycopg.errors.ConnectionTimeout):
        return FailureKind.TIMEOUT
    if isinstance(error, psycopg.Error) and error.sqlstate:
        by_class = KIND_BY_CLASS.get(error.sqlstate[:2], FailureKind.UNAVAILABLE)
        return KIND_BY_STATE.get(error.sqlstate, by_class)
    if isinstance(error, psycopg.OperationalError):
        return _connection_kind(str(error))
    return FailureKind.BAD_PAYLOAD


def _connection_kind(text: str) -> FailureKind:
    """Tell failed connections apart: libpq gives them no SQLSTATE, only words."""
    if any(words in text for words in FULL_WORDS):
        return FailureKind.UNAVAILABLE
    if any(words in text for words in AUTH_WORDS):
        return FailureKind.AUTH
    answered = "FATAL" in text or "closed the connection" in text
    return FailureKind.UNAVAILABLE if answered else FailureKind.REFUSED


def in_utc(value: datetime) -> datetime:
    """Read a column without time zone as UTC, as the session's time zone is."""
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def in_utc_or_none(value: datetime | None) -> datetime | None:
    return None if value is None else in_utc(value)


def literals(values: tuple[str, ...]) -> sql.Composed:
    """Write constants out: only then does the planner see that a partial index fits."""
    return sql.SQL(", ").join(map(sql.Literal, values))

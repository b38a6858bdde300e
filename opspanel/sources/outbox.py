"""The outbox table: events that wait for the relay, those it gave up, those it sent.

An event's contents (envelope) and the relay's last error are never selected.
"""

import time

from psycopg import sql

from opspanel.panel.config import PanelConfig
from opspanel.readings import OutboxReading, PendingEvents, SourceFailedError
from opspanel.sources._clock import utc_now
from opspanel.sources._postgres import Row, Session, in_utc_or_none
from opspanel.terms import FailureKind

PENDING = sql.SQL("""
SELECT count(*), count(*) FILTER (WHERE {attempts} > 0), min({created_at})
FROM {table} WHERE {status} = {pending}""")
FAILED = sql.SQL("SELECT count(*) FROM {table} WHERE {status} = {failed}")
# statement_timestamp(), not clock_timestamp(): only a fixed instant can use an index.
PUBLISHED = sql.SQL("""
SELECT count(*) FROM {table}
WHERE {published_at} > statement_timestamp() - make_interval(secs => {window})""")


class OutboxSource:
    """Keeps one connection open across passes of one event loop."""

    def __init__(self, url: str, panel: PanelConfig) -> None:
        self._config = panel.outbox
        self._session = Session(
            url,
            deadline_seconds=panel.collection.postgres_deadline_seconds,
            max_rows=panel.collection.max_series,
        )

    async def read(self) -> OutboxReading:
        """Raise SourceFailedError if the database does not answer at all."""
        observed_at, began = utc_now(), time.monotonic()
        clock = await self._session.start_pass()
        if isinstance(clock, FailureKind):
            raise SourceFailedError(clock)
        return OutboxReading(
            observed_at=observed_at,
            pending=await self._session.figure(self._fill(PENDING), pending_events),
            failed_rows=await self._session.figure(self._fill(FAILED), only_count),
            published_in_window=await self._session.figure(
                self._fill(PUBLISHED), only_count
            ),
            window_seconds=self._config.window_seconds,
            took_seconds=time.monotonic() - began,
            reads=self._session.statements,
        )

    async def aclose(self) -> None:
        await self._session.aclose()

    def _fill(self, template: sql.SQL) -> sql.Composed:
        config = self._config
        return template.format(
            table=sql.Identifier(config.db_schema, config.table),
            status=sql.Identifier(config.columns.status),
            attempts=sql.Identifier(config.columns.attempts),
            created_at=sql.Identifier(config.columns.created_at),
            published_at=sql.Identifier(config.columns.published_at),
            pending=config.pending,
            failed=config.failed,
            window=config.window_seconds,
        )


def pending_events(rows: list[Row]) -> PendingEvents:
    [(count, retrying, oldest_at)] = rows
    return PendingEvents(
        count=count, retrying=retrying, oldest_at=in_utc_or_none(oldest_at)
    )


def only_count(rows: list[Row]) -> int:
    [(count,)] = rows
    return int(count)

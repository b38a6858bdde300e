"""What watched signals need beyond the overview: queries of panel.toml, and how the
database of node_tasks fares. Asked once in five minutes, by no reader's page."""

import time

from psycopg import sql

from opspanel.panel.config import PanelConfig
from opspanel.readings import Answer, DatabaseReading, Sample, SourceFailedError
from opspanel.sources._clock import utc_now
from opspanel.sources._postgres import Row, Session
from opspanel.sources._prometheus_http import PrometheusAddress, open_client
from opspanel.sources._prometheus_pass import Pass
from opspanel.terms import FailureKind

# Autovacuum leaves small tables alone, however many of their rows are dead.
_FEW_ROWS = 10_000
# From the catalogue and from counters alone: as cheap with ten million rows as with ten.
_DATABASE = sql.SQL("""
SELECT (SELECT count(*) FROM pg_catalog.pg_stat_activity
        WHERE backend_type = 'client backend')::float8
     / (SELECT setting::float8 FROM pg_catalog.pg_settings
        WHERE name = 'max_connections'),
  pg_catalog.pg_total_relation_size(c.oid)::float8,
  coalesce(s.n_dead_tup, 0)::float8
    / greatest(coalesce(s.n_live_tup + s.n_dead_tup, 0), {few}),
  extract(epoch FROM clock_timestamp()
    - greatest(s.last_vacuum, s.last_autovacuum))::float8,
  (SELECT max(pg_catalog.age(backend_xmin)) FROM pg_catalog.pg_stat_activity)::float8
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
WHERE n.nspname = {schema} AND c.relname = {name} LIMIT 1""")


async def ask_prometheus(
    address: PrometheusAddress, panel: PanelConfig
) -> dict[str, Answer[tuple[Sample, ...]]]:
    """Samples by the id of their `[[watch]]`."""
    pieces = {each.id: each.query for each in panel.watch if each.query}
    if not pieces:
        return {}
    client = open_client(address)
    try:
        this = Pass(
            client,
            seconds=panel.watchlist.deadline_seconds,
            max_bytes=panel.collection.max_bytes,
            max_series=panel.collection.max_series,
        )
        return await this.instant(pieces)
    finally:
        await client.aclose()


async def ask_database(url: str, panel: PanelConfig) -> DatabaseReading:
    """Raise SourceFailedError if it does not answer, or knows no such table."""
    observed_at, began = utc_now(), time.monotonic()
    session = Session(
        url, deadline_seconds=panel.watchlist.deadline_seconds, max_rows=1
    )
    try:
        started = await session.start_pass()
        if isinstance(started, FailureKind):
            raise SourceFailedError(started)
        statement = _DATABASE.format(
            schema=sql.Literal(panel.node_tasks.db_schema),
            name=sql.Literal(panel.node_tasks.table),
            few=sql.Literal(_FEW_ROWS),
        )
        found = await session.figure(statement, _only)
    finally:
        await session.aclose()
    if isinstance(found, FailureKind):
        raise SourceFailedError(found)
    connections, table_bytes, dead_rows, unvacuumed, xmin_age = found
    return DatabaseReading(
        observed_at=observed_at,
        took_seconds=time.monotonic() - began,
        connections=connections,
        table_bytes=table_bytes,
        dead_rows=dead_rows,
        unvacuumed=unvacuumed,
        xmin_age=xmin_age,
    )


def _only(rows: list[Row]) -> Answer[Row]:
    return rows[0] if rows else FailureKind.BAD_QUERY

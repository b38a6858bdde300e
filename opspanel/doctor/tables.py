"""Are node_tasks and the outbox readable, cheap to read, and safe to read?"""

import asyncio
from collections.abc import Iterator
from dataclasses import fields

import psycopg

from opspanel.doctor.finding import Finding, fail, failed, note, ok
from opspanel.panel.config import NodeTasks, PanelConfig
from opspanel.readings import NodeTasksReading, OutboxReading, SourceFailedError
from opspanel.sources.node_tasks import NodeTasksSource
from opspanel.sources.outbox import OutboxSource
from opspanel.terms import FailureKind

_INDEXED = """
SELECT count(*) FROM pg_index i
JOIN pg_attribute a ON a.attrelid = i.indexrelid AND a.attnum = 1
WHERE i.indrelid = to_regclass(%s) AND a.attname = %s AND i.indisvalid
"""

_SENSITIVE_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = %s AND table_name = %s
AND column_name IN ('params', 'signature', 'result', 'envelope', 'last_error')
"""


def examine(url: str | None, panel: PanelConfig) -> Iterator[Finding]:
    if url is None:
        yield failed("node_tasks", FailureKind.UNCONFIGURED)
        return
    try:
        node_tasks, outbox = asyncio.run(_read(url, panel))
    except SourceFailedError as error:
        yield failed("node_tasks", error.kind)
        return
    yield from _figures("node_tasks", node_tasks)
    yield from _figures("outbox", outbox)
    yield from _clock(node_tasks, panel)
    yield from _catalogue(url, panel)


async def _read(url: str, panel: PanelConfig) -> tuple[NodeTasksReading, OutboxReading]:
    node_tasks, outbox = NodeTasksSource(url, panel), OutboxSource(url, panel)
    try:
        return await node_tasks.read(), await outbox.read()
    finally:
        await node_tasks.aclose()
        await outbox.aclose()


def _figures(name: str, reading: NodeTasksReading | OutboxReading) -> Iterator[Finding]:
    broken = 0
    for field in fields(reading):
        answer = getattr(reading, field.name)
        if isinstance(answer, FailureKind):
            broken += 1
            yield failed(f"{name} {field.name}", answer)
    if not broken:
        yield ok(name, f"answers in {reading.took_seconds * 1000:.0f} ms.")


def _clock(reading: NodeTasksReading, panel: PanelConfig) -> Iterator[Finding]:
    if abs(reading.skew_seconds) > panel.thresholds.clock_skew_seconds:
        text = f"its clock is {reading.skew_seconds:+.0f} s from this machine's."
        yield fail("node_tasks clock", text, "synchronise both clocks")


def _catalogue(url: str, panel: PanelConfig) -> Iterator[Finding]:
    try:
        with psycopg.connect(url, connect_timeout=3, autocommit=True) as connection:
            yield from _indexes(connection, panel.node_tasks)
            yield from _readable_secrets(connection, panel)
    except psycopg.Error:
        yield note("node_tasks", "its catalogue could not be read.", "see its log")


def _indexes(
    connection: psycopg.Connection[tuple[object, ...]], table: NodeTasks
) -> Iterator[Finding]:
    name = f'"{table.db_schema}"."{table.table}"'
    for column in (table.columns.status, table.columns.finished_at):
        row = connection.execute(_INDEXED, [name, column]).fetchone()
        if not row or not row[0]:
            text = f"no index begins with {column}: reads scan the table."
            cure = "make the partial indexes of docs/operations.md"
            yield note(f"index {table.table}.{column}", text, cure)


def _readable_secrets(
    connection: psycopg.Connection[tuple[object, ...]], panel: PanelConfig
) -> Iterator[Finding]:
    for table in (panel.node_tasks, panel.outbox):
        rows = connection.execute(
            _SENSITIVE_COLUMNS, [table.db_schema, table.table]
        ).fetchall()
        if rows:
            columns = ", ".join(str(row[0]) for row in rows)
            text = f"the panel's role may read {columns}; it never does."
            cure = "grant SELECT on the columns of docs/operations.md only"
            yield note(f"grants {table.table}", text, cure)

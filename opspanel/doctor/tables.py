"""Are node_tasks and the outbox readable, cheap to read, and safe to read?"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields

import psycopg

from opspanel.doctor.finding import Finding, fail, failed, note, ok
from opspanel.panel.config import PanelConfig
from opspanel.panel.queues import NodeTasks, Outbox
from opspanel.readings import NodeTasksReading, OutboxReading, SourceFailedError
from opspanel.sources.node_tasks import NodeTasksSource
from opspanel.sources.outbox import OutboxSource
from opspanel.terms import FailureKind, Source

type _Tables = NodeTasksSource | OutboxSource

_SOURCES: dict[Source, Callable[[str, PanelConfig], _Tables]] = {
    Source.NODE_TASKS: NodeTasksSource,
    Source.OUTBOX: OutboxSource,
}

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


def examine(
    url: str | None, panel: PanelConfig, kinds: Sequence[Source] = tuple(_SOURCES)
) -> Iterator[Finding]:
    """One database, in which the tables of those `kinds` are."""
    if url is None:
        yield failed(kinds[0], FailureKind.UNCONFIGURED)
        return
    try:
        readings = [asyncio.run(_read(_SOURCES[kind](url, panel))) for kind in kinds]
    except SourceFailedError as error:
        yield failed(kinds[0], error.kind)
        return
    for kind, reading in zip(kinds, readings, strict=True):
        yield from _figures(kind, reading)
        if isinstance(reading, NodeTasksReading):
            yield from _clock(reading, panel)
    yield from _catalogue(url, panel, kinds)


async def _read(source: _Tables) -> NodeTasksReading | OutboxReading:
    try:
        return await source.read()
    finally:
        await source.aclose()


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


def _catalogue(
    url: str, panel: PanelConfig, kinds: Sequence[Source]
) -> Iterator[Finding]:
    tables: dict[Source, NodeTasks | Outbox] = {
        Source.NODE_TASKS: panel.node_tasks,
        Source.OUTBOX: panel.outbox,
    }
    try:
        with psycopg.connect(url, connect_timeout=3, autocommit=True) as connection:
            if Source.NODE_TASKS in kinds:
                yield from _indexes(connection, panel.node_tasks)
            for kind in kinds:
                yield from _readable_secrets(connection, tables[kind])
    except psycopg.Error:
        yield note(kinds[0], "its catalogue could not be read.", "see its log")


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
    connection: psycopg.Connection[tuple[object, ...]], table: NodeTasks | Outbox
) -> Iterator[Finding]:
    rows = connection.execute(
        _SENSITIVE_COLUMNS, [table.db_schema, table.table]
    ).fetchall()
    if rows:
        columns = ", ".join(str(row[0]) for row in rows)
        text = f"the panel's role may read {columns}; it never does."
        cure = "grant SELECT on the columns of docs/operations.md only"
        yield note(f"grants {table.table}", text, cure)

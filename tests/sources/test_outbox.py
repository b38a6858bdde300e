from datetime import UTC, datetime

import pytest
from psycopg.conninfo import make_conninfo

from opspanel.panel.queues import Outbox
from opspanel.readings import SourceFailedError
from opspanel.sources.outbox import OutboxSource
from opspanel.terms import FailureKind

pytestmark = pytest.mark.anyio

TABLE = """
CREATE TABLE outbox_events (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), envelope jsonb, last_error text,
  status text NOT NULL, attempt_count int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  published_at timestamptz)"""


@pytest.fixture
async def events(database):
    await database.execute(TABLE)
    return database


@pytest.fixture
async def source(events, postgres_url, panel):
    outbox = Outbox(db_schema=events.schema, window_seconds=60)
    source = OutboxSource(postgres_url, panel.model_copy(update={"outbox": outbox}))
    yield source
    await source.aclose()


async def test_the_three_figures(source, events):
    """Waiting, given up and sent events are three figures of their own."""
    await events.execute("""
        INSERT INTO outbox_events (status, attempt_count, created_at, published_at)
        VALUES ('pending', 0, clock_timestamp() - interval '5 s', NULL),
               ('pending', 2, clock_timestamp() - interval '50 s', NULL),
               ('failed', 9, clock_timestamp() - interval '1 day', NULL),
               ('published', 1, clock_timestamp(), clock_timestamp()),
               ('published', 1, clock_timestamp(), clock_timestamp() - interval '2 h')
    """)
    reading = await source.read()
    assert (reading.pending.count, reading.pending.retrying) == (2, 1)
    age = datetime.now(UTC) - reading.pending.oldest_at  # noqa: TID251
    assert age.total_seconds() == pytest.approx(50, abs=5)
    assert (reading.failed_rows, reading.published_in_window) == (1, 1)
    assert reading.window_seconds == 60


async def test_an_empty_outbox_is_zero_and_has_no_oldest(source):
    """No rows means nothing waiting, not a failure."""
    reading = await source.read()
    assert (reading.pending.count, reading.pending.oldest_at) == (0, None)
    assert (reading.failed_rows, reading.published_in_window) == (0, 0)


async def test_a_missing_column_costs_only_its_figure(source, events):
    """Without published_at the other two figures are still there."""
    await events.execute("ALTER TABLE outbox_events DROP COLUMN published_at")
    reading = await source.read()
    assert reading.published_in_window is FailureKind.BAD_QUERY
    assert reading.failed_rows == 0
    assert reading.pending.count == 0


async def test_a_missing_database_is_told_without_its_name(postgres_url, panel):
    """The failure carries a kind, nothing of the address or of the server's words."""
    source = OutboxSource(make_conninfo(postgres_url, dbname="no_such"), panel)
    with pytest.raises(SourceFailedError) as failed:
        await source.read()
    assert failed.value.kind is FailureKind.UNAVAILABLE
    assert failed.value.args == ("unavailable",)
    assert failed.value.__context__ is None


async def test_a_slow_figure_leaves_time_for_the_others(events, postgres_url, panel):
    """A statement that takes too long is cut by itself, at half of the deadline."""
    limits = panel.collection.model_copy(update={"postgres_deadline_seconds": 8})
    outbox = Outbox(db_schema=events.schema)
    update = {"outbox": outbox, "collection": limits}
    source = OutboxSource(postgres_url, panel.model_copy(update=update))
    await events.execute("ALTER TABLE outbox_events RENAME TO events")
    await events.execute("INSERT INTO events (status) VALUES ('pending')")
    await events.execute("""
        CREATE FUNCTION slow() RETURNS timestamptz STABLE LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_sleep(60); RETURN now(); END'""")
    await events.execute("""
        CREATE VIEW outbox_events AS
        SELECT status, attempt_count, created_at, slow() AS published_at FROM events""")
    reading = await source.read()
    assert (reading.pending.count, reading.failed_rows) == (1, 0)
    assert reading.published_in_window is FailureKind.TIMEOUT
    assert reading.took_seconds < 20
    await source.aclose()

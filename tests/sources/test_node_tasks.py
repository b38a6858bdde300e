import asyncio
import os
import signal
import time
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from opspanel.panel.queues import NodeTasks, TaskColumns, TaskStatuses, TaskType
from opspanel.readings import SourceFailedError
from opspanel.sources.node_tasks import NodeTasksSource
from opspanel.terms import FailureKind

pytestmark = pytest.mark.anyio

TABLE = """
CREATE TABLE node_tasks (
  task_id bigserial PRIMARY KEY, node_id text, task_type text NOT NULL,
  status text NOT NULL, params jsonb, signature text, result jsonb,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  dispatched_at timestamptz, completed_at timestamptz)"""


BACKEND = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"


async def add(database, status, count=1, kind="vm", node="n1", **ages) -> None:
    """Add tasks whose timestamps are so many seconds ago."""
    columns = "".join(f", {name}" for name in ages)
    values = "".join(
        f", clock_timestamp() - make_interval(secs => {age})" for age in ages.values()
    )
    await database.execute(
        f"INSERT INTO node_tasks (status, task_type, node_id{columns})"  # noqa: S608
        f" SELECT %s, %s, %s{values} FROM generate_series(1, %s)",
        (status, kind, node, count),
    )


@pytest.fixture
async def tasks(database):
    await database.execute(TABLE)
    return database


@pytest.fixture
async def source(tasks, postgres_url, panel):
    async with aclosing(source_of(tasks, postgres_url, panel)) as source:
        yield source


@pytest.fixture
async def hasty_source(tasks, postgres_url, hasty):
    async with aclosing(source_of(tasks, postgres_url, hasty)) as source:
        yield source


def source_of(tasks, postgres_url, panel):
    url = make_conninfo(postgres_url, application_name=tasks.schema)
    return NodeTasksSource(url, mapped(panel, db_schema=tasks.schema))


def mapped(panel, **changes):
    return panel.model_copy(update={"node_tasks": NodeTasks(**changes)})


def ago(moment: datetime) -> float:
    return (datetime.now(UTC) - moment).total_seconds()  # noqa: TID251


async def test_claimable_counts_age_and_nodes_by_type(source, tasks):
    """Queued tasks are counted by type, with the oldest and the nodes they span."""
    await add(tasks, "queued", 3, created_at=400, node="n1")
    await add(tasks, "queued", 2, created_at=5, node="n2")
    await add(tasks, "queued", 1, created_at=7, kind="probe")
    reading = await source.read()
    found = {each.task_type: each for each in reading.claimable}
    assert (found["vm"].count, found["vm"].nodes) == (5, 2)
    assert (found["probe"].count, found["probe"].nodes) == (1, 1)
    assert ago(found["vm"].oldest_at) == pytest.approx(400, abs=5)
    assert reading.in_flight == ()


async def test_stuck_uses_the_limit_of_each_type(tasks, postgres_url, panel):
    """Minutes in flight are normal for one type and stuck for another."""
    await add(tasks, "dispatched", 2, kind="vm", dispatched_at=300)
    await add(tasks, "dispatched", 4, kind="probe", dispatched_at=300)
    await add(tasks, "dispatched", 1, kind="other", dispatched_at=300)
    limits = (
        TaskType(id="vm", stuck_after_seconds=900),
        TaskType(id="probe", stuck_after_seconds=60),
    )
    config = mapped(panel, db_schema=tasks.schema, types=limits)
    source = NodeTasksSource(postgres_url, config)
    reading = await source.read()
    await source.aclose()
    assert {each.task_type: each.count for each in reading.stuck} == {"probe": 4}
    assert sum(each.count for each in reading.in_flight) == 7


async def test_flow_and_finished_per_minute(source, tasks):
    """The flow covers its window; the trend counts whole minutes, zeros included."""
    await add(tasks, "completed", 3, completed_at=200)
    await add(tasks, "failed", 2, completed_at=10)
    await add(tasks, "completed", 9, completed_at=4000)
    reading = await source.read()
    [flow] = reading.flow
    assert (flow.completed, flow.failed, flow.window_seconds) == (3, 2, 300)
    assert ago(flow.last_finished_at) == pytest.approx(10, abs=5)
    trend = reading.finished_per_minute
    assert len(trend.points) == 30
    assert sum(trend.points) == 3
    assert trend.ends_at.second == 0
    assert timedelta() <= reading.observed_at - trend.ends_at < timedelta(seconds=61)


async def test_finished_states_are_estimated_from_statistics(source, tasks):
    """Terminal counts come from the planner, and are absent before it has looked."""
    await add(tasks, "completed", 3000, completed_at=4000)
    await add(tasks, "failed", 1000, completed_at=4000)
    assert (await source.read()).terminal_estimates == {}
    await tasks.execute("ANALYZE node_tasks")
    estimates = (await source.read()).terminal_estimates
    assert estimates["completed"] == pytest.approx(3000, rel=0.05)
    assert estimates["failed"] == pytest.approx(1000, rel=0.05)
    assert "expired" not in estimates


async def test_an_empty_table_is_zero_not_a_failure(source):
    """An empty table gives empty answers."""
    reading = await source.read()
    assert reading.claimable == reading.in_flight == reading.stuck == reading.flow == ()
    assert set(reading.finished_per_minute.points) == {0.0}
    assert reading.terminal_estimates == {}


async def test_columns_statuses_and_table_follow_the_mapping(
    database, postgres_url, panel
):
    """Names, an enum status and times without zone are taken as panel.toml maps them."""
    await database.execute("CREATE TYPE state AS ENUM ('NEW', 'OUT', 'OK', 'BAD')")
    await database.execute(
        'CREATE TABLE "Jobs" (kind text, host text, state state,'
        " made timestamp, sent timestamp, ended timestamp)"
    )
    await database.execute(
        """INSERT INTO "Jobs" VALUES ('vm', 'h', 'NEW',
        (clock_timestamp() AT TIME ZONE 'UTC') - interval '90 seconds')"""
    )
    config = mapped(
        panel,
        db_schema=database.schema,
        table="Jobs",
        columns=TaskColumns(
            task_type="kind",
            node="host",
            status="state",
            queued_at="made",
            dispatched_at="sent",
            finished_at="ended",
        ),
        statuses=TaskStatuses(
            claimable=("NEW",), in_flight=("OUT",), completed=("OK",), failed=("BAD",)
        ),
    )
    source = NodeTasksSource(postgres_url, config)
    reading = await source.read()
    await source.aclose()
    [waiting] = reading.claimable
    assert ago(waiting.oldest_at) == pytest.approx(90, abs=5)
    assert reading.flow == ()


async def test_a_partial_index_serves_the_open_states(source, tasks, postgres_url):
    """The statements repeat the status constants, so that a partial index fits."""
    await add(tasks, "completed", 20_000, completed_at=4000)
    await add(tasks, "queued", 3)
    await tasks.execute(
        "CREATE INDEX open_tasks ON node_tasks (status, created_at)"
        " WHERE status IN ('queued', 'dispatched')"
    )
    await tasks.execute("ANALYZE node_tasks")
    await source.read()
    await source.aclose()
    scans = (
        "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'open_tasks'"
    )
    ends = time.monotonic() + 5
    used = 0
    while used < 2 and time.monotonic() < ends:  # the statistics arrive a bit later
        await tasks.execute("SELECT pg_stat_clear_snapshot()")
        [used] = await (await tasks.execute(scans)).fetchone()
    assert used >= 2


async def test_a_missing_column_costs_only_its_figures(tasks, postgres_url, panel):
    """Figures that do not need the missing column are still there."""
    await tasks.execute("ALTER TABLE node_tasks DROP COLUMN dispatched_at")
    await add(tasks, "queued", 2)
    source = NodeTasksSource(postgres_url, mapped(panel, db_schema=tasks.schema))
    reading = await source.read()
    await source.aclose()
    assert reading.in_flight is reading.stuck is FailureKind.BAD_QUERY
    assert reading.claimable[0].count == 2


async def test_a_missing_table_is_a_bad_query(source, tasks):
    """Every figure says that its query does not fit the database."""
    await tasks.execute("DROP TABLE node_tasks")
    reading = await source.read()
    assert reading.claimable is reading.flow is FailureKind.BAD_QUERY
    assert reading.terminal_estimates is FailureKind.BAD_QUERY


@pytest.fixture
async def stranger(tasks, postgres_url):
    """The address of a role that may see the schema and nothing in it."""
    role = f"r_{tasks.schema}"
    await tasks.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'stranger'")
    await tasks.execute(f"GRANT USAGE ON SCHEMA {tasks.schema} TO {role}")
    yield make_conninfo(postgres_url, user=role, password="stranger")
    await tasks.execute(f"DROP OWNED BY {role}")
    await tasks.execute(f"DROP ROLE {role}")


async def test_a_role_without_grants_is_an_auth_failure(stranger, tasks, panel):
    """A refused figure says auth; one that needs no grant is still there."""
    source = NodeTasksSource(stranger, mapped(panel, db_schema=tasks.schema))
    reading = await source.read()
    await source.aclose()
    assert reading.claimable is reading.in_flight is FailureKind.AUTH
    assert reading.terminal_estimates == {}


async def test_grants_on_the_named_columns_suffice(stranger, tasks, panel):
    """Contents of tasks are never read: a role without them sees every figure."""
    role = f"r_{tasks.schema}"
    named = "task_type, node_id, status, created_at, dispatched_at, completed_at"
    await tasks.execute(f"GRANT SELECT ({named}) ON node_tasks TO {role}")
    await add(tasks, "queued")
    source = NodeTasksSource(stranger, mapped(panel, db_schema=tasks.schema))
    reading = await source.read()
    await source.aclose()
    failed = [
        name
        for name in ("claimable", "in_flight", "stuck", "flow", "finished_per_minute")
        if isinstance(getattr(reading, name), FailureKind)
    ]
    assert failed == []


async def test_a_locked_table_gives_timeouts_within_the_deadline(hasty_source, tasks):
    """An exclusive lock elsewhere costs figures, not the pass; then all is well."""
    async with tasks.transaction():
        await tasks.execute("LOCK TABLE node_tasks IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        reading = await hasty_source.read()
        assert time.monotonic() - began < 10
    assert reading.claimable is FailureKind.TIMEOUT
    assert (await hasty_source.read()).claimable == ()


async def test_a_role_that_may_not_log_in_is_an_auth_failure(tasks, stranger, panel):
    """The database's refusal to let us in is told apart from its absence."""
    await tasks.execute(f"ALTER ROLE r_{tasks.schema} NOLOGIN")
    with pytest.raises(SourceFailedError) as failed:
        await NodeTasksSource(stranger, panel).read()
    assert failed.value.kind is FailureKind.AUTH


async def test_nobody_listening_is_refused(closed_port, panel):
    """A closed port is a refusal, and nothing of the address is in the error."""
    url = f"postgresql://user:hunter2@127.0.0.1:{closed_port}/postgres"
    with pytest.raises(SourceFailedError) as failed:
        await NodeTasksSource(url, panel).read()
    assert failed.value.kind is FailureKind.REFUSED
    assert failed.value.__context__ is failed.value.__cause__ is None


async def test_a_silent_server_is_cut_at_the_deadline(silent_port, hasty):
    """A server that accepts and never answers costs the deadline, no more."""
    url = f"postgresql://postgres@127.0.0.1:{silent_port}/postgres?sslmode=disable"
    began = time.monotonic()
    with pytest.raises(SourceFailedError) as failed:
        await NodeTasksSource(url, hasty).read()
    assert failed.value.kind is FailureKind.TIMEOUT
    assert time.monotonic() - began < 10


async def test_a_frozen_backend_is_cut_and_the_next_pass_works(hasty_source, tasks):
    """A kept connection whose server process is stopped is given up in time."""
    source = hasty_source
    await source.read()
    [pid] = await (await tasks.execute(BACKEND, (tasks.schema,))).fetchone()
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    try:
        with pytest.raises(SourceFailedError) as failed:
            await source.read()
        took = time.monotonic() - began
        assert (await source.read()).claimable == ()
    finally:
        os.kill(pid, signal.SIGCONT)
    assert failed.value.kind is FailureKind.TIMEOUT
    assert took < 10


async def test_a_connection_lost_between_passes_is_made_anew(source, tasks):
    """A restart of the server between two passes is not seen in the readings."""
    await source.read()
    await tasks.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = %s",
        (tasks.schema,),
    )
    assert (await source.read()).claimable == ()


async def test_the_connection_is_kept_and_read_only(source, tasks):
    """Passes share one connection, which cannot write even with the grants to."""
    first, second = await source.read(), await source.read()
    assert (first.reads, second.reads) == (8, 8)
    held = await tasks.execute(BACKEND, (tasks.schema,))
    assert len(await held.fetchall()) == 1
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        await source._session._connection.execute("CREATE TABLE x ()")
    assert abs(second.skew_seconds) < 10


async def test_a_role_without_a_connection_left_is_no_auth_failure(
    tasks, stranger, panel
):
    """Others of its name hold all that it may have: the rights are not at fault."""
    await tasks.execute(f"ALTER ROLE r_{tasks.schema} CONNECTION LIMIT 0")
    with pytest.raises(SourceFailedError) as failed:
        await NodeTasksSource(stranger, panel).read()
    assert failed.value.kind is FailureKind.UNAVAILABLE


async def test_more_types_than_the_limit_is_too_large(source, tasks, postgres_url):
    """A flood of task types is refused instead of being carried along."""
    await tasks.execute(
        "INSERT INTO node_tasks (task_type, status)"
        " SELECT 'kind' || n, 'queued' FROM generate_series(1, 5001) n"
    )
    reading = await source.read()
    assert reading.claimable is FailureKind.TOO_LARGE
    assert reading.in_flight == ()


async def test_a_pass_that_is_cancelled_ends_at_once(source, tasks):
    """Stopping the collector does not wait for a frozen server either."""
    await source.read()
    [pid] = await (await tasks.execute(BACKEND, (tasks.schema,))).fetchone()
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    try:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await source.read()
        assert time.monotonic() - began < 10  # of 30 that the deadline would cost
    finally:
        os.kill(pid, signal.SIGCONT)
    assert (await source.read()).claimable == ()


async def test_an_answer_that_comes_with_the_deadline_leaves_no_connection(
    postgres_url, hasty
):
    """A loop that is kept busy until then sees both at once; the connection it gives
    up is closed all the same."""
    session = NodeTasksSource(postgres_url, hasty)._session
    await session.start_pass()
    connection = session._connection
    late = session._ends_at - time.monotonic() + 0.1
    asyncio.get_running_loop().call_later(0.1, time.sleep, late)
    answer = await session.fetch(sql.SQL("SELECT pg_sleep(0.3)"))
    assert answer is FailureKind.TIMEOUT
    assert session._connection is None
    assert connection.closed

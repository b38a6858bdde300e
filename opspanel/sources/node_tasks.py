"""The node_tasks table: what waits, what is in flight, what is stuck, what finished.

Open states are counted exactly. Finished ones are millions of rows and are never
counted: the planner's statistics estimate them. The columns that hold a task's
contents (params, signature, result) are never named.
"""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from psycopg import sql

from opspanel.panel.config import PanelConfig
from opspanel.readings import (
    Answer,
    FlowReading,
    NodeTasksReading,
    OpenTasks,
    Series,
    SourceFailedError,
)
from opspanel.sources._clock import utc_now
from opspanel.sources._node_tasks_sql import (
    ESTIMATE,
    FLOW,
    OPEN,
    PER_MINUTE,
    STUCK,
    names,
    stuck_limit,
    terminal,
)
from opspanel.sources._postgres import Row, Session, in_utc, in_utc_or_none, literals
from opspanel.terms import FailureKind

MINUTE = timedelta(minutes=1)


class NodeTasksSource:
    """Keeps one connection open across passes of one event loop."""

    def __init__(self, url: str, panel: PanelConfig) -> None:
        self._config = panel.node_tasks
        self._minutes = panel.collection.trend_minutes
        self._session = Session(
            url,
            deadline_seconds=panel.collection.postgres_deadline_seconds,
            max_rows=panel.collection.max_series,
        )

    async def read(self) -> NodeTasksReading:
        """Raise SourceFailedError if the database does not answer at all."""
        observed_at, began = utc_now(), time.monotonic()
        clock = await self._session.start_pass()
        if isinstance(clock, FailureKind):
            raise SourceFailedError(clock)
        there, skew_seconds = clock
        queued_at = self._config.columns.queued_at
        dispatched_at = self._config.columns.dispatched_at
        statuses = self._config.statuses
        return NodeTasksReading(
            observed_at=observed_at,
            skew_seconds=skew_seconds,
            claimable=await self._open(queued_at, statuses.claimable),
            in_flight=await self._open(dispatched_at, statuses.in_flight),
            stuck=await self._open(dispatched_at, statuses.in_flight, stuck=True),
            flow=await self._flow(),
            finished_per_minute=await self._per_minute(there),
            terminal_estimates=await self._estimates(),
            took_seconds=time.monotonic() - began,
            reads=self._session.statements,
        )

    async def aclose(self) -> None:
        await self._session.aclose()

    async def _open(
        self, since: str, statuses: tuple[str, ...], *, stuck: bool = False
    ) -> Answer[tuple[OpenTasks, ...]]:
        column = sql.Identifier(since)
        late = STUCK.format(since=column, limit=stuck_limit(self._config))
        statement = OPEN.format(
            **names(self._config),
            since=column,
            statuses=literals(statuses),
            also=late if stuck else sql.Literal(True),  # noqa: FBT003
        )
        return await self._session.figure(statement, open_tasks)

    async def _flow(self) -> Answer[tuple[FlowReading, ...]]:
        window_seconds = self._config.flow_window_seconds
        statement = FLOW.format(**names(self._config), window=window_seconds)
        parse = partial(flow_readings, window_seconds=window_seconds)
        return await self._session.figure(statement, parse)

    async def _per_minute(self, there: datetime) -> Answer[Series]:
        """Count whole minutes only: the running one would always look like a drop."""
        end = there.replace(second=0, microsecond=0)
        begin = end - self._minutes * MINUTE
        statement = PER_MINUTE.format(**names(self._config), begin=begin, end=end)
        parse = partial(per_minute, begin=begin, minutes=self._minutes)
        return await self._session.figure(statement, parse)

    async def _estimates(self) -> Answer[Mapping[str, int]]:
        config = self._config
        statement = ESTIMATE.format(
            schema=config.db_schema, name=config.table, column=config.columns.status
        )
        parse = partial(estimates, statuses=terminal(config))
        return await self._session.figure(statement, parse)


def open_tasks(rows: list[Row]) -> tuple[OpenTasks, ...]:
    return tuple(
        OpenTasks(
            task_type=task_type,
            count=count,
            oldest_at=in_utc_or_none(oldest_at),
            nodes=nodes,
        )
        for task_type, count, oldest_at, nodes in rows
    )


def flow_readings(rows: list[Row], *, window_seconds: float) -> tuple[FlowReading, ...]:
    return tuple(
        FlowReading(
            task_type=task_type,
            window_seconds=window_seconds,
            completed=completed,
            failed=failed,
            last_finished_at=in_utc_or_none(last_finished_at),
        )
        for task_type, completed, failed, last_finished_at in rows
    )


def per_minute(rows: list[Row], *, begin: datetime, minutes: int) -> Series:
    counts = {in_utc(minute): count for minute, count in rows}
    steps = (begin + step * MINUTE for step in range(minutes))
    return Series(
        ends_at=begin + minutes * MINUTE,
        step_seconds=MINUTE.total_seconds(),
        points=tuple(float(counts.get(step, 0)) for step in steps),
    )


def estimates(
    rows: list[Row], *, statuses: tuple[str, ...]
) -> Answer[Mapping[str, int]]:
    """Without statistics, or for a status too rare to be in them: no entry."""
    if not rows:
        return FailureKind.BAD_QUERY
    [(total, values, shares)] = rows
    if total < 0 or values is None:
        return {}
    common = dict(zip(values, shares, strict=True))
    return {name: round(common[name] * total) for name in statuses if name in common}

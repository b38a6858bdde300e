"""The queues: streams of JetStream, the table of node_tasks, the outbox."""

from typing import Annotated

from pydantic import Field

from opspanel.panel.section import (
    BareUrl,
    Identifier,
    Level,
    Name,
    PositiveSeconds,
    PromQL,
    Section,
    SqlName,
)


class Nats(Section):
    """`streams`: those to show, in order, each expected; empty means all there are.

    A loss of any stream is shown for `loss_seconds`, but of those that come and go:
    patterns of their names are in `short_lived`.

    `servers`: where single servers are monitored, by the names that the page calls them.
    `early_acks_accepted`: that JetStream acknowledges what is not on disk is known.
    """

    streams: tuple[Name, ...] = ()
    short_lived: tuple[Name, ...] = ()
    loss_seconds: PositiveSeconds = 3600
    dlq_stream: Name = "DLQ"
    servers: Annotated[dict[Identifier, BareUrl], Field(max_length=50)] = {}
    early_acks_accepted: bool = False
    owner: Name = "platform"
    max_streams: Annotated[int, Field(ge=1, le=10_000)] = 2_000
    max_streams_shown: Annotated[int, Field(ge=1, le=500)] = 50
    max_consumers_shown: Annotated[int, Field(ge=1, le=500)] = 20


class TaskStatuses(Section):
    claimable: tuple[Name, ...] = ("queued",)
    in_flight: tuple[Name, ...] = ("dispatched",)
    completed: tuple[Name, ...] = ("completed",)
    failed: tuple[Name, ...] = ("failed", "expired")


class TaskColumns(Section):
    task_type: SqlName = "task_type"
    node: SqlName = "node_id"
    status: SqlName = "status"
    queued_at: SqlName = "created_at"
    dispatched_at: SqlName = "dispatched_at"
    finished_at: SqlName = "completed_at"


class TaskType(Section):
    """Limits of one task type; minutes in flight are normal for some."""

    id: Name
    stuck_after_seconds: PositiveSeconds
    oldest_claimable_seconds: Level | None = None


class NodeTasks(Section):
    db_schema: SqlName = "public"
    table: SqlName = "node_tasks"
    owner: Name = "platform"
    columns: TaskColumns = TaskColumns()
    statuses: TaskStatuses = TaskStatuses()
    stuck_after_seconds: PositiveSeconds = 900
    flow_window_seconds: PositiveSeconds = 300
    max_types_shown: Annotated[int, Field(ge=1, le=500)] = 50
    types: tuple[TaskType, ...] = ()


class OutboxColumns(Section):
    status: SqlName = "status"
    attempts: SqlName = "attempt_count"
    created_at: SqlName = "created_at"
    published_at: SqlName = "published_at"


class Outbox(Section):
    """`publish_failures` is the relay's own counter: the live half of its state."""

    db_schema: SqlName = "public"
    table: SqlName = "outbox_events"
    owner: Name = "platform"
    columns: OutboxColumns = OutboxColumns()
    pending: Name = "pending"
    failed: Name = "failed"
    window_seconds: PositiveSeconds = 300
    publish_failures: PromQL | None = None

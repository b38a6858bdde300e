"""Readings of a platform on which all is well; each test changes what it is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from opspanel.assess.overview import assess
from opspanel.assessment import (
    ActionCard,
    Assessment,
    Component,
    ErrorRate,
    StreamQueue,
)
from opspanel.panel.config import PanelConfig
from opspanel.readings import (
    ConsumerReading,
    FlowReading,
    KnownStream,
    NatsReading,
    NatsServerReading,
    NodeTasksReading,
    OpenTasks,
    OutboxReading,
    PendingEvents,
    PrometheusReading,
    Readings,
    Sample,
    Series,
    StreamListing,
    StreamReading,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

PANEL: dict[str, Any] = {
    "panel": {"environment": "test", "profile": "development", "contact": "us"},
    "query_sets": {
        "http": {
            "up": "u",
            "scraped": "s",
            "throughput": "t",
            "errors": "e",
            "latency_p95": "l",
        },
        "worker": {"up": "u", "scraped": "s", "throughput": "t", "errors": "e"},
        "agent": {"up": "u"},
    },
    "services": [
        {
            "id": "api",
            "name": "API",
            "type": "api",
            "owner": "platform",
            "job": "api",
            "expect": 2,
            "critical": True,
            "query_set": "http",
        },
        {
            "id": "billing-worker",
            "name": "Billing worker",
            "type": "worker",
            "owner": "billing",
            "job": "billing-worker",
            "query_set": "worker",
            "runbooks": ["ops.worker.billing"],
        },
        {
            "id": "outbox-relay",
            "name": "Outbox relay",
            "type": "worker",
            "owner": "platform",
            "job": "outbox-relay",
            "query_set": "agent",
            "signal": "outbox.relay",
        },
        {
            "id": "node-agent",
            "name": "Node agents",
            "type": "runtime",
            "owner": "fleet",
            "job": "node-agent",
            "expect": 4,
            "query_set": "agent",
            "signal": "fleet.telemetry",
        },
    ],
    "dependencies": [
        {
            "id": "prometheus",
            "name": "Prometheus",
            "type": "observability",
            "owner": "observability",
            "probe": "prometheus",
        },
        {
            "id": "nats",
            "name": "NATS JetStream",
            "type": "event_bus",
            "owner": "platform",
            "probe": "nats",
            "critical": True,
        },
        {
            "id": "postgres",
            "name": "Postgres",
            "type": "database",
            "owner": "platform",
            "probe": "node_tasks",
        },
    ],
    "nats": {"streams": ["PROVISIONING", "DLQ"]},
    "node_tasks": {
        "owner": "provisioning",
        "types": [
            {
                "id": "diag.health_probe",
                "stuck_after_seconds": 60,
                "oldest_claimable_seconds": {"degraded": 20, "unhealthy": 60},
            }
        ],
    },
    "outbox": {"publish_failures": "p"},
    "runbooks": [
        {"id": "ops.outbox.relay", "title": "Outbox relay degraded"},
        {
            "id": "ops.queue.backlog",
            "title": "Queue backlog",
            "url": "https://runbooks.example/backlog",
        },
        {"id": "ops.worker.billing", "title": "Billing worker failures"},
        {"id": "ops.worker.any", "title": "Worker failures"},
    ],
    "signals": {
        "outbox.relay": ["ops.outbox.relay"],
        "queue.stall": ["ops.queue.backlog"],
        "worker.failures": ["ops.worker.any"],
    },
}


def panel(**sections: Any) -> PanelConfig:
    return PanelConfig.model_validate(PANEL | sections)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def samples(*values: float | None) -> tuple[Sample, ...]:
    return tuple(Sample(labels={}, value=value, at=NOW) for value in values)


def answers(**changed: Any) -> dict[str, Any]:
    """Keys are query names with `__` for the dot and `_` for the dash."""
    well = {
        "api.up": samples(1, 1),
        "api.scraped": samples(NOW.timestamp() - 2),
        "api.throughput": samples(50),
        "api.errors": samples(0),
        "api.latency_p95": samples(0.1),
        "billing-worker.up": samples(1),
        "billing-worker.scraped": samples(NOW.timestamp() - 2),
        "billing-worker.throughput": samples(2),
        "billing-worker.errors": samples(0),
        "outbox-relay.up": samples(1),
        "node-agent.up": samples(1, 1, 1, 1),
        "outbox.publish_failures": samples(0),
    }
    named = {
        key.replace("__", ".", 1)
        .replace("billing_worker", "billing-worker")
        .replace("node_agent", "node-agent")
        .replace("outbox_relay", "outbox-relay"): value
        for key, value in changed.items()
    }
    return well | named


def prometheus(*, skew: float | None = 0.0, **changed: Any) -> PrometheusReading:
    return PrometheusReading(
        observed_at=NOW,
        took_seconds=0.1,
        reads=3,
        answers=answers(**changed),
        trends={},
        warnings=0,
        skew_seconds=skew,
    )


def consumer(**changed: Any) -> ConsumerReading:
    idle = ConsumerReading(
        name="worker",
        num_pending=0,
        num_ack_pending=0,
        num_redelivered=0,
        num_waiting=1,
        max_ack_pending=1000,
        pull=True,
        paused=False,
        has_leader=True,
        created_at=ago(86_400),
        last_delivered_at=ago(3600),
        last_acked_at=ago(3600),
    )
    return replace(idle, **changed)


def stream(name: str = "PROVISIONING", **changed: Any) -> StreamReading:
    quiet = StreamReading(
        name=name,
        retention="limits",
        discard="old",
        messages=100,
        bytes=1000,
        max_bytes=100_000,
        max_messages=None,
        first_at=ago(7200),
        last_at=ago(1),
        has_leader=True,
        replicas_lagging=0,
        consumers=(consumer(),),
    )
    return replace(quiet, **changed)


def dead_letters(messages: int = 0) -> StreamReading:
    return stream(
        "DLQ", messages=messages, first_at=ago(60) if messages else None, consumers=()
    )


def nats(*streams: StreamReading, **changed: Any) -> NatsReading:
    reading = NatsReading(
        observed_at=NOW,
        took_seconds=0.1,
        reads=2,
        streams=streams or (stream(), dead_letters()),
        missing=(),
        capped=False,
        listing=listing(),
    )
    return replace(reading, **changed)


def listing(*known: KnownStream, **changed: Any) -> StreamListing:
    whole = StreamListing(streams=known, unsure=frozenset(), whole=True)
    return replace(whole, **changed)


def server(**changed: Any) -> NatsServerReading:
    quiet = NatsServerReading(
        observed_at=NOW,
        took_seconds=0.01,
        started_at=ago(86_400),
        uptime_seconds=86_400,
        slow_consumers=7,
        sync_seconds=120,
    )
    return replace(quiet, **changed)


def tasks(count: int, oldest: float, name: str = "vm", nodes: int = 3) -> OpenTasks:
    return OpenTasks(task_type=name, count=count, oldest_at=ago(oldest), nodes=nodes)


def flow(completed: int = 60, failed: int = 0, last: float = 1) -> FlowReading:
    return FlowReading(
        task_type="vm",
        window_seconds=300,
        completed=completed,
        failed=failed,
        last_finished_at=ago(last),
    )


def per_minute(*points: float | None) -> Series:
    return Series(ends_at=NOW, step_seconds=60, points=points)


def node_tasks(**changed: Any) -> NodeTasksReading:
    busy = NodeTasksReading(
        observed_at=NOW,
        took_seconds=0.1,
        reads=6,
        skew_seconds=0,
        claimable=(tasks(4, 2),),
        in_flight=(tasks(2, 100),),
        stuck=(),
        flow=(flow(),),
        finished_per_minute=per_minute(12, 12),
        terminal_estimates={"completed": 9_700_000},
    )
    return replace(busy, **changed)


def outbox(**changed: Any) -> OutboxReading:
    quiet = OutboxReading(
        observed_at=NOW,
        took_seconds=0.1,
        reads=3,
        pending=PendingEvents(count=1, retrying=0, oldest_at=ago(1)),
        failed_rows=0,
        published_in_window=40,
        window_seconds=300,
    )
    return replace(quiet, **changed)


def pending(count: int, oldest: float) -> PendingEvents:
    return PendingEvents(count=count, retrying=0, oldest_at=ago(oldest))


def readings(**changed: Any) -> Readings:
    well = Readings(
        prometheus=prometheus(), nats=nats(), node_tasks=node_tasks(), outbox=outbox()
    )
    return replace(well, **changed)


def judged(*, config: PanelConfig | None = None, **changed: Any) -> Assessment:
    return assess(readings(**changed), config or panel(), NOW)


def component(assessment: Assessment, component_id: str) -> Component:
    [found] = [c for c in assessment.health if c.component_id == component_id]
    return found


def errors(assessment: Assessment, component_id: str) -> ErrorRate:
    [found] = [e for e in assessment.errors if e.component_id == component_id]
    return found


def queue(assessment: Assessment, name: str = "PROVISIONING") -> StreamQueue:
    [found] = [s for s in assessment.queues.nats.streams if s.name == name]
    return found


def card(assessment: Assessment, key: str) -> ActionCard:
    [found] = [card for card in assessment.actions if card.key == key]
    return found

"""What the panel watches, as typed data. Read from panel.toml by `panel.load`.

Pure: no I/O. Queries and table names come from here only; nothing a browser sends
ever becomes PromQL or SQL.
"""

import re
from string import Template
from typing import Annotated, Literal, Self

from pydantic import Field, HttpUrl, model_validator

from opspanel.panel.section import (
    Identifier,
    LabelName,
    Labels,
    Name,
    PositiveSeconds,
    PromQL,
    Section,
    SqlName,
)
from opspanel.panel.slos import Slo
from opspanel.panel.watch import Watch, WatchItem, Watchlist
from opspanel.terms import ComponentType, Signal, Source

# What `assess` knows how to read, by the name that a query has in panel.toml.
QueryName = Literal["up", "scraped", "throughput", "errors", "latency_p95"]
# The one query that belongs to no service: its key among the answers.
PUBLISH_FAILURES = "outbox.publish_failures"


class Panel(Section):
    """Identity. `contact`: whom a person without access, or in doubt, should ask."""

    environment: Name
    profile: Literal["development", "staging", "production"]
    contact: Name


# A source holds a pass for one interval at most. Passes of three slots can then never
# wait for it at once: it holds two workers at most. Deadlines end a bit before.
_DEADLINE_INTERVALS = 0.95


class Collection(Section):
    """Pace and limits. Deadlines are total, per source and pass."""

    interval_seconds: PositiveSeconds = 5
    prometheus_deadline_seconds: PositiveSeconds = 3
    nats_deadline_seconds: PositiveSeconds = 4.5
    postgres_deadline_seconds: PositiveSeconds = 3
    slo_interval_seconds: PositiveSeconds = 60
    slo_deadline_seconds: PositiveSeconds = 4.5
    keep_seconds: PositiveSeconds = 300
    trend_minutes: Annotated[int, Field(ge=5, le=360)] = 30
    trend_step_seconds: Annotated[int, Field(ge=5, le=600)] = 30
    max_bytes: Annotated[int, Field(ge=10_000)] = 1_048_576
    max_series: Annotated[int, Field(ge=10)] = 5_000
    history_days: Annotated[int, Field(ge=1, le=400)] = 14

    @property
    def longest_read_seconds(self) -> float:
        """When a source that does not keep its own deadline is cut off."""
        return self.interval_seconds

    def bounded(self) -> Self:
        """With no deadline that would let passes pile up behind a source."""
        most = _DEADLINE_INTERVALS * self.interval_seconds
        deadlines = {
            name: min(getattr(self, name), most)
            for name in type(self).model_fields
            if name.endswith("_deadline_seconds")
        }
        return self.model_copy(update=deadlines)


class Level(Section):
    """A figure at or above `degraded` is degraded, at or above `unhealthy` unhealthy."""

    degraded: Annotated[float, Field(ge=0)]
    unhealthy: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def unhealthy_is_worse(self) -> Self:
        if self.unhealthy < self.degraded:
            message = "`unhealthy` must not be below `degraded`"
            raise ValueError(message)
        return self


class Thresholds(Section):
    """Judge queues by age and flow, not by size."""

    error_ratio: Level = Level(degraded=0.02, unhealthy=0.10)
    error_minimum_per_second: Annotated[float, Field(ge=0)] = 0.05
    latency_p95_seconds: Level = Level(degraded=0.3, unhealthy=1.0)
    worker_failure_ratio: Level = Level(degraded=0.05, unhealthy=0.25)
    oldest_claimable_seconds: Level = Level(degraded=120, unhealthy=600)
    consumer_no_ack_seconds: Level = Level(degraded=60, unhealthy=300)
    stream_fill_ratio: Level = Level(degraded=0.80, unhealthy=0.95)
    outbox_oldest_pending_seconds: Level = Level(degraded=30, unhealthy=120)
    outbox_failed_rows: Level = Level(degraded=1, unhealthy=100)
    dlq_messages: Level = Level(degraded=1, unhealthy=1000)
    clock_skew_seconds: PositiveSeconds = 30
    scrape_age_seconds: PositiveSeconds = 60
    stall_minutes: PositiveSeconds = 5


class Service(Section):
    """One service, known to Prometheus by `job`. `queries` override its query set's.

    `expect` is how many instances should be up; a vanished one cannot be seen in `up`.
    """

    id: Identifier
    name: Name
    type: ComponentType
    owner: Name
    job: Name
    expect: Annotated[int, Field(ge=1)] = 1
    critical: bool = False
    query_set: Identifier | None = None
    queries: dict[QueryName, PromQL] = {}
    signal: Signal = Signal.SERVICE_DOWN
    runbooks: tuple[str, ...] = ()


class Dependency(Section):
    """A system that a source of the panel talks to: healthy if that source answers."""

    id: Identifier
    name: Name
    type: ComponentType
    owner: Name
    probe: Source
    critical: bool = False


class RunbookEntry(Section):
    """With a `url`, cards link there; without, to a page of the panel with `steps`."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,80}$")]
    title: Name
    url: HttpUrl | None = None
    steps: tuple[Annotated[str, Field(min_length=1, max_length=500)], ...] = ()


class Nats(Section):
    """`streams`: those to show, in order, each expected; empty means all there are."""

    streams: tuple[Name, ...] = ()
    dlq_stream: Name = "DLQ"
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


class Wall(Section):
    """Screens with room for fewer than all boards show them in turns; 0 = no turns."""

    turn_seconds: Annotated[int, Field(ge=0, le=3600)] = 20


class Alerts(Section):
    """How alerts become signals and incidents. `severities`: what a value of the label
    means as SEV1 to SEV4. `declare`: names of alerts that open an incident by
    themselves. `watchdog`: the name of the alert that always fires, to tell silence
    from a broken way."""

    severity_label: LabelName = "severity"
    service_label: LabelName = "service"
    severities: dict[str, Annotated[int, Field(ge=1, le=4)]] = {
        "page": 2,
        "critical": 2,
        "error": 3,
        "warning": 3,
        "ticket": 3,
        "info": 4,
    }
    declare: tuple[Name, ...] = ()
    watchdog: Name | None = None
    watchdog_seconds: PositiveSeconds = 900


class Webhook(Section):
    """Somebody who is told of incidents. Its secret is in OPSPANEL_WEBHOOK_SECRETS.

    `format`: "json" for programs, "chat" for what chat servers take. `least_severity`:
    3 means that SEV4 is not told.
    """

    name: Identifier
    url: HttpUrl
    format: Literal["json", "chat"] = "json"
    least_severity: Annotated[int, Field(ge=1, le=4)] = 4
    drills: bool = False


class Links(Section):
    """Addresses of investigation tools; `{id}` is replaced by what a person typed."""

    grafana: HttpUrl | None = None
    tempo_trace: str | None = None
    loki_correlation: str | None = None


class PanelConfig(Section):
    panel: Panel
    labels: Labels = Labels()
    collection: Collection = Collection()
    thresholds: Thresholds = Thresholds()
    query_sets: dict[Identifier, dict[QueryName, PromQL]] = {}
    services: tuple[Service, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    nats: Nats = Nats()
    node_tasks: NodeTasks = NodeTasks()
    outbox: Outbox = Outbox()
    alerts: Alerts = Alerts()
    webhooks: tuple[Webhook, ...] = ()
    slos: tuple[Slo, ...] = ()
    watchlist: Watchlist = Watchlist()
    watch: tuple[Watch, ...] = ()
    watch_items: tuple[WatchItem, ...] = ()
    runbooks: tuple[RunbookEntry, ...] = ()
    signals: dict[Signal, tuple[str, ...]] = {}
    links: Links = Links()
    wall: Wall = Wall()

    @model_validator(mode="after")
    def names_are_known(self) -> Self:
        for message in self._unknown_names():
            raise ValueError(message)
        return self

    def _unknown_names(self) -> list[str]:
        known = {runbook.id for runbook in self.runbooks}
        used = {name for ids in self.signals.values() for name in ids}
        used |= {name for service in self.services for name in service.runbooks}
        used |= {name for slo in self.slos for name in slo.runbooks}
        ids = [service.id for service in self.services]
        ids += [dependency.id for dependency in self.dependencies]
        return [
            *(f"runbook `{name}` is used but not listed" for name in used - known),
            *(
                f"service `{service.id}` names query set `{service.query_set}`, "
                "which is not listed under [query_sets]"
                for service in self.services
                if service.query_set and service.query_set not in self.query_sets
            ),
            *(f"`{name}` is used as an id twice" for name in _twice(ids)),
            *(
                f"SLO `{name}` is listed twice"
                for name in _twice([slo.id for slo in self.slos])
            ),
            *(
                f"watch `{name}` is listed twice"
                for name in _twice([each.id for each in self.watch])
            ),
            *(
                f"watch item `{name}` is listed twice"
                for name in _twice([each.id for each in self.watch_items])
            ),
        ]

    def component_ids(self) -> set[str]:
        """Of services and dependencies: what an incident or an alert can be about."""
        services = {service.id for service in self.services}
        return services | {dependency.id for dependency in self.dependencies}

    def promql(self, service: Service) -> dict[str, str]:
        """The service's queries, filled in, by name: `throughput` -> PromQL."""
        templates = self.query_sets.get(service.query_set or "", {}) | service.queries
        return {
            name: fill(template, self.labels, service)
            for name, template in templates.items()
        }


def _twice(names: list[str]) -> list[str]:
    return [name for name in names if names.count(name) > 1]


def fill(template: str, labels: Labels, service: Service) -> str:
    """Put names into a query template. `$service`, `$job` are escaped label values."""
    return Template(template).safe_substitute(
        service=escape(service.id),
        job=escape(service.job),
        service_label=labels.service,
        status_label=labels.status_class,
        server_error=escape(labels.server_error),
    )


def escape(value: str) -> str:
    """Escape for a double-quoted PromQL string."""
    return re.sub(r'(["\\])', r"\\\1", value).replace("\n", r"\n")

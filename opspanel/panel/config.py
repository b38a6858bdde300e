"""What the panel watches, as typed data. Read from panel.toml by `panel.load`.

Pure: no I/O. Queries and table names come from here only; nothing a browser sends
ever becomes PromQL or SQL.
"""

import re
from string import Template
from typing import Annotated, Any, Literal, Self

from pydantic import Field, HttpUrl, PrivateAttr, model_validator

from opspanel.panel.queues import Nats, NodeTasks, Outbox
from opspanel.panel.regions import NamedSource, Prometheus, RegionTables
from opspanel.panel.section import (
    Identifier,
    LabelName,
    Labels,
    Level,
    Name,
    PositiveSeconds,
    PromQL,
    RegionName,
    Section,
)
from opspanel.panel.slos import Slo
from opspanel.panel.watch import Watch, WatchItem, Watchlist
from opspanel.terms import ComponentType, Signal, Source

# What `assess` knows how to read, by the name that a query has in panel.toml.
QueryName = Literal["up", "scraped", "throughput", "errors", "latency_p95"]
# The one query that belongs to no service: its key among the answers.
PUBLISH_FAILURES = "outbox.publish_failures"


class Panel(Section):
    """Identity. `contact`: whom a person without access, or in doubt, should ask.
    `region`: where the addresses of the settings lead, if there are others."""

    environment: Name
    profile: Literal["development", "staging", "production"]
    contact: Name
    region: RegionName | None = None


# A source holds a pass for one interval at most. Passes of three slots can then never
# wait for it at once: it holds two workers at most. Deadlines end a bit before.
_DEADLINE_INTERVALS = 0.95


class Collection(Section):
    """Pace and limits. Deadlines are total, per source and pass."""

    interval_seconds: PositiveSeconds = 5
    prometheus_deadline_seconds: PositiveSeconds = 3
    nats_deadline_seconds: PositiveSeconds = 4.5
    nats_server_deadline_seconds: PositiveSeconds = 2
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


class Thresholds(Section):
    """Judge queues by age and flow, not by size."""

    error_ratio: Level = Level(degraded=0.02, unhealthy=0.10)
    error_minimum_per_second: Annotated[float, Field(ge=0)] = 0.05
    latency_p95_seconds: Level = Level(degraded=0.3, unhealthy=1.0)
    worker_failure_ratio: Level = Level(degraded=0.05, unhealthy=0.25)
    oldest_claimable_seconds: Level = Level(degraded=120, unhealthy=600)
    consumer_no_ack_seconds: Level = Level(degraded=60, unhealthy=300)
    stream_fill_ratio: Level = Level(degraded=0.80, unhealthy=0.95)
    slow_consumers_per_minute: Level = Level(degraded=0.2, unhealthy=20)
    outbox_oldest_pending_seconds: Level = Level(degraded=30, unhealthy=120)
    outbox_failed_rows: Level = Level(degraded=1, unhealthy=100)
    dlq_messages: Level = Level(degraded=1, unhealthy=1000)
    clock_skew_seconds: PositiveSeconds = 30
    scrape_age_seconds: PositiveSeconds = 60
    stall_minutes: PositiveSeconds = 5


class Service(Section):
    """One service, known to Prometheus by `job`. `queries` override its query set's.

    `expect` is how many instances should be up; a vanished one cannot be seen in `up`.
    `known_as`: its name in metrics, if not its id. Without `regions`: the panel's own.
    """

    id: Identifier
    name: Name
    type: ComponentType
    owner: Name
    job: Name
    expect: Annotated[int, Field(ge=1)] = 1
    critical: bool = False
    known_as: Name | None = None
    regions: tuple[RegionName, ...] = ()
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
    regions: tuple[RegionName, ...] = ()


class RunbookEntry(Section):
    """With a `url`, cards link there; without, to a page of the panel with `steps`."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,80}$")]
    title: Name
    url: HttpUrl | None = None
    steps: tuple[Annotated[str, Field(min_length=1, max_length=500)], ...] = ()


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
    region_label: LabelName = "region"
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
    prometheus: Prometheus = Prometheus()
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
    sources: tuple[NamedSource, ...] = ()
    regions: dict[RegionName, RegionTables] = {}
    _kinds: frozenset[Source] = PrivateAttr(default=frozenset(Source))

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

    @property
    def kinds(self) -> frozenset[Source]:
        """The kinds of sources that are expected: all, but in another region."""
        return self._kinds

    def reading_only(self, kinds: frozenset[Source], **changed: Any) -> Self:
        """A copy that expects these kinds alone, with what else is different in it."""
        copy = self.model_copy(update=changed)
        copy._kinds = kinds  # noqa: SLF001  of the same class
        return copy

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
        service=escape(service.known_as or service.id),
        job=escape(service.job),
        service_label=labels.service,
        status_label=labels.status_class,
        server_error=escape(labels.server_error),
    )


def escape(value: str) -> str:
    """Escape for a double-quoted PromQL string."""
    return re.sub(r'(["\\])', r"\\\1", value).replace("\n", r"\n")

"""The judged platform, not yet clean: what `assess` makes and `sanitize` reads.

Every `str` here may still hold text from outside. The types mirror those of
`snapshot.schema` by name, field for field, and share nothing with them: leaving out
the sanitizer is a type error.
"""

from dataclasses import dataclass
from datetime import datetime

from opspanel.terms import (
    Absence,
    ComponentType,
    Exactness,
    FailureKind,
    Health,
    Loss,
    Signal,
    Source,
    Trust,
    Unit,
    Urgency,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number and where it came from. `value` is None exactly if `missing` is set.

    `query` names the query, command or statement, never its text. `good_for`: seconds
    after `observed_at` for which the number may be shown as present.
    """

    value: float | None
    unit: Unit
    source: Source
    query: str
    observed_at: datetime
    good_for: float
    exactness: Exactness = Exactness.EXACT
    missing: Absence | FailureKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Points on a fixed step, oldest first; None where nothing was sampled."""

    unit: Unit
    ends_at: datetime
    step_seconds: float
    points: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many of the declared signals have a judgement from fresh figures."""

    fresh: int
    declared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`degradation_level`: 0 none, 1 degraded, 2 unhealthy in part, 3 unhealthy in a
    component marked critical. `status` is UNKNOWN if something is unknown and nothing
    is known to be bad."""

    status: Health
    degradation_level: int
    sentence: str
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    id: str
    title: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCard:
    """One active degradation. `key` is stable while it lasts: `signal:subject`."""

    key: str
    signal: Signal
    subject: str
    status: Health
    title: str
    reason: str
    owner_domain: str
    runbooks: tuple[Runbook, ...]
    since: datetime
    source: Source | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    component_id: str
    name: str
    component_type: ComponentType
    owner_domain: str
    status: Health
    reason: str
    checked_at: datetime
    instances_up: Figure
    instances_expected: int
    latency_p95: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """`redelivered`: handed out more than once, and not acknowledged since.
    `ack_window`: how much of what may be out unacknowledged is."""

    name: str
    status: Health
    reason: str
    pending: Figure
    ack_pending: Figure
    redelivered: Figure
    no_ack_for: Figure
    paused: bool
    ack_window: Figure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStream:
    """How far a stream was when it was last seen."""

    name: str
    created_at: datetime | None
    last_seq: int
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLoss:
    """A stream that is not what it was `before`. `last_seq`: how far what is there now
    is; None where nothing is."""

    kind: Loss
    before: KnownStream
    last_seq: int | None
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamQueue:
    """`depth` follows the retention policy; `fill` is bytes against max_bytes."""

    name: str
    status: Health
    reason: str
    retention: str
    depth: Figure
    oldest_age: Figure
    drain: Figure
    bytes: Figure
    fill: Figure
    consumers: tuple[Consumer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskQueue:
    """node_tasks of one type."""

    task_type: str
    status: Health
    reason: str
    claimable: Figure
    oldest_claimable: Figure
    in_flight: Figure
    stuck: Figure
    nodes: Figure
    completed: Figure
    failed: Figure
    drain: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    status: str
    rows: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTasks:
    """The worst types; `not_shown` more were judged as well."""

    status: Health
    reason: str
    claimable: Figure
    oldest_claimable: Figure
    in_flight: Figure
    completed: Figure
    trend: Trend | None
    types: tuple[TaskQueue, ...]
    not_shown: int
    terminal: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """Three different things that never share a label: the relay's live state, failed
    rows (history), live messages on the DLQ stream."""

    status: Health
    reason: str
    relay: Health
    publish_failures: Figure
    pending: Figure
    oldest_pending: Figure
    published: Figure
    failed_rows: Figure
    dlq_messages: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """By how much a server's count of slow consumers rose about then."""

    at: datetime
    by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenServer:
    """A server's own count of slow consumers when it last answered, and how that rose
    in the last minutes."""

    at: datetime
    started_at: datetime
    slow_consumers: int
    rises: tuple[Rise, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NatsServer:
    """One server, by its name in panel.toml. `slow_consumers`: how many connections it
    cuts off a minute because they do not keep up. `sync_interval`: for how long what
    JetStream acknowledged may not be on disk. `seen`: what the next pass compares with."""

    name: str
    status: Health
    reason: str
    slow_consumers: Figure
    sync_interval: Figure
    seen: SeenServer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nats:
    """The worst streams; `not_shown` more were judged as well. `early_acks`: what is to
    be said of acknowledged messages that are not on disk; empty where they are."""

    status: Health
    reason: str
    streams: tuple[StreamQueue, ...]
    missing: tuple[str, ...]
    capped: bool
    not_shown: int
    known: tuple[KnownStream, ...] = ()
    losses: tuple[StreamLoss, ...] = ()
    servers: tuple[NatsServer, ...] = ()
    early_acks: str = ""
    early_acks_accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    nats: Nats
    node_tasks: NodeTasks
    outbox: Outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    component_id: str
    name: str
    rate: Figure
    trend: Trend | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRate:
    component_id: str
    name: str
    status: Health
    reason: str
    ratio: Figure
    degraded_at: float
    trend: Trend | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnRate:
    """How many times faster than its objective allows an SLO spent its budget, over two
    windows. `firing`: both were above `factor`, with enough events to say so."""

    long_window: str
    short_window: str
    urgency: Urgency
    factor: float
    long: Figure
    short: Figure
    firing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    at_least: Figure
    at_most: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Slo:
    """`compliance`: the good share of all events of the window; `bounds` where only
    those can be told. `budget_left`: 1 is whole, negative is overspent. `burn` is the
    last hour's; at that rate the budget is gone in `exhausted_in`, None where it will
    last. `unfinished` events began in the window and were never seen to end."""

    slo_id: str
    name: str
    owner_domain: str
    status: Health
    reason: str
    objective: float
    objective_is_ours: bool
    window_days: int
    threshold_seconds: float | None
    compliance: Figure
    bounds: Bounds | None
    budget_left: Figure
    burn: Figure
    exhausted_in: Figure | None
    events: Figure
    unfinished: Figure | None
    oldest_unfinished: Figure | None
    burns: tuple[BurnRate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How reading one source went. `failure` is None where it answered. `replica`: it is
    Prometheus' second; `disagree`: on how many services the two do not agree."""

    source: Source
    failure: FailureKind | None
    observed_at: datetime | None
    took_seconds: float | None
    reads: int
    partial: int
    warnings: int
    skew_seconds: float | None
    trust: Trust = Trust.UNKNOWN
    replica: bool = False
    disagree: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    environment: str
    environment_profile: str
    taken_at: datetime
    decision: Decision
    actions: tuple[ActionCard, ...]
    health: tuple[Component, ...]
    queues: Queues
    throughput: tuple[Throughput, ...]
    errors: tuple[ErrorRate, ...]
    sources: tuple[SourceState, ...]
    slos: tuple[Slo, ...] = ()

"""CLEAN types: the only thing that is stored, sent or shown.

`CleanText` is text that has passed `opspanel.sanitize`; only that package makes it.
Field names are the public names of `overview.json`. `SCHEMA` rises when a field
changes its meaning or goes away; a stored snapshot of another number is not read.
`region` is None everywhere while there is one region only.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from opspanel.circuit import CLOSED, Circuit
from opspanel.terms import (
    Absence,
    AuditResult,
    ComponentType,
    Detector,
    Exactness,
    FailureKind,
    Health,
    Impact,
    IncidentStatus,
    Loss,
    Signal,
    Source,
    Telling,
    Trust,
    Unit,
    Urgency,
    WatchStatus,
)

SCHEMA = 2

CleanText = NewType("CleanText", str)

HELD_OVER_REASON = CleanText("held over: the source does not answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number and where it came from. `value` is None exactly if `missing` is set.

    `query` names the query, command or statement, never its text. `good_for`: seconds
    after `observed_at` for which the number may be shown as present.
    """

    value: float | None
    unit: Unit
    source: Source
    query: CleanText
    observed_at: datetime
    good_for: float
    exactness: Exactness
    missing: Absence | FailureKind | None


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
    sentence: CleanText
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    id: CleanText
    title: CleanText
    url: CleanText | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCard:
    """One active degradation. `key` is stable while it lasts: `signal:subject`."""

    key: CleanText
    signal: Signal
    subject: CleanText
    status: Health
    title: CleanText
    reason: CleanText
    owner_domain: CleanText
    runbooks: tuple[Runbook, ...]
    since: datetime
    source: Source | None
    held_over: bool
    region: CleanText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    component_id: CleanText
    name: CleanText
    component_type: ComponentType
    owner_domain: CleanText
    status: Health
    reason: CleanText
    checked_at: datetime
    instances_up: Figure
    instances_expected: int
    latency_p95: Figure | None
    region: CleanText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """`redelivered`: handed out more than once, and not acknowledged since.
    `ack_window`: how much of what may be out unacknowledged is."""

    name: CleanText
    status: Health
    reason: CleanText
    pending: Figure
    ack_pending: Figure
    redelivered: Figure
    no_ack_for: Figure
    paused: bool
    ack_window: Figure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStream:
    """How far a stream was when it was last seen."""

    name: CleanText
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

    name: CleanText
    status: Health
    reason: CleanText
    retention: CleanText
    depth: Figure
    oldest_age: Figure
    drain: Figure
    bytes: Figure
    fill: Figure
    consumers: tuple[Consumer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskQueue:
    """node_tasks of one type."""

    task_type: CleanText
    status: Health
    reason: CleanText
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
    status: CleanText
    rows: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTasks:
    """The worst types; `not_shown` more were judged as well."""

    status: Health
    reason: CleanText
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
    reason: CleanText
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

    name: CleanText
    status: Health
    reason: CleanText
    slow_consumers: Figure
    sync_interval: Figure
    seen: SeenServer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nats:
    """The worst streams; `not_shown` more were judged as well. `known`: what the next
    pass compares with, of these and others. `losses` stay for a while.
    `early_acks`: what is to be said of acknowledged messages that are not on disk; empty
    where they are, or nobody is asked."""

    status: Health
    reason: CleanText
    streams: tuple[StreamQueue, ...]
    missing: tuple[CleanText, ...]
    capped: bool
    not_shown: int
    known: tuple[KnownStream, ...] = ()
    losses: tuple[StreamLoss, ...] = ()
    servers: tuple[NatsServer, ...] = ()
    early_acks: CleanText = CleanText("")
    early_acks_accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    nats: Nats
    node_tasks: NodeTasks
    outbox: Outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    component_id: CleanText
    name: CleanText
    rate: Figure
    trend: Trend | None
    region: CleanText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRate:
    component_id: CleanText
    name: CleanText
    status: Health
    reason: CleanText
    ratio: Figure
    degraded_at: float
    trend: Trend | None
    region: CleanText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnRate:
    """How many times faster than its objective allows an SLO spent its budget, over two
    windows. `firing`: both were above `factor`, with enough events to say so."""

    long_window: CleanText
    short_window: CleanText
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

    slo_id: CleanText
    name: CleanText
    owner_domain: CleanText
    status: Health
    reason: CleanText
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
    region: CleanText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How reading one source went. `failure` is None where it answered. `circuit`: how
    often in a row it failed, and until when it is not asked for that. `changed_at`: when
    it began to fail or to answer, in the last ten minutes. `replica`: it is Prometheus'
    second; `disagree`: on how many services the two do not agree."""

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
    circuit: Circuit = CLOSED
    changed_at: tuple[datetime, ...] = ()
    region: CleanText | None = None

    @property
    def key(self) -> str:
        """What tells it from all others of its region."""
        return f"{self.source}-replica" if self.replica else self.source.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One of several regions, the panel's own first. `taken_at`: when its worker last
    read it, None for never; not `reported`: too long ago. A queue is None where there is
    no source of that kind, and of the panel's own region, whose queues are those of the
    snapshot. All else stands in the snapshot's lists."""

    region: CleanText
    reported: bool
    taken_at: datetime | None
    decision: Decision
    nats: Nats | None
    node_tasks: NodeTasks | None
    outbox: Outbox | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HitService:
    service: CleanText
    impact: Impact


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """`updated_at`: when somebody last told how things stand. `silent_since`: since when
    nobody has, of one that is acknowledged and not over. `overdue`: that an update was
    due when this was read."""

    id: int
    ref: CleanText
    title: CleanText
    severity: int
    status: IncidentStatus
    is_drill: bool
    services: tuple[HitService, ...]
    owner: CleanText | None
    started_at: datetime
    declared_at: datetime
    acknowledged_at: datetime | None
    mitigated_at: datetime | None
    resolved_at: datetime | None
    updated_at: datetime | None
    silent_since: datetime | None
    next_update_due: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """What a webhook of panel.toml was not told of incidents.

    `waiting` messages wait, the oldest since `oldest_at`. UNATTENDED: since `seen_at`,
    None for never, the worker that posts was not seen. `status` and `failure` are of
    the last try, at `tried_at`; the next is at `next_at`.
    """

    webhook: CleanText
    state: Telling
    waiting: int
    oldest_at: datetime | None
    seen_at: datetime | None
    paused_at: datetime | None
    tried_at: datetime | None
    next_at: datetime | None
    status: int
    failure: FailureKind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidents:
    """Those not over first, the worst of them on top; `not_shown` more are not over.

    `open`, `overdue`, `highest_severity` (1 is the worst, None with nothing open) count
    what is not over and no drill. `read_at` is when the panel's own tables were read,
    None where they never were; `version` changes with what they said. `untold`: the
    webhooks that are not told of incidents in time.
    """

    open: int
    overdue: int
    highest_severity: int | None
    recent: tuple[Incident, ...]
    not_shown: int
    read_at: datetime | None
    version: int
    untold: tuple[Untold, ...] = ()


NO_INCIDENTS_READ = Incidents(
    open=0,
    overdue=0,
    highest_severity=None,
    recent=(),
    not_shown=0,
    read_at=None,
    version=0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """Of `canaries` made-up secrets planted in a copy of this pass, `survived` were
    found in its bytes. With any, figures are withheld: the rest is from before."""

    checked_at: datetime
    canaries: int
    survived: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A row of the audit trail that must stay: its number, and its hash in hexadecimal.

    Kept in snapshots because the trail's own tables cannot tell that it was cut."""

    seq: int
    hash: CleanText


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTrail:
    """The panel's own audit trail when it was last verified. `anchor`: up to where it
    was known to be whole; it never goes back. `fault` is empty while nothing is."""

    result: AuditResult
    verified_at: datetime | None
    read_whole_at: datetime | None
    last_seq: int
    fault: CleanText
    anchor: Anchor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedItem:
    """What grows before it burns. `line`: the newest figures of what a `detector` found,
    or why people watch it. `ended_at`: when a signal was calm again."""

    id: int
    title: CleanText
    line: CleanText
    status: WatchStatus
    severity: int
    security: bool
    owner_domain: CleanText
    detector: Detector | None
    baseline: CleanText
    target: CleanText
    progress: CleanText
    phase: CleanText
    opened_at: datetime
    ended_at: datetime | None
    incident: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    """`found`: the gravest open items of detectors, `not_shown` more are open. `listed`:
    those of people that are not done. Of `watched` signals, `learning` have no baseline
    yet and `silent` no points. `suspended` detectors were wrong too often."""

    found: tuple[WatchedItem, ...]
    not_shown: int
    listed: tuple[WatchedItem, ...]
    watched: int
    learning: int
    silent: int
    suspended: tuple[Detector, ...]
    judged_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The whole overview at one moment. `taken_at` is the collector's clock, UTC.
    `queues` are those of the panel's own `region`; `regions` is empty if that is all."""

    schema: int
    environment: CleanText
    environment_profile: CleanText
    taken_at: datetime
    decision: Decision
    actions: tuple[ActionCard, ...]
    health: tuple[Component, ...]
    queues: Queues
    throughput: tuple[Throughput, ...]
    errors: tuple[ErrorRate, ...]
    incidents: Incidents
    sources: tuple[SourceState, ...]
    self_test: SelfTest | None
    audit: AuditTrail | None = None
    slos: tuple[Slo, ...] = ()
    watchlist: Watchlist | None = None
    region: CleanText | None = None
    regions: tuple[Region, ...] = ()

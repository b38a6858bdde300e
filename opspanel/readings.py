"""RAW readings: what a source said, parsed but neither judged nor cleaned.

Every string in here is untrusted text from outside. Nothing in this module may be
stored, logged or shown; only `assess` reads it. Times are aware datetimes in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from opspanel.terms import AuditResult, FailureKind, Loss

# A part of a reading that can fail by itself, leaving the rest of the reading whole.
type Answer[T] = T | FailureKind


class SourceFailedError(Exception):
    """A source gave nothing. Carries a kind only: upstream text may hold secrets.

    `retry_after`: for how many seconds it asked to be left alone.
    """

    def __init__(self, kind: FailureKind, retry_after: float = 0.0) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One element of an instant vector. `value` is None for NaN, Inf and histograms."""

    labels: Mapping[str, str]
    value: float | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One range query's points, oldest first, on a fixed step; None where no sample."""

    ends_at: datetime
    step_seconds: float
    points: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusReading:
    """Keys are query names as in panel.toml, e.g. `api.throughput`."""

    observed_at: datetime
    took_seconds: float
    reads: int
    answers: Mapping[str, Answer[tuple[Sample, ...]]]
    trends: Mapping[str, Answer[Series | None]]
    warnings: int
    skew_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SloReading:
    """Keys as `panel.slos.key` makes them."""

    observed_at: datetime
    took_seconds: float
    reads: int
    answers: Mapping[str, Answer[tuple[Sample, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerReading:
    """`acked_per_second`: over the last passes, None until two of them saw it."""

    name: str
    num_pending: int
    num_ack_pending: int
    num_redelivered: int
    num_waiting: int
    max_ack_pending: int
    pull: bool
    paused: bool
    has_leader: bool
    created_at: datetime | None
    last_delivered_at: datetime | None
    last_acked_at: datetime | None
    acked_per_second: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamReading:
    """`max_bytes` and `max_messages` are None where unlimited; `first_at` where empty."""

    name: str
    retention: str
    discard: str
    messages: int
    bytes: int
    max_bytes: int | None
    max_messages: int | None
    first_at: datetime | None
    last_at: datetime | None
    has_leader: bool
    replicas_lagging: int
    consumers: Answer[tuple[ConsumerReading, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStream:
    """How far a stream was when it was last seen. Two looks tell whether it is still
    the same: `last_seq` of a stream never falls, not even when it is purged."""

    name: str
    created_at: datetime | None
    last_seq: int
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamListing:
    """All streams of the account, whatever panel.toml names. `unsure`: those that the
    cluster knows and could not report. Not `whole`: there are more."""

    streams: tuple[KnownStream, ...]
    unsure: frozenset[str]
    whole: bool


NOTHING_LISTED = StreamListing(streams=(), unsure=frozenset(), whole=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLoss:
    """`last_seq`: how far what is there now is; None where nothing is."""

    kind: Loss
    before: KnownStream
    last_seq: int | None
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """By how much a server's count of slow consumers rose about then."""

    at: datetime
    by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownServer:
    """A NATS server as it was last seen. `slow_consumers`: since it started; `rises`:
    those of the last minutes."""

    name: str
    seen_at: datetime
    started_at: datetime
    slow_consumers: int
    rises: tuple[Rise, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What the last snapshot tells of streams and servers: it outlives workers, and
    servers too."""

    known: tuple[KnownStream, ...] = ()
    losses: tuple[StreamLoss, ...] = ()
    servers: tuple[KnownServer, ...] = ()


NOTHING_REMEMBERED = Remembered()


@dataclass(frozen=True, slots=True, kw_only=True)
class NatsReading:
    """`missing`: streams that are expected, or that the cluster knows, and are not in
    its answer.

    `capped` says that more streams exist than the limit of panel.toml lets in.
    """

    observed_at: datetime
    took_seconds: float
    reads: int
    streams: tuple[StreamReading, ...]
    missing: tuple[str, ...]
    capped: bool
    listing: StreamListing = NOTHING_LISTED


@dataclass(frozen=True, slots=True, kw_only=True)
class NatsServerReading:
    """What one server says of itself. `slow_consumers`: connections that it cut off
    since it started because they did not keep up. `sync_seconds`: for how long what
    JetStream acknowledged may not be on disk: 0 for never, None where it does not say
    or has no JetStream. `uptime_seconds` by its own clock."""

    observed_at: datetime
    took_seconds: float
    started_at: datetime
    uptime_seconds: float
    slow_consumers: int
    sync_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTasks:
    """Tasks of one type that are claimable, or in flight."""

    task_type: str
    count: int
    oldest_at: datetime | None
    nodes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowReading:
    """What one type of task finished over a window ending at the reading."""

    task_type: str
    window_seconds: float
    completed: int
    failed: int
    last_finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTasksReading:
    """`terminal_estimates`: planner estimates by status, never counted rows.

    `stuck` holds tasks in flight for longer than their type's limit in panel.toml.
    `finished_per_minute`: completed tasks a minute, oldest first.
    """

    observed_at: datetime
    took_seconds: float
    reads: int
    skew_seconds: float
    claimable: Answer[tuple[OpenTasks, ...]]
    in_flight: Answer[tuple[OpenTasks, ...]]
    stuck: Answer[tuple[OpenTasks, ...]]
    flow: Answer[tuple[FlowReading, ...]]
    finished_per_minute: Answer[Series]
    terminal_estimates: Answer[Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingEvents:
    """Outbox rows not yet published. `retrying`: those that failed at least once."""

    count: int
    retrying: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxReading:
    observed_at: datetime
    took_seconds: float
    reads: int
    pending: Answer[PendingEvents]
    failed_rows: Answer[int]
    published_in_window: Answer[int]
    window_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseReading:
    """How the database of node_tasks fares: the share of its connections in use, the
    table with its indexes in bytes, the share of its rows that are dead, seconds since
    it was vacuumed (None for never), and the age of the oldest snapshot that somebody
    holds open, in transactions (None for nobody)."""

    observed_at: datetime
    took_seconds: float
    connections: float
    table_bytes: float
    dead_rows: float
    unvacuumed: float | None
    xmin_age: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTrailReading:
    """How the last verification of the panel's own trail went. `fault` says what is
    broken and where; `last_hash` is hexadecimal, of row `last_seq`."""

    result: AuditResult = AuditResult.NEVER_VERIFIED
    verified_at: datetime | None = None
    read_whole_at: datetime | None = None
    last_seq: int = 0
    last_hash: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """One pass over all sources, and what is `remembered` of the one before. A source
    that failed as a whole left its kind. `replica`: Prometheus' second.
    `nats_servers`: by their names in panel.toml."""

    prometheus: Answer[PrometheusReading]
    nats: Answer[NatsReading]
    node_tasks: Answer[NodeTasksReading]
    outbox: Answer[OutboxReading]
    slos: Answer[SloReading] = FailureKind.UNCONFIGURED
    replica: Answer[PrometheusReading] = FailureKind.UNCONFIGURED
    nats_servers: Mapping[str, Answer[NatsServerReading]] = field(default_factory=dict)
    remembered: Remembered = NOTHING_REMEMBERED

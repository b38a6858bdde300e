"""The JetStream API's JSON, checked and turned into readings.

Raw JSON rather than the client's own types: those drop timestamps, and the streams
that a cluster could not report.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from opspanel.readings import (
    Answer,
    ConsumerReading,
    KnownStream,
    StreamListing,
    StreamReading,
)
from opspanel.terms import FailureKind

# Counts past this are wrapped-around negatives; the server is known to send them.
Count = Annotated[int, Field(ge=0, lt=2**63)]


def moment(value: datetime | None) -> datetime | None:
    """Year 1 is how Go writes "never"."""
    return None if value is None or value.year <= 1 else value.astimezone(UTC)


def limit(value: int) -> int | None:
    return value if 0 < value < 2**63 else None


Moment = Annotated[datetime | None, AfterValidator(moment)]
Limit = Annotated[int, AfterValidator(limit)]


class Replica(BaseModel):
    current: bool = False
    offline: bool = False


class Cluster(BaseModel):
    leader: str = ""
    replicas: list[Replica] | None = None


class StreamConfig(BaseModel):
    name: str
    retention: str
    discard: str
    max_bytes: Limit
    max_msgs: Limit


class StreamState(BaseModel):
    messages: Count
    bytes: Count
    first_seq: int
    last_seq: Count
    first_ts: Moment = None
    last_ts: Moment = None
    consumer_count: Count


class StreamInfo(BaseModel):
    config: StreamConfig
    created: Moment = None
    state: StreamState
    cluster: Cluster | None = None


class ConsumerConfig(BaseModel):
    deliver_subject: str | None = None
    max_ack_pending: int = 0


class Sequence(BaseModel):
    consumer_seq: int = 0
    last_active: Moment = None


class ConsumerInfo(BaseModel):
    name: str
    created: Moment = None
    config: ConsumerConfig
    delivered: Sequence
    ack_floor: Sequence
    num_pending: Count
    num_ack_pending: Count
    num_redelivered: Count
    num_waiting: Count
    paused: bool = False
    cluster: Cluster | None = None


class ApiError(BaseModel):
    code: int = 0
    err_code: int = 0


class Page(BaseModel):
    """`missing`, `offline`: what the cluster knows of, but could not report."""

    error: ApiError | None = None
    total: int = 0
    limit: int = 0
    missing: list[str] | None = None
    offline: dict[str, str] | None = None
    streams: list[StreamInfo] | None = None
    consumers: list[ConsumerInfo] | None = None

    @property
    def unreported(self) -> tuple[str, ...]:
        return (*(self.missing or ()), *(self.offline or ()))


def has_leader(cluster: Cluster | None) -> bool:
    """A server without a cluster leads by itself."""
    return cluster is None or bool(cluster.leader)


def stream_reading(
    info: StreamInfo, consumers: Answer[tuple[ConsumerReading, ...]]
) -> StreamReading:
    replicas = (info.cluster and info.cluster.replicas) or ()
    empty = not info.state.messages
    return StreamReading(
        name=info.config.name,
        retention=info.config.retention,
        discard=info.config.discard,
        messages=info.state.messages,
        bytes=info.state.bytes,
        max_bytes=info.config.max_bytes,
        max_messages=info.config.max_msgs,
        first_at=None if empty else info.state.first_ts,
        last_at=info.state.last_ts,
        has_leader=has_leader(info.cluster),
        replicas_lagging=sum(each.offline or not each.current for each in replicas),
        consumers=consumers,
    )


def listing(pages: list[Page]) -> StreamListing:
    """Who has no leader cannot be asked how far he is."""
    infos = {info.config.name: info for page in pages for info in page.streams or ()}
    led = {name: info for name, info in infos.items() if has_leader(info.cluster)}
    unreported = {name for page in pages for name in page.unreported}
    return StreamListing(
        streams=tuple(map(known_stream, led.values())),
        unsure=frozenset((infos.keys() | unreported) - led.keys()),
        whole=len(infos.keys() | unreported) >= pages[0].total,
    )


def known_stream(info: StreamInfo) -> KnownStream:
    return KnownStream(
        name=info.config.name,
        created_at=info.created,
        last_seq=info.state.last_seq,
        messages=info.state.messages,
    )


def consumer_reading(
    info: ConsumerInfo, acked_per_second: float | None
) -> ConsumerReading:
    return ConsumerReading(
        name=info.name,
        num_pending=info.num_pending,
        num_ack_pending=info.num_ack_pending,
        num_redelivered=info.num_redelivered,
        num_waiting=info.num_waiting,
        max_ack_pending=info.config.max_ack_pending,
        pull=not info.config.deliver_subject,
        paused=info.paused,
        has_leader=has_leader(info.cluster),
        created_at=info.created,
        last_delivered_at=info.delivered.last_active,
        last_acked_at=info.ack_floor.last_active,
        acked_per_second=acked_per_second,
    )


def unreported_consumer(name: str) -> ConsumerReading:
    """Stand in for a consumer without figures: nobody leads it, so none is judged."""
    return ConsumerReading(
        name=name,
        num_pending=0,
        num_ack_pending=0,
        num_redelivered=0,
        num_waiting=0,
        max_ack_pending=0,
        pull=True,
        paused=False,
        has_leader=False,
        created_at=None,
        last_delivered_at=None,
        last_acked_at=None,
    )


KIND_BY_CODE = {
    10008: FailureKind.NOT_LEADER,  # no meta leader
    10009: FailureKind.NOT_LEADER,
    10039: FailureKind.JS_DISABLED,  # for the account
    10076: FailureKind.JS_DISABLED,  # for the server
}


def error_kind(error: ApiError) -> FailureKind:
    overloaded = error.code in {429, 500, 503}
    other = FailureKind.UNAVAILABLE if overloaded else FailureKind.BAD_QUERY
    return KIND_BY_CODE.get(error.err_code, other)

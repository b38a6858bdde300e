"""The closed vocabularies. Each word means one thing at every stage.

A member is one of a fixed set of strings, so it needs no sanitizing and may travel
from a source to a template as it is.
"""

from enum import StrEnum


class Health(StrEnum):
    """How a thing is. Nothing missing is ever HEALTHY."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"
    NOT_REPORTED = "not_reported"


class FailureKind(StrEnum):
    """Why a source gave no answer: what a person can do about it differs for each."""

    TIMEOUT = "timeout"
    REFUSED = "refused"
    AUTH = "auth"
    UNAVAILABLE = "unavailable"
    NOT_LEADER = "not_leader"
    JS_DISABLED = "js_disabled"
    BAD_QUERY = "bad_query"
    TOO_LARGE = "too_large"
    BAD_PAYLOAD = "bad_payload"
    UNCONFIGURED = "unconfigured"


class Absence(StrEnum):
    """Why an answered question still has no number."""

    NO_SERIES = "no_series"
    NOT_A_NUMBER = "not_a_number"
    NO_TRAFFIC = "no_traffic"
    NOTHING_WAITING = "nothing_waiting"
    NO_LEADER = "no_leader"
    NOT_ENOUGH_DATA = "not_enough_data"
    TOO_OLD = "too_old"


class Exactness(StrEnum):
    EXACT = "exact"
    LOWER_BOUND = "lower_bound"
    ESTIMATED = "estimated"
    HELD_OVER = "held_over"


class Source(StrEnum):
    """The outside systems a figure can come from."""

    PROMETHEUS = "prometheus"
    NATS = "nats"
    NODE_TASKS = "node_tasks"
    OUTBOX = "outbox"


class Unit(StrEnum):
    COUNT = "count"
    PER_SECOND = "per_second"
    PER_MINUTE = "per_minute"
    SECONDS = "seconds"
    RATIO = "ratio"
    BYTES = "bytes"


class ComponentType(StrEnum):
    API = "api"
    WEB = "web"
    WORKER = "worker"
    GATEWAY = "gateway"
    QUEUE = "queue"
    DATABASE = "database"
    CACHE = "cache"
    EVENT_BUS = "event_bus"
    WORKFLOW = "workflow"
    OBSERVABILITY = "observability"
    RUNTIME = "runtime"
    NODE_LOG_GATEWAY = "node_log_gateway"


class Signal(StrEnum):
    """What an action card is about, in the platform's work order."""

    OUTBOX_RELAY = "outbox.relay"
    QUEUE_DLQ = "queue.dlq"
    API_ERRORS = "api.errors"
    API_LATENCY = "api.latency"
    WORKER_FAILURES = "worker.failures"
    QUEUE_STALL = "queue.stall"
    QUEUE_BACKLOG = "queue.backlog"
    STREAM_CAPACITY = "stream.capacity"
    FLEET_TELEMETRY = "fleet.telemetry"
    SERVICE_DOWN = "service.down"
    SOURCE_FAILED = "source.failed"
    SANITIZER_FAILED = "sanitizer.failed"
    AUDIT_BROKEN = "audit.broken"


class AuditResult(StrEnum):
    """How the panel's own audit trail was when it was last verified."""

    WHOLE = "whole"
    BROKEN = "broken"
    NEVER_VERIFIED = "never verified"

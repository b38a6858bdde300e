"""The closed vocabularies. Each word means one thing at every stage.

A member is one of a fixed set of strings, so it needs no sanitizing and may travel
from a source to a template as it is.
"""

from enum import IntEnum, StrEnum


class Role(StrEnum):
    """Who a person is to the panel: a group of permissions, made by migration."""

    VIEWER = "viewer"
    ON_CALL = "on-call"
    ADMIN = "admin"


class Health(StrEnum):
    """How a thing is. Nothing missing is ever HEALTHY."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"
    NOT_REPORTED = "not_reported"


# Bad beats unknown, and unknown beats healthy.
BADNESS = {
    Health.HEALTHY: 0,
    Health.NOT_REPORTED: 1,
    Health.UNKNOWN: 2,
    Health.DEGRADED: 3,
    Health.UNHEALTHY: 4,
}


class Trust(StrEnum):
    """How far what is shown of a source, a figure or a page may be believed now.

    FRESH, LATE and STALE go by age; only FRESH is judged. UNKNOWN: there is no value.
    PARTIAL: some of the answers are there. ERROR: the last try failed. SKEW: a clock is
    off, so ages mean nothing. DISCONNECTED: the browser hears nothing from the server.
    DISABLED: nobody gave an address.
    """

    FRESH = "fresh"
    LATE = "late"
    STALE = "stale"
    UNKNOWN = "unknown"
    PARTIAL = "partial"
    ERROR = "error"
    SKEW = "skew"
    DISCONNECTED = "disconnected"
    DISABLED = "disabled"


class StateKind(StrEnum):
    """What a health is said of, in the order of the overview."""

    OVERALL = "overall"
    REGION = "region"
    COMPONENT = "component"
    NATS = "nats"
    STREAM = "stream"
    NODE_TASKS = "node_tasks"
    TASK_TYPE = "task_type"
    OUTBOX = "outbox"
    ERRORS = "errors"
    SLO = "slo"


class FailureKind(StrEnum):
    """Why a source gave no answer: what a person can do about it differs for each."""

    TIMEOUT = "timeout"
    REFUSED = "refused"
    AUTH = "auth"
    UNAVAILABLE = "unavailable"
    THROTTLED = "throttled"
    NOT_LEADER = "not_leader"
    JS_DISABLED = "js_disabled"
    BAD_QUERY = "bad_query"
    TOO_LARGE = "too_large"
    BAD_PAYLOAD = "bad_payload"
    UNCONFIGURED = "unconfigured"
    NOT_COLLECTED = "not_collected"


class Absence(StrEnum):
    """Why an answered question still has no number."""

    NO_SERIES = "no_series"
    NOT_A_NUMBER = "not_a_number"
    NO_TRAFFIC = "no_traffic"
    NOTHING_WAITING = "nothing_waiting"
    NO_LEADER = "no_leader"
    NOT_ENOUGH_DATA = "not_enough_data"
    TOO_OLD = "too_old"
    NO_EDGE = "no_edge"
    SHORT_HISTORY = "short_history"


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


class Urgency(StrEnum):
    """Whether a fast-burning budget wakes somebody, or waits for the morning."""

    PAGE = "page"
    TICKET = "ticket"


class Unit(StrEnum):
    COUNT = "count"
    PER_SECOND = "per_second"
    PER_MINUTE = "per_minute"
    SECONDS = "seconds"
    RATIO = "ratio"
    SHARE = "share"
    BYTES = "bytes"
    TIMES = "times"


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

    STREAM_LOSS = "stream.loss"
    OUTBOX_RELAY = "outbox.relay"
    QUEUE_DLQ = "queue.dlq"
    API_ERRORS = "api.errors"
    API_LATENCY = "api.latency"
    WORKER_FAILURES = "worker.failures"
    QUEUE_STALL = "queue.stall"
    QUEUE_BACKLOG = "queue.backlog"
    STREAM_CAPACITY = "stream.capacity"
    STREAM_REPLICAS = "stream.replicas"
    SLOW_CONSUMERS = "nats.slow_consumers"
    FLEET_TELEMETRY = "fleet.telemetry"
    SERVICE_DOWN = "service.down"
    SLO_BURN = "slo.burn"
    SOURCE_FAILED = "source.failed"
    SANITIZER_FAILED = "sanitizer.failed"
    AUDIT_BROKEN = "audit.broken"
    PANEL_SLOW = "panel.slow"
    PANEL_UPKEEP = "panel.upkeep"


class Loss(StrEnum):
    """How a stream lost what it held, as far as two looks at it can tell."""

    VANISHED = "vanished"
    BEGAN_ANEW = "began anew"
    WENT_BACK = "went back"


class AuditResult(StrEnum):
    """How the panel's own audit trail was when it was last verified."""

    WHOLE = "whole"
    BROKEN = "broken"
    NEVER_VERIFIED = "never verified"


class IncidentStatus(StrEnum):
    """Where an incident stands. That somebody acknowledged it is a fact beside this."""

    OPEN = "open"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    VOID = "void"


class Severity(IntEnum):
    """1 is the worst. What each means is in `opspanel.incidents.severity`."""

    SEV1 = 1
    SEV2 = 2
    SEV3 = 3
    SEV4 = 4


class Telling(StrEnum):
    """How a webhook takes what incidents have to tell, the worst last."""

    IN_TIME = "in time"
    REFUSING = "refusing"
    LATE = "late"
    UNATTENDED = "unattended"
    PAUSED = "paused"


class Impact(StrEnum):
    """What an incident does to one service."""

    DEGRADED = "degraded"
    PARTIAL = "partial"
    DOWN = "down"


class ClosureReason(StrEnum):
    """Why an incident is void."""

    DUPLICATE = "duplicate"
    FALSE_ALARM = "false_alarm"
    EXTERNAL = "external"
    TEST = "test"


class IncidentOrigin(StrEnum):
    """By which way something came into an incident's timeline."""

    UI = "ui"
    API = "api"
    ALERT = "alert"
    SYSTEM = "system"


class IncidentEventType(StrEnum):
    DECLARED = "declared"
    ACKNOWLEDGED = "acknowledged"
    NOTE = "note"
    STATUS = "status"
    REOPENED = "reopened"
    SEVERITY = "severity"
    OWNER = "owner"
    SERVICES = "services"
    DETAILS = "details"
    TIMES = "times"
    LINKED = "linked"
    MERGED = "merged"
    REDACTED = "redacted"
    ALERT_LINKED = "alert_linked"
    ALERT_FIRING = "alert_firing"
    ALERT_RESOLVED = "alert_resolved"
    ACTION_TAKEN = "action_taken"
    PINNED = "pinned"
    NOTIFIED = "notified"
    REVIEW = "review"


class WatchKind(StrEnum):
    """What is looked for in the points of a watched signal."""

    USUAL = "usual"
    RARE = "rare"
    ANY = "any"
    LIMIT = "limit"
    GROWS = "grows"
    FILLS = "fills"
    RUNS_OUT = "runs_out"


class Detector(StrEnum):
    """What found that a watched signal is not as it should be."""

    SURGE = "surge"
    RAMP = "ramp"
    MORE_OF_FEW = "more of few"
    TOO_MANY = "too many of rare"
    FIRST_SEEN = "first seen"
    ANY = "any at all"
    OVER_LIMIT = "over its limit"
    GROWTH = "growth"
    EXHAUSTION = "time to exhaustion"
    DEADLINE = "deadline"


class WatchState(StrEnum):
    """How a watched signal stands. COOLING: it was raised a short while ago and may not
    be raised again yet."""

    RAISED = "raised"
    QUIET = "quiet"
    COOLING = "cooling"
    LEARNING = "learning"
    SILENT = "silent"


class WatchStatus(StrEnum):
    """How far an item of the watchlist is."""

    OPEN = "open"
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DONE = "done"


class WatchFeedback(StrEnum):
    """What a person said of a detector's item."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class WatchEventType(StrEnum):
    """What happened to an item of the watchlist."""

    RAISED = "raised"
    ENDED = "ended"
    LISTED = "listed"
    CHANGED = "changed"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    PROMOTED = "promoted"


class Silence(StrEnum):
    """What to look at first where nothing new is collected."""

    QUEUE = "queue"
    FULL_QUEUE = "full-queue"
    WORKER = "worker"
    SCHEDULER = "scheduler"

"""The words for each member of the closed vocabularies. Why a figure is missing is
said in full where there is room for it."""

from opspanel.snapshot.history import Gap
from opspanel.terms import (
    Absence,
    Exactness,
    FailureKind,
    Health,
    Silence,
    Source,
    StateKind,
    Trust,
)

HEALTH = {
    Health.HEALTHY: "Healthy",
    Health.DEGRADED: "Degraded",
    Health.UNHEALTHY: "Unhealthy",
    Health.UNKNOWN: "Unknown",
    Health.NOT_REPORTED: "Not reported",
}

# Worst first. What is not known ranks below what is known to be bad, above the rest.
SEVERITY = {
    Health.UNHEALTHY: 0,
    Health.DEGRADED: 1,
    Health.UNKNOWN: 2,
    Health.NOT_REPORTED: 3,
    Health.HEALTHY: 4,
}

SOURCE = {
    Source.PROMETHEUS: "Prometheus",
    Source.NATS: "NATS JetStream",
    Source.NODE_TASKS: "Postgres, node_tasks",
    Source.OUTBOX: "Postgres, outbox",
}

TRUST = {
    Trust.FRESH: "Fresh",
    Trust.LATE: "Late",
    Trust.STALE: "Stale",
    Trust.UNKNOWN: "Unknown",
    Trust.PARTIAL: "Partial",
    Trust.ERROR: "Error",
    Trust.SKEW: "Skew",
    Trust.DISCONNECTED: "Disconnected",
    Trust.DISABLED: "Disabled",
}

EXACTNESS = {
    Exactness.EXACT: "Exact",
    Exactness.LOWER_BOUND: "A lower bound: there may be more",
    Exactness.ESTIMATED: "An estimate",
    Exactness.HELD_OVER: "Held over: the source does not answer now",
}

GAPS = {
    Gap.NOTHING: "Nothing was stored in this minute.",
    Gap.OTHER_VERSION: "This minute was stored by another version of the panel.",
    Gap.DAMAGED: "What was stored of this minute cannot be read.",
}

SILENCES = {
    Silence.QUEUE: "Redis, the queue of passes, does not answer.",
    Silence.FULL_QUEUE: "Redis, the queue of passes, takes no writes.",
    Silence.WORKER: "Passes wait in the queue, and no worker takes them.",
    Silence.SCHEDULER: "No pass waits in the queue: see whether the scheduler (beat) runs.",
}

STATE_KINDS = {
    StateKind.OVERALL: "Overall",
    StateKind.REGION: "Region",
    StateKind.COMPONENT: "Component",
    StateKind.NATS: "NATS JetStream",
    StateKind.STREAM: "Stream",
    StateKind.NODE_TASKS: "node_tasks",
    StateKind.TASK_TYPE: "Tasks",
    StateKind.OUTBOX: "Outbox",
    StateKind.ERRORS: "Error rate of",
    StateKind.SLO: "SLO",
}

# Stands before the reason where a number would stand.
DASH = "\N{EN DASH} "

PREFIX = {Exactness.LOWER_BOUND: "≥ ", Exactness.ESTIMATED: "≈ "}

# In short, as it stands in place of a number; and in full.
MISSING: dict[Absence | FailureKind, tuple[str, str]] = {
    Absence.NO_SERIES: ("no series", "The query matched nothing."),
    Absence.NOT_A_NUMBER: ("not a number", "The answer was not a finite number."),
    Absence.NO_TRAFFIC: ("no traffic", "Nothing was served, so there is no rate."),
    Absence.NOTHING_WAITING: ("nothing waiting", "The queue is empty."),
    Absence.NO_LEADER: ("no leader", "The stream has no leader to ask."),
    Absence.NOT_ENOUGH_DATA: ("not enough data", "Too few samples to tell."),
    Absence.TOO_OLD: ("too old", "The last value is too old to show."),
    Absence.NO_EDGE: (
        "not measurable exactly",
        "The histogram has no edge at the limit; the share lies between the bounds.",
    ),
    Absence.SHORT_HISTORY: (
        "too little history",
        "Prometheus does not go back as far as this window.",
    ),
    FailureKind.TIMEOUT: ("timeout", "The source did not answer in time."),
    FailureKind.REFUSED: ("refused", "Nothing listens at the source's address."),
    FailureKind.AUTH: ("not authorised", "The source refused the panel's credentials."),
    FailureKind.UNAVAILABLE: ("unavailable", "The source says it cannot serve now."),
    FailureKind.THROTTLED: ("throttled", "The source takes no more questions now."),
    FailureKind.NOT_LEADER: ("no leader", "The server asked is not the leader."),
    FailureKind.JS_DISABLED: ("JetStream off", "JetStream is not enabled there."),
    FailureKind.BAD_QUERY: ("bad query", "The source refused the query."),
    FailureKind.TOO_LARGE: ("too large", "The answer was larger than allowed."),
    FailureKind.BAD_PAYLOAD: ("unreadable", "The answer could not be read."),
    FailureKind.UNCONFIGURED: ("not configured", "No address was given for it."),
    FailureKind.NOT_COLLECTED: (
        "not collected",
        "The worker of its region tells nothing.",
    ),
}

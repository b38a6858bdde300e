"""How numbers, causes and lists are written in sentences."""

from collections.abc import Iterable, Sequence

from opspanel.terms import Absence, FailureKind, Source

type Missing = Absence | FailureKind

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# Below this, a decimal tells something.
SMALL = 10
# From here on digits only make a sentence unreadable.
BEYOND = 1e15

SOURCE_NAMES = {
    Source.PROMETHEUS: "Prometheus",
    Source.NATS: "NATS",
    Source.NODE_TASKS: "node_tasks",
    Source.OUTBOX: "Outbox",
}

# What a source did, to be read after its name.
FAILURE_WORDS = {
    FailureKind.TIMEOUT: "does not answer (timeout)",
    FailureKind.REFUSED: "refused the connection",
    FailureKind.AUTH: "refused the panel's credentials",
    FailureKind.UNAVAILABLE: "is unavailable",
    FailureKind.THROTTLED: "takes no more questions for now",
    FailureKind.NOT_LEADER: "has no leader",
    FailureKind.JS_DISABLED: "runs without JetStream",
    FailureKind.BAD_QUERY: "rejected the panel's query",
    FailureKind.TOO_LARGE: "answered more than the panel takes",
    FailureKind.BAD_PAYLOAD: "answered something unreadable",
    FailureKind.UNCONFIGURED: "is not configured",
    FailureKind.NOT_COLLECTED: "is not collected",
}

FAILURE_CURES = {
    FailureKind.TIMEOUT: "check that it is up and not overloaded",
    FailureKind.REFUSED: "check that it runs at the configured address",
    FailureKind.AUTH: "check the panel's credentials and grants",
    FailureKind.UNAVAILABLE: "check its own health first",
    FailureKind.THROTTLED: "raise its limit for the panel",
    FailureKind.NOT_LEADER: "check the cluster's quorum",
    FailureKind.JS_DISABLED: "enable JetStream, or name an account that has it",
    FailureKind.BAD_QUERY: "check panel.toml with the doctor command",
    FailureKind.TOO_LARGE: "narrow the query, or raise the limit in panel.toml",
    FailureKind.BAD_PAYLOAD: "check what listens at the configured address",
    FailureKind.UNCONFIGURED: "set its address",
    FailureKind.NOT_COLLECTED: "start the worker of its region",
}

ABSENCE_WORDS = {
    Absence.NO_SERIES: "not reported",
    Absence.NOT_A_NUMBER: "not a number",
    Absence.NO_TRAFFIC: "no traffic",
    Absence.NOTHING_WAITING: "nothing waiting",
    Absence.NO_LEADER: "no leader",
    Absence.NOT_ENOUGH_DATA: "not enough data",
    Absence.TOO_OLD: "too old",
    Absence.NO_EDGE: "not measurable exactly",
    Absence.SHORT_HISTORY: "too little history",
}


def duration(seconds: float) -> str:
    """`412 s`, `12 min`, `3.5 h`, `4 d`."""
    if seconds < 10 * MINUTE:
        return f"{number(seconds)} s"
    if seconds < 2 * HOUR:
        return f"{seconds / MINUTE:.0f} min"
    if seconds < 2 * DAY:
        return f"{_trimmed(seconds / HOUR, 1)} h"
    return f"{_trimmed(seconds / DAY, 0)} d"


def short_duration(seconds: float) -> str:
    """Latencies: `312 ms` below a second."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{_trimmed(seconds, 2)} s"


def percent(ratio: float) -> str:
    """`34.2 %`."""
    return f"{_trimmed(ratio * 100, 1)} %"


def number(value: float) -> str:
    """`1,204`; a small one with one decimal where there is one."""
    return _trimmed(value, 1 if abs(value) < SMALL else 0)


def counted(count: float, noun: str) -> str:
    """`1 task`, `1,204 tasks`."""
    return f"{number(count)} {noun}" if count == 1 else f"{number(count)} {noun}s"


def listed(names: Sequence[str], most: int = 3) -> str:
    """`A, B, C and 4 more`."""
    shown = ", ".join(names[:most])
    hidden = len(names) - most
    return f"{shown} and {number(hidden)} more" if hidden > 0 else shown


def together(reasons: Iterable[str], most: int = 3) -> str:
    """`a; b; c; 4 more`, each said once."""
    told = list(dict.fromkeys(filter(None, reasons)))
    hidden = len(told) - most
    rest = [f"{number(hidden)} more"] if hidden > 0 else []
    return "; ".join([*told[:most], *rest])


def why(missing: Missing) -> str:
    """Why there is no number, in a few words: `timeout`, `not reported`."""
    if isinstance(missing, Absence):
        return ABSENCE_WORDS[missing]
    return missing.value.replace("_", " ")


def _trimmed(value: float, decimals: int) -> str:
    if abs(value) >= BEYOND:
        return f"{value:.1e}"
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

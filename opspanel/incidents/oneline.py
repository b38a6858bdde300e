"""An incident in one line: `2 checkout 5xx since 14:05`. Pure; the clock is an argument.

A severity may stand first (`2`, `sev2`), a start last (`since 14:05`, `since
2026-01-31 14:05`, `20 min ago`). What is not understood stays in the title: nothing
that was typed is thrown away.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from opspanel.incidents.severity import DEFAULT
from opspanel.terms import Severity

LONGEST = 400
_SPACES = re.compile(r"\s+")
_SEVERITY = re.compile(r"(?:sev-?)?([1-4])[:,]?\s+(?=\S)", re.IGNORECASE)
_DAY = r"(?:(?P<day>\d{4}-\d\d-\d\d)[ T])?"
_SINCE = re.compile(
    rf"\s+since\s+{_DAY}(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?:\s*(?:utc|z))?\.?$",
    re.IGNORECASE | re.ASCII,
)
_AGO = re.compile(
    r"\s+(?:since\s+)?(?P<number>\d{1,4})\s*(?P<unit>min|m|h)(?:\s+ago)\.?$",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """`given`: which of severity and started_at the line said itself."""

    title: str
    severity: Severity
    started_at: datetime
    given: frozenset[str]


def understood(line: str, now: datetime) -> Understood:
    """Times are UTC, as `now` is; one without a day is the last that has passed."""
    rest = _SPACES.sub(" ", line[:LONGEST]).strip()
    given = set()
    severity, started_at = DEFAULT, now
    if leading := _SEVERITY.match(rest):
        severity, rest = Severity(int(leading[1])), rest[leading.end() :]
        given.add("severity")
    for pattern, moment in _STARTS:
        found = pattern.search(rest)
        start = moment(found, now) if found else None
        if found and start is not None:
            started_at, rest = start, rest[: found.start()]
            given.add("started_at")
            break
    return Understood(
        title=rest, severity=severity, started_at=started_at, given=frozenset(given)
    )


def _clock_time(found: re.Match[str], now: datetime) -> datetime | None:
    day = found["day"] or f"{now:%Y-%m-%d}"
    try:
        clock = f"{day}T{int(found['hour']):02}:{found['minute']}"
        start = datetime.fromisoformat(clock).replace(tzinfo=now.tzinfo)
    except ValueError:
        return None
    if found["day"]:
        return start if start <= now else None
    return start if start <= now else _day_before(start)


def _day_before(start: datetime) -> datetime | None:
    try:
        return start - timedelta(days=1)
    except OverflowError:
        return None


def _time_ago(found: re.Match[str], now: datetime) -> datetime | None:
    minutes = int(found["number"]) * (60 if found["unit"].lower() == "h" else 1)
    try:
        return now - timedelta(minutes=minutes)
    except OverflowError:
        return None


_STARTS: tuple[
    tuple[re.Pattern[str], Callable[[re.Match[str], datetime], datetime | None]], ...
] = ((_SINCE, _clock_time), (_AGO, _time_ago))

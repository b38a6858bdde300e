"""How long things took: of one incident, and of all of a span of time.

Each measure names the two timestamps that it lies between. What lacks one of them is
counted, never guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from opspanel.incidents.reading import Duration
from opspanel.snapshot.schema import Incident

# What is measured, from which timestamp to which. Names of columns, so never from
# outside.
MEASURES: Final = (
    ("TTA", "declared_at", "acknowledged_at"),
    ("TTM", "started_at", "mitigated_at"),
    ("TTR", "started_at", "resolved_at"),
)
MEANINGS: Final = {
    "TTA": "time to acknowledge",
    "TTM": "time to mitigate",
    "TTR": "time to resolve",
}
# What an incident is compared with.
USUAL: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """Of one incident; None while one of the two has not happened, 0 where a correction
    puts the end before the beginning: who was at it before it was declared."""

    name: str
    begins: str
    ends: str
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """Of incidents declared from `since` to `until` that are neither void nor drills."""

    since: datetime
    until: datetime
    durations: tuple[Duration, ...]

    @property
    def days(self) -> int:
        return (self.until - self.since).days


def took(incident: Incident) -> tuple[Took, ...]:
    return tuple(_took(incident))


def _took(incident: Incident) -> Iterator[Took]:
    for name, begins, ends in MEASURES:
        start, end = getattr(incident, begins), getattr(incident, ends)
        seconds = max((end - start).total_seconds(), 0) if start and end else None
        yield Took(name=name, begins=begins, ends=ends, seconds=seconds)


def usual(until: datetime, span: timedelta = USUAL) -> Usual:
    since = until - span
    return Usual(since=since, until=until, durations=durations(since, until))


def durations(since: datetime, until: datetime) -> tuple[Duration, ...]:
    """Of incidents declared in this span that are neither void nor drills."""
    with connection.cursor() as cursor:
        return tuple(_duration(cursor, measure, since, until) for measure in MEASURES)


_DURATION = """
SELECT count(took), count(*) - count(took),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY took),
  percentile_cont(0.9) WITHIN GROUP (ORDER BY took)
FROM (
  SELECT CASE WHEN {ends} < {begins} THEN 0
    ELSE extract(epoch FROM {ends} - {begins})::float END AS took
  FROM ops_incident
  WHERE declared_at >= %s AND declared_at < %s AND status <> 'void' AND NOT is_drill
) AS incident
"""


def _duration(
    cursor: Any, measured: tuple[str, str, str], since: datetime, until: datetime
) -> Duration:
    name, begins, ends = measured
    statement = _DURATION.format(begins=begins, ends=ends)
    cursor.execute(statement, [since, until])
    n, missing, median, p90 = cursor.fetchone()
    return Duration(
        name=name,
        begins=begins,
        ends=ends,
        n=n,
        missing=missing,
        median=median,
        p90=p90,
    )

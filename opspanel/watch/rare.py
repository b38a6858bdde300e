"""Detectors of events so rare that most points are zero: too many for chance, or the
first for a long time. No deviation is meaningful here; chance is reckoned exactly."""

from math import exp, lgamma, log

from opspanel.watch.points import DAY, HOUR, Points

WINDOW = HOUR
DAYS = 21
# Of those days the fullest are left out: they had the bursts that are looked for.
_LEFT_OUT = 2
# Of one hour, at twelve points: about one false alarm in a century of quiet series.
CHANCE = 1e-5
# From here on, usual and unusual can be told by deviations.
MOST_IN_AN_HOUR = 12.0
FIRST_SEEN_DAYS = 14
# What is beyond needs no reckoning.
_MOST = 10_000


def in_the_last_hour(points: Points, slot: int) -> int:
    return round(_sum(points, slot - WINDOW + 1, slot + 1))


def usual_in_an_hour(points: Points, slot: int) -> float:
    """Never zero: half an event more than was seen."""
    ends = slot - WINDOW
    days = [
        _sum(points, ends - (day + 1) * DAY + 1, ends - day * DAY + 1)
        for day in range(DAYS)
        if ends - (day + 1) * DAY + 1 >= points.first
    ]
    kept = sorted(days)[: max(len(days) - _LEFT_OUT, 1)]
    hours = max(len(kept), 1) * 24
    return (max(sum(kept), 0.0) + 0.5) / hours


def chance_of(count: int, expected: float) -> float:
    """That so many, or more, happen where `expected` are usual; 1 where they are."""
    if count <= expected or count <= 0:
        return 1.0
    if count > _MOST:
        return 0.0
    term = exp(count * log(expected) - expected - lgamma(count + 1))
    total = 0.0
    while term > total * 1e-12:
        total += term
        count += 1
        term *= expected / count
    return min(total, 1.0)


def quiet_days(points: Points, slot: int) -> int | None:
    """For how many whole days nothing had happened before the last hour. None where
    less than two weeks are known."""
    seen = [
        value
        for value in points.values[: max(slot - WINDOW + 1 - points.first, 0)]
        if value is not None
    ]
    if len(seen) < FIRST_SEEN_DAYS * DAY or any(seen[-FIRST_SEEN_DAYS * DAY :]):
        return None
    quiet = 0
    for value in reversed(seen):
        if value:
            break
        quiet += 1
    return quiet // DAY


def _sum(points: Points, begin: int, end: int) -> float:
    low, high = max(begin - points.first, 0), max(end - points.first, 0)
    return sum(value for value in points.values[low:high] if value)

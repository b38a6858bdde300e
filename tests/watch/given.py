"""Points and rules of tests, made in a line."""

from datetime import UTC, datetime

from opspanel.terms import Unit, WatchKind
from opspanel.watch.judge import judge
from opspanel.watch.points import DAY, WEEK, Points, slot_of
from opspanel.watch.rule import Rule, Standing
from opspanel.watch.usual import Baseline

SUNDAY = datetime(2026, 11, 22, 18, 45, tzinfo=UTC)
LAST = slot_of(SUNDAY)


def points(*, days=28, value=46.0, at_the_end=(), gaps=()):
    """`value` all the time, then `at_the_end`; `gaps` count slots back from the last."""
    values = [value] * (days * DAY)
    if at_the_end:
        values[-len(at_the_end) :] = [
            None if each is None else float(each) for each in at_the_end
        ]
    for back in gaps:
        values[-1 - back] = None
    return Points(first=LAST - len(values) + 1, values=values)


def rule(kind=WatchKind.USUAL, **more):
    given = {"name": "login failures", "unit": Unit.COUNT, "counts": True}
    return Rule(kind=kind, **given | more)


def verdict(rule, points, standing=None, suspended=(), back=0):
    """At the last slot, or `back` slots before it."""
    baseline = Baseline(points, counts=rule.counts)
    slot = points.last - back
    return judge(rule, baseline, slot, standing or Standing(), suspended)


def verdicts(rule, points, last=WEEK):
    """Of the last slots, each with what the one before left."""
    baseline = Baseline(points, counts=rule.counts)
    standing = Standing()
    for slot in range(points.last - last + 1, points.last + 1):
        found = judge(rule, baseline, slot, standing)
        standing = found.standing
        yield found

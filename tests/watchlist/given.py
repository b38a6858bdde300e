"""Watched signals of tests, with the points that they need."""

from opspanel.models import WatchPoint, WatchSignal
from opspanel.panel.watch import Watch
from opspanel.terms import Unit, WatchKind, WatchState
from opspanel.watch.points import start_of
from opspanel.watchlist.judging import judge_signal
from tests.watch.given import LAST

NOW = start_of(LAST + 1)
# In two parts, so that no scanner takes it for somebody's.
PLANTED = "AKIA" + "IOSFODNN7EXAMPLE"


def watch(**more):
    given = {
        "id": "depth",
        "name": "depth of the queue",
        "owner": "platform",
        "kind": WatchKind.LIMIT,
        "figure": "stream.depth",
        "unit": Unit.COUNT,
        "limit": 100.0,
    }
    return Watch(**given | more)


def signal(values=(), *, subject="", name="depth"):
    """With points up to slot LAST."""
    made, _ = WatchSignal.objects.get_or_create(
        watch=name,
        subject=subject,
        defaults={"state": WatchState.SILENT.value, "judged_at": NOW},
    )
    WatchPoint.objects.bulk_create(
        WatchPoint(signal=made, slot=LAST - back, value=value)
        for back, value in enumerate(reversed(values))
        if value is not None
    )
    return made


def raised(values=(150.0,) * 3, *, subject="", **more):
    """A signal whose item is open."""
    made = signal(values, subject=subject)
    judge_signal(made, watch(**more), LAST)
    return made


def calm(made, **more):
    """The hour after: nothing any more."""
    for slot in range(LAST + 1, LAST + 13):
        WatchPoint.objects.create(signal=made, slot=slot, value=1.0)
        judge_signal(made, watch(**more), slot)

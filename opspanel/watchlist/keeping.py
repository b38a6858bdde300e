"""Points in Postgres: one small row for each signal and five minutes, for weeks."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from opspanel.models import WatchPoint, WatchSignal
from opspanel.terms import WatchState
from opspanel.watch.points import DAY, WEEK, Points, on_grid
from opspanel.watch.usual import WEEKS
from opspanel.watchlist.gathering import Measurement

# Three weeks of baseline, and the days that have to be judged by it.
SPAN = (WEEKS + 1) * WEEK
# Of one watch: names that change all the time must not fill the hours of a judgement.
MOST_SUBJECTS = 100
_AT_ONCE = 5_000
_TRIM = """
DELETE FROM ops_watchpoint WHERE (signal_id, slot) IN (
    SELECT signal_id, slot FROM ops_watchpoint WHERE slot < %s ORDER BY slot LIMIT %s
)
"""


def keep(found: Iterable[Measurement], slot: int, now: datetime) -> None:
    """Store what was measured; a slot that has a point keeps it."""
    measured = {(each.watch.id, str(each.subject)): each.value for each in found}
    known = {
        (signal.watch, signal.subject): signal for signal in WatchSignal.objects.all()
    }
    room = Counter({watch: MOST_SUBJECTS for watch, _ in measured})
    room.subtract(watch for watch, _ in known)
    fresh = []
    for watch, subject in measured:
        if (watch, subject) not in known and room[watch] > 0:
            room[watch] -= 1
            signal = WatchSignal(watch=watch, subject=subject, judged_at=now)
            signal.state = WatchState.SILENT
            fresh.append(signal)
    for signal in WatchSignal.objects.bulk_create(fresh):
        known[signal.watch, signal.subject] = signal
    points = (
        WatchPoint(signal=known[name], slot=slot, value=value)
        for name, value in measured.items()
        if name in known
    )
    WatchPoint.objects.bulk_create(points, ignore_conflicts=True)


def points_of(signal: WatchSignal, last: int) -> Points:
    """Up to slot `last`; gaps where there is no row."""
    rows = WatchPoint.objects.filter(signal=signal, slot__gt=last - SPAN)
    return on_grid(rows.values_list("slot", "value"), last=last, slots=SPAN)


def vanished(slot: int) -> QuerySet[WatchSignal]:
    """What was not measured for a week: an instance that is gone, a stream of another
    name. Each is judged as long as it is known."""
    seen = WatchPoint.objects.filter(signal=OuterRef("pk"), slot__gt=slot - WEEK)
    return WatchSignal.objects.filter(~Exists(seen))


def trim(last: int, keep_days: int) -> int:
    """Remove some of what is too old; return how many. Nobody waits long for it."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIM, [last - keep_days * DAY, _AT_ONCE])
        return int(cursor.rowcount)

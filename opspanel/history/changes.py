"""When things were judged otherwise."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from opspanel.models import SnapshotMinute, StateChange
from opspanel.sanitize import fields
from opspanel.snapshot.states import Subject
from opspanel.terms import Health, StateKind

MOST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`at` is when the collector saw it first: after a gap it may have been so longer."""

    subject: Subject
    at: datetime
    was: Health
    status: Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The first of them, in the order of time; `more` came later. In `gaps` minutes of
    the time between nothing was stored."""

    listed: tuple[Change, ...]
    more: int
    gaps: int


def between(since: datetime, until: datetime, most: int = MOST) -> Changes:
    """After `since`, up to and with `until`."""
    rows = _known().filter(at__gt=since, at__lte=until)
    listed = tuple(map(_change, rows.order_by("at", "kind", "name")[:most]))
    more = rows.count() - len(listed) if len(listed) == most else 0
    return Changes(listed=listed, more=more, gaps=_gaps(since, until))


def overall_before(moment: datetime) -> Change | None:
    """The last change of the overall state before `moment`."""
    return _first(_overall().filter(at__lt=moment).order_by("-at"))


def overall_after(moment: datetime) -> Change | None:
    """The first one from `moment` on."""
    return _first(_overall().filter(at__gte=moment).order_by("at"))


def overall_between(since: datetime, until: datetime, most: int) -> tuple[Change, ...]:
    """The newest `most`, oldest first."""
    rows = _overall().filter(at__gt=since, at__lte=until).order_by("-at")[:most]
    return tuple(map(_change, reversed(rows)))


def _gaps(since: datetime, until: datetime) -> int:
    whole = int((until - since).total_seconds()) // 60
    stored = SnapshotMinute.objects.filter(minute__gt=since, minute__lte=until)
    return max(whole - stored.count(), 0)


def _known() -> QuerySet[StateChange]:
    """Without what was judged for the first time: that is no change."""
    return StateChange.objects.exclude(was="")


def _overall() -> QuerySet[StateChange]:
    return _known().filter(kind=StateKind.OVERALL, name="")


def _first(rows: QuerySet[StateChange]) -> Change | None:
    row = rows.first()
    return _change(row) if row is not None else None


def _change(row: StateChange) -> Change:
    name = fields.subject(row.name) if row.name else None
    return Change(
        subject=Subject(StateKind(row.kind), name),
        at=row.at,
        was=Health(row.was),
        status=Health(row.status),
    )

"""The watchlist as it is now, clean: for snapshots and for its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError
from django.db.models import Count, Max, Q, QuerySet

from opspanel.database.base import database_answers_within
from opspanel.models import WatchEvent, WatchItem, WatchSignal
from opspanel.panel.load import configured_panel
from opspanel.panel.watch import Watch
from opspanel.sanitize import fields
from opspanel.snapshot.schema import CleanText, WatchedItem, Watchlist
from opspanel.terms import (
    Detector,
    WatchEventType,
    WatchFeedback,
    WatchState,
    WatchStatus,
)
from opspanel.watchlist.precision import suspended

_ANSWERS_WITHIN = 1.0
_MOST_LISTED = 50
_MOST_LINES = 100
_NEVER = "never measured, as its source is not there or knows nothing of it"
_RECENT = timedelta(days=7)


def watchlist_now(now: datetime) -> Watchlist | None:
    """For the stored snapshot. None where it cannot be read now."""
    try:
        with database_answers_within(_ANSWERS_WITHIN):
            return overview(now)
    except (DatabaseError, InterfaceError):
        return None


def overview(now: datetime) -> Watchlist:
    config, never = configured_panel().watchlist, len(_never_measured())
    found, listed = open_items().filter(listed_as=""), _listed()
    shown = [cleaned(item) for item in found[: config.most_open]]
    counted = WatchSignal.objects.aggregate(
        all=Count("pk"),
        learning=Count("pk", filter=Q(state=WatchState.LEARNING.value)),
        silent=Count("pk", filter=Q(state=WatchState.SILENT.value)),
        judged_at=Max("judged_at"),
    )
    return Watchlist(
        found=tuple(shown),
        not_shown=max(found.count() - len(shown), 0),
        listed=tuple(map(cleaned, listed)),
        watched=counted["all"] + never,
        learning=counted["learning"],
        silent=counted["silent"] + never,
        suspended=suspended(config, now),
        judged_at=counted["judged_at"],
    )


def open_items() -> QuerySet[WatchItem]:
    """The gravest first, security before the rest of its severity."""
    rows = WatchItem.objects.exclude(status=WatchStatus.DONE.value)
    return rows.order_by("severity", "-security", "-times", "opened_at", "pk")


def _listed() -> Iterable[WatchItem]:
    return open_items().exclude(listed_as="")[:_MOST_LISTED]


def cleaned(item: WatchItem) -> WatchedItem:
    return WatchedItem(
        id=item.pk,
        title=fields.sentence(item.title),
        line=fields.sentence(item.line or item.why),
        status=WatchStatus(item.status),
        severity=item.severity,
        security=item.security,
        owner_domain=fields.owner(item.owner),
        detector=Detector(item.detector) if item.detector else None,
        baseline=fields.sentence(item.baseline),
        target=fields.sentence(item.target),
        progress=fields.sentence(item.progress),
        phase=fields.sentence(item.phase),
        opened_at=item.opened_at,
        ended_at=item.ended_at,
        incident=item.incident_id,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an item's history; `changes`: field, before and after."""

    at: datetime
    type: WatchEventType
    actor: CleanText
    body: CleanText
    changes: tuple[tuple[CleanText, CleanText, CleanText], ...]


@dataclass(frozen=True, slots=True)
class WholeItem:
    item: WatchedItem
    why: CleanText
    feedback: WatchFeedback | None
    muted_until: datetime | None
    history: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Signal:
    """`line` tells its state with figures."""

    watch: CleanText
    subject: CleanText
    state: WatchState
    line: CleanText


def whole(number: int) -> WholeItem | None:
    """None where there is no such item."""
    item = WatchItem.objects.filter(pk=number).first()
    if item is None:
        return None
    newest = item.events.order_by("-pk")[:_MOST_LINES]
    return WholeItem(
        item=cleaned(item),
        why=fields.sentence(item.why),
        feedback=WatchFeedback(item.feedback) if item.feedback else None,
        muted_until=item.muted_until,
        history=tuple(map(_line, newest)),
    )


def done(now: datetime) -> tuple[WatchedItem, ...]:
    """What detectors found in the last week and is over, the newest first: somebody may
    still say whether they were right."""
    over = WatchItem.objects.filter(status=WatchStatus.DONE.value).exclude(detector="")
    since = now - _RECENT
    lately = (
        Q(opened_at__gte=since) | Q(ended_at__gte=since) | Q(feedback_at__gte=since)
    )
    recent = over.filter(lately).order_by("-opened_at", "-pk")
    return tuple(map(cleaned, recent[:_MOST_LISTED]))


def signals() -> tuple[Signal, ...]:
    """All that are watched, what is raised first. What was never measured is there, too,
    and says so."""
    order = {state: place for place, state in enumerate(WatchState)}
    rows = WatchSignal.objects.order_by("watch", "subject")
    found = [
        Signal(
            watch=fields.query_name(row.watch),
            subject=fields.subject(row.subject),
            state=WatchState(row.state),
            line=fields.sentence(row.line),
        )
        for row in rows
    ]
    found += [
        Signal(
            watch=fields.query_name(watch.id),
            subject=fields.subject(""),
            state=WatchState.SILENT,
            line=fields.sentence(f"{watch.name}: {_NEVER}"),
        )
        for watch in _never_measured()
    ]
    return tuple(sorted(found, key=lambda signal: order[signal.state]))


def _never_measured() -> list[Watch]:
    known = set(WatchSignal.objects.values_list("watch", flat=True))
    return [watch for watch in configured_panel().watch if watch.id not in known]


def _line(event: WatchEvent) -> Line:
    return Line(
        at=event.at,
        type=WatchEventType(event.type),
        actor=fields.person(event.actor_label),
        body=fields.sentence(event.body),
        changes=tuple(
            (fields.query_name(name), fields.sentence(before), fields.sentence(after))
            for name, (before, after) in event.changes.items()
        ),
    )

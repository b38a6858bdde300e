"""The watchlist as it is now, clean: for snapshots and for its page."""

from collections.abc import Iterable
from datetime import datetime

from django.db import DatabaseError, InterfaceError
from django.db.models import Count, Max, Q, QuerySet

from opspanel.database.base import database_answers_within
from opspanel.models import WatchItem, WatchSignal
from opspanel.panel.load import configured_panel
from opspanel.sanitize import fields
from opspanel.snapshot.schema import WatchedItem, Watchlist
from opspanel.terms import Detector, WatchState, WatchStatus
from opspanel.watchlist.precision import suspended

_ANSWERS_WITHIN = 1.0
_MOST_LISTED = 50


def watchlist_now(now: datetime) -> Watchlist | None:
    """For the stored snapshot. None where it cannot be read now."""
    try:
        with database_answers_within(_ANSWERS_WITHIN):
            return overview(now)
    except (DatabaseError, InterfaceError):
        return None


def overview(now: datetime) -> Watchlist:
    config = configured_panel().watchlist
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
        watched=counted["all"],
        learning=counted["learning"],
        silent=counted["silent"],
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

"""What incidents have to tell and nobody was told yet, webhook by webhook.

Read from Postgres by whoever shows it, never told by the worker that posts: that one may
be the part that is down.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from opspanel.models import IncidentDelivery, IncidentMessage, IncidentWebhook
from opspanel.panel.config import PanelConfig, Webhook
from opspanel.sanitize import fields
from opspanel.snapshot.schema import Untold
from opspanel.terms import FailureKind, Telling

# A webhook that was just named is told what is as new as this: nobody wants the past.
FIRST: Final = timedelta(hours=1)
# Longer than any transaction: a message is older than the moment it can be seen.
_OVERLAP = timedelta(minutes=5)
# Longer than a few turns of the worker; it notes once a minute that it came by.
_UNSEEN = timedelta(minutes=3)
_LATE = timedelta(minutes=1)
_FAILURES: Final = {
    FailureKind.TIMEOUT: "did not answer in time",
    FailureKind.REFUSED: "took no connection",
    FailureKind.BAD_PAYLOAD: "answered with no HTTP",
    FailureKind.UNAVAILABLE: "broke the connection off",
}


def untold(panel: PanelConfig, now: datetime) -> tuple[Untold, ...]:
    """Of all webhooks that are not told in time, the worst first."""
    late = (one for one in webhooks(panel, now) if one.state is not Telling.IN_TIME)
    return tuple(sorted(late, key=lambda one: -_rank(one.state)))


def webhooks(panel: PanelConfig, now: datetime) -> tuple[Untold, ...]:
    """All of them, in the order of panel.toml."""
    if not panel.webhooks:
        return ()
    looked_at = _looked_at()
    return tuple(
        _of(webhook, looked_at.get(webhook.name), now) for webhook in panel.webhooks
    )


def lines_untold(
    incident_id: int, late: Iterable[Untold], panel: PanelConfig, now: datetime
) -> int:
    """How many lines of one incident wait for the one of these webhooks that is most
    behind with it."""
    names = {one.webhook for one in late}
    if not names:
        return 0
    looked_at = _looked_at()
    waiting = (
        _queue(webhook).filter(message__event__incident=incident_id).count()
        + unqueued(webhook, looked_at.get(webhook.name), now)
        .filter(event__incident=incident_id)
        .count()
        for webhook in panel.webhooks
        if webhook.name in names
    )
    return max(waiting, default=0)


def unqueued(
    webhook: Webhook, looked_at: datetime | None, now: datetime
) -> QuerySet[IncidentMessage]:
    """Messages that this webhook wants and that do not stand in its queue.

    Who was told of an incident is told also that it became a minor one, and its end.
    """
    since = looked_at - _OVERLAP if looked_at else now - FIRST
    grave = Q(payload__severity__lte=webhook.least_severity)
    queued = IncidentDelivery.objects.filter(
        webhook=webhook.name, message=OuterRef("pk")
    )
    earlier = IncidentMessage.objects.filter(
        grave, event__incident=OuterRef("event__incident"), pk__lt=OuterRef("pk")
    )
    wanted = IncidentMessage.objects.filter(
        grave | Exists(earlier), ~Exists(queued), created_at__gt=since
    )
    return wanted if webhook.drills else wanted.filter(payload__is_drill=False)


def last_answer(one: Untold) -> str:
    """`answered 503`, of the last try."""
    if one.tried_at is None:
        return "was never asked"
    if one.failure is not None:
        return _FAILURES.get(one.failure, "gave no answer")
    return f"answered {one.status}" if one.status else "gave no answer"


def _looked_at() -> dict[str, datetime]:
    return dict(IncidentWebhook.objects.values_list("name", "looked_at"))


def _queue(webhook: Webhook) -> QuerySet[IncidentDelivery]:
    return IncidentDelivery.objects.filter(webhook=webhook.name, done_at=None)


def _of(webhook: Webhook, looked_at: datetime | None, now: datetime) -> Untold:
    queue, last = _queue(webhook), _last_tried(webhook)
    queued = queue.aggregate(
        count=Count("pk"),
        oldest=Min("message__created_at"),
        paused_at=Min("paused_at"),
        next_at=Min("next_at"),
    )
    others = unqueued(webhook, looked_at, now).aggregate(
        count=Count("pk"), oldest=Min("created_at")
    )
    oldest = min(filter(None, (queued["oldest"], others["oldest"])), default=None)
    unseen = looked_at is None or now - looked_at > _UNSEEN
    state = _state(
        {
            Telling.PAUSED: queued["paused_at"] is not None,
            Telling.UNATTENDED: unseen,
            Telling.LATE: oldest is not None and now - oldest > _LATE,
            Telling.REFUSING: last is not None and last.refused,
        }
    )
    return Untold(
        webhook=fields.subject(webhook.name),
        state=state,
        waiting=queued["count"] + others["count"],
        oldest_at=oldest,
        # Only where it matters: what is well should not change once a minute.
        seen_at=looked_at if unseen else None,
        paused_at=queued["paused_at"],
        tried_at=last.tried_at if last else None,
        next_at=queued["next_at"],
        status=last.status if last else 0,
        failure=FailureKind(last.failure) if last and last.failure else None,
    )


def _last_tried(webhook: Webhook) -> IncidentDelivery | None:
    """What waits after a try, or, with nothing such, what was settled last."""
    tried = IncidentDelivery.objects.filter(webhook=webhook.name)
    waits = _queue(webhook).exclude(tried_at=None).order_by("-tried_at").first()
    return waits or tried.exclude(done_at=None).order_by("-message_id").first()


def _state(holds: dict[Telling, bool]) -> Telling:
    """The first that holds."""
    return next((state for state, so in holds.items() if so), Telling.IN_TIME)


def _rank(state: Telling) -> int:
    return list(Telling).index(state)

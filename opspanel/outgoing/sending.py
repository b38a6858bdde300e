"""Which messages are due, in which order, and what becomes of each."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from opentelemetry.trace import SpanKind

from opspanel import correlation, tracing
from opspanel.incidents.untold import unqueued
from opspanel.models import IncidentDelivery, IncidentWebhook
from opspanel.outgoing.bodies import body
from opspanel.outgoing.post import Answer, post
from opspanel.panel.config import PanelConfig, Webhook

log = logging.getLogger(__name__)

# About twenty minutes; from then on one try in a while, with nothing lost.
WAITS = tuple(timedelta(seconds=wait) for wait in (10, 30, 120, 300, 720))
PAUSE = timedelta(minutes=15)
_MOST_AT_ONCE = 100
_NOTED_EACH = timedelta(minutes=1)

# The oldest of each incident: the ones after it wait for it.
_HEADS = """
SELECT DISTINCT ON (event.incident_id) delivery.id, delivery.next_at
FROM ops_incidentdelivery AS delivery
JOIN ops_incidentoutbox AS message ON message.id = delivery.message_id
JOIN ops_incidentevent AS event ON event.id = message.event_id
WHERE delivery.webhook = %s AND delivery.done_at IS NULL
ORDER BY event.incident_id, delivery.message_id
"""


def send_due(panel: PanelConfig, now: datetime | None = None) -> int:
    """Send what is due to all webhooks; return how many messages were taken."""
    moment = now or timezone.now()
    for webhook in panel.webhooks:
        _enqueue(webhook, moment)
    return sum(_send_to(webhook, moment) for webhook in panel.webhooks)


def _enqueue(webhook: Webhook, now: datetime) -> None:
    """What is not queued yet, however long nobody came by; then note that we did."""
    name = webhook.name
    known = IncidentWebhook.objects.filter(name=name)
    # Asked first: what is written while we look is looked for again.
    looked_at = _clock()
    last = known.values_list("looked_at", flat=True).first()
    wanted = unqueued(webhook, last, now).values_list("pk", flat=True)
    IncidentDelivery.objects.bulk_create(
        (IncidentDelivery(message_id=pk, webhook=name, next_at=now) for pk in wanted),
        ignore_conflicts=True,
    )
    if last is None:
        IncidentWebhook.objects.get_or_create(name=name, looked_at=looked_at)
    elif looked_at - last > _NOTED_EACH:
        known.update(looked_at=looked_at)


def _clock() -> datetime:
    """That of Postgres, which the outbox is dated by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def _send_to(webhook: Webhook, now: datetime) -> int:
    taken = 0
    while heads := _due(webhook, now):
        answers = [_send(number, webhook, now) for number in heads]
        taken += sum(answer is not None and answer.taken for answer in answers)
        if taken >= _MOST_AT_ONCE or not all(
            answer and answer.taken for answer in answers
        ):
            break
    return taken


def _due(webhook: Webhook, now: datetime) -> list[int]:
    """The first waiting message of each incident; of a paused webhook only one."""
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, [webhook.name])
        heads = cursor.fetchall()
    due = [number for number, next_at in heads if next_at <= now]
    return due[:1] if is_paused(webhook.name) else due


def is_paused(name: str) -> bool:
    """It did not answer for so long that it is asked now and then only."""
    waiting = IncidentDelivery.objects.filter(webhook=name, done_at=None)
    return waiting.exclude(paused_at=None).exists()


def resume(name: str, now: datetime) -> int:
    """Let what waits be tried at once, as if it never had been; return how many."""
    waiting = IncidentDelivery.objects.filter(webhook=name, done_at=None)
    return waiting.update(attempt=0, next_at=now, paused_at=None)


def _send(number: int, webhook: Webhook, now: datetime) -> Answer | None:
    """None where another worker has it."""
    delivery = _taken(number, now)
    if delivery is None:
        return None
    with _going_on(delivery):
        message = delivery.message
        answer = post(
            str(webhook.url),
            settings.OPSPANEL_WEBHOOK_SECRETS[webhook.name],
            message.pk,
            body(message, webhook.format, now),
        )
        if not answer.taken:
            tracing.fail("upstream_failed")
        _note(delivery, answer, now)
        return answer


@contextmanager
def _going_on(delivery: IncidentDelivery) -> Iterator[None]:
    """With the trace, and under the id, of whoever acted on the incident."""
    message = delivery.message
    told: tracing.Attributes = {
        "event.id": str(message.pk),
        "event.type": message.type,
        "subject": message.subject,
        "attempt": delivery.attempt,
    }
    carrier = {"traceparent": message.traceparent}
    with (
        correlation.under(message.correlation_id),
        tracing.entered("process incident.message", carrier, kind=SpanKind.CONSUMER),
    ):
        tracing.note(told)
        yield


def _taken(number: int, now: datetime) -> IncidentDelivery | None:
    """Nobody else posts it until its next try is due, which is later than any answer.

    The try counts from here: a worker that dies while it posts has tried, and the
    message goes out again. No transaction waits for somebody else's server.
    """
    with transaction.atomic():
        rows = IncidentDelivery.objects.select_for_update(
            skip_locked=True, of=("self",)
        )
        waiting = rows.filter(pk=number, done_at=None, next_at__lte=now)
        delivery = waiting.select_related("message__event__incident").first()
        if delivery is not None:
            delivery.attempt += 1
            delivery.tried_at = now
            delivery.next_at = max(now, timezone.now()) + _wait(delivery.attempt)
            delivery.save(update_fields=["attempt", "tried_at", "next_at"])
    return delivery


def _note(delivery: IncidentDelivery, answer: Answer, now: datetime) -> None:
    delivery.status, delivery.took_ms = answer.status, answer.took_ms
    delivery.failure = answer.failure or ""
    if answer.taken or not answer.again:
        delivery.done_at, delivery.refused = now, not answer.taken
    elif delivery.attempt > len(WAITS) and delivery.paused_at is None:
        delivery.paused_at = now
        log.warning(
            "webhook %s is paused at message %d", delivery.webhook, delivery.message_id
        )
    if delivery.refused:
        log.warning(
            "webhook %s refuses message %d", delivery.webhook, delivery.message_id
        )
    delivery.save()


def _wait(attempt: int) -> timedelta:
    return WAITS[attempt - 1] if attempt <= len(WAITS) else PAUSE

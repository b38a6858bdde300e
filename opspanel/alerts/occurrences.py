"""From what an Alertmanager tells to rows: delivered twice, late or out of order.

Absence from a message means nothing, and neither does the message's own status: each
alert speaks for itself.
"""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, Least

from opspanel.alerts.meaning import Told
from opspanel.models import AlertOccurrence

type Rows = QuerySet[AlertOccurrence]

_SAME = ("alertname", "service", "severity", "severity_known", "summary", "link")


def apply(
    alerts: Iterable[Told], source: str, now: datetime
) -> tuple[list[AlertOccurrence], list[AlertOccurrence]]:
    """Those that began to fire, and those that ended. Nobody else may be at the same
    source: see `delivery`."""
    began, ended = [], []
    for one in alerts:
        rows = AlertOccurrence.objects.filter(
            source=source, fingerprint=one.fingerprint
        )
        if one.ended_at is None:
            made = _fires(one, source, rows, now)
            began += [made] if made else []
        else:
            done = _ends(one, source, rows, now)
            ended += [done] if done else []
    return began, ended


def _fires(one: Told, source: str, rows: Rows, now: datetime) -> AlertOccurrence | None:
    """The new occurrence; None where it is known, or where a retry comes too late."""
    present = {name: getattr(one, name) for name in (*_SAME, "labels")}
    known = rows.filter(ended_at=None).update(
        **present,
        starts_at=Least(F("starts_at"), one.starts_at),
        last_seen_at=Greatest(F("last_seen_at"), now),
    )
    if known or rows.filter(ended_at__gte=one.starts_at).exists():
        return None
    return _make(one, source, now)


def _ends(one: Told, source: str, rows: Rows, now: datetime) -> AlertOccurrence | None:
    """The occurrence that ended; None where it had, or where an older end comes late."""
    open_one = rows.filter(ended_at=None).first()
    if open_one is None:
        # Its firing never came, or this is said again.
        told_before = rows.filter(ended_at__gte=one.starts_at).exists()
        return None if told_before else _make(one, source, now)
    if one.ended_at is None or one.ended_at < open_one.starts_at:
        return None
    open_one.ended_at, open_one.last_seen_at = one.ended_at, now
    open_one.save(update_fields=["ended_at", "last_seen_at"])
    return open_one


def _make(one: Told, source: str, now: datetime) -> AlertOccurrence:
    values = {field.name: getattr(one, field.name) for field in fields(one)}
    return AlertOccurrence.objects.create(source=source, last_seen_at=now, **values)

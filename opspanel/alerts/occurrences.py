"""From what an Alertmanager tells to rows: delivered twice, late or out of order.

Absence from a message means nothing, and neither does the message's own status: each
alert speaks for itself. A message may hold thousands, so all are read and written
together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime

from django.db.models import Max

from opspanel.alerts.meaning import Told
from opspanel.models import AlertOccurrence

_PRESENT = (
    "alertname",
    "service",
    "severity",
    "severity_known",
    "summary",
    "link",
    "labels",
)
_CHANGES = (*_PRESENT, "starts_at", "ended_at", "last_seen_at")
# One statement stays far from the end of what Postgres is waited for.
_AT_ONCE = 1_000


def apply(
    alerts: Sequence[Told], source: str, now: datetime
) -> tuple[list[AlertOccurrence], list[AlertOccurrence]]:
    """Those that began to fire, and those that ended. Nobody else may be at the same
    source: see `delivery`."""
    known = _Known(source, {one.fingerprint for one in alerts}, now)
    for one in alerts:
        if one.ended_at is None:
            known.fires(one)
        else:
            known.ends(one, one.ended_at)
    known.write()
    return known.began, known.ended


class _Known:
    """What was told of these alerts until now, and what one message adds to it."""

    def __init__(self, source: str, fingerprints: Iterable[str], now: datetime) -> None:
        self._source, self._now = source, now
        rows = AlertOccurrence.objects.filter(
            source=source, fingerprint__in=list(fingerprints)
        )
        self._open = {row.fingerprint: row for row in rows.filter(ended_at=None)}
        over = rows.exclude(ended_at=None).values_list("fingerprint")
        self._last_end = dict(over.annotate(Max("ended_at")))
        self._made: list[AlertOccurrence] = []
        self._seen: list[AlertOccurrence] = []
        self._changed: dict[str, AlertOccurrence] = {}
        self.began: list[AlertOccurrence] = []
        self.ended: list[AlertOccurrence] = []

    def fires(self, one: Told) -> None:
        row = self._open.get(one.fingerprint)
        if row is None:
            # A retry that comes after the end would begin it anew.
            if not self._was_over(one):
                self.began.append(self._make(one))
            return
        self._seen.append(row)
        told = {name: getattr(one, name) for name in _PRESENT}
        told["starts_at"] = min(row.starts_at, one.starts_at)
        if any(getattr(row, name) != value for name, value in told.items()):
            for name, value in told.items():
                setattr(row, name, value)
            self._changed[one.fingerprint] = row

    def ends(self, one: Told, ended_at: datetime) -> None:
        row = self._open.get(one.fingerprint)
        if row is None:
            # Its firing never came; or this is said again.
            if not self._was_over(one):
                self.ended.append(self._make(one))
        elif ended_at >= row.starts_at:
            row.ended_at, row.last_seen_at = ended_at, self._now
            self._over(row.fingerprint, ended_at)
            self.ended.append(row)

    def write(self) -> None:
        AlertOccurrence.objects.bulk_create(
            [row for row in self._changed.values() if row.pk],
            batch_size=_AT_ONCE,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=_CHANGES,
        )
        AlertOccurrence.objects.bulk_create(self._made, batch_size=_AT_ONCE)
        seen = AlertOccurrence.objects.filter(
            pk__in=[row.pk for row in self._seen], last_seen_at__lt=self._now
        )
        seen.update(last_seen_at=self._now)

    def _was_over(self, one: Told) -> bool:
        end = self._last_end.get(one.fingerprint)
        return end is not None and end >= one.starts_at

    def _make(self, one: Told) -> AlertOccurrence:
        values = {field.name: getattr(one, field.name) for field in fields(one)}
        row = AlertOccurrence(source=self._source, last_seen_at=self._now, **values)
        self._made.append(row)
        if one.ended_at is None:
            self._open[one.fingerprint] = row
        else:
            self._over(one.fingerprint, one.ended_at)
        return row

    def _over(self, fingerprint: str, ended_at: datetime) -> None:
        row = self._open.pop(fingerprint, None)
        if row is not None:
            self._changed[fingerprint] = row
        last = self._last_end.get(fingerprint, ended_at)
        self._last_end[fingerprint] = max(last, ended_at)

"""What is new, what changed, who is silent and what nobody is at: for one person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber

from opspanel import models
from opspanel.alerts import listing as alerts
from opspanel.alerts.reading import FiringAlert, FiringAlerts
from opspanel.handover import looks
from opspanel.incidents import cleaning
from opspanel.incidents.reading import TimelineEvent
from opspanel.models.incidents import UNSETTLED
from opspanel.panel.config import PanelConfig
from opspanel.snapshot.schema import Incident
from opspanel.terms import IncidentEventType as Type

MOST = 50
MOST_LINES = 6
# `changed_at` is the clock of whoever wrote, `recorded_at` that of Postgres.
_CLOCKS_APART = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """An incident with its newest lines since then, oldest first; `more` came before
    them."""

    incident: Incident
    lines: tuple[TimelineEvent, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """`new`, `changed` and `still_open` share no incident, each the worst first;
    `silent` are those of them that are not over and owe an update. `not_shown` counts
    incidents beyond MOST.

    `looked`: False where the person never said that they had, and `since` is a guess.
    `signals`: what fires without an incident; with `fires.way` other than OPEN none
    means nothing. `until` is what a look at this digest covers.
    """

    since: datetime
    until: datetime
    looked: bool
    new: tuple[Followed, ...]
    changed: tuple[Followed, ...]
    silent: tuple[Incident, ...]
    still_open: tuple[Incident, ...]
    not_shown: int
    signals: tuple[FiringAlert, ...]
    fires: FiringAlerts

    @property
    def is_empty(self) -> bool:
        listed = (self.new, self.changed, self.silent, self.still_open, self.signals)
        return not any(listed)


def digest(looked_at: datetime | None, panel: PanelConfig, now: datetime) -> Digest:
    """Since `looked_at`; for None, since a day ago."""
    since = looked_at or now - looks.FIRST
    changed = _changed(since)
    quiet = _every().filter(status__in=UNSETTLED).exclude(pk__in=changed.values("pk"))
    shown = list(changed[:MOST])
    rows = [*shown, *quiet[:MOST]]
    cleaned = {row.pk: cleaning.incident(row, now) for row in rows}
    told = _followed({row.pk: cleaned[row.pk] for row in shown}, since)
    begun = {row.pk for row in shown if row.is_new}
    fires = alerts.firing(panel, now)
    return Digest(
        since=since,
        until=now - looks.SETTLES_WITHIN,
        looked=looked_at is not None,
        new=tuple(one for number, one in told.items() if number in begun),
        changed=tuple(one for number, one in told.items() if number not in begun),
        silent=tuple(one for one in cleaned.values() if one.overdue),
        still_open=tuple(one for one in cleaned.values() if one.id not in told),
        not_shown=changed.count() + quiet.count() - len(rows),
        signals=tuple(one for one in fires.alerts if one.incident is None),
        fires=fires,
    )


def _every() -> QuerySet[models.Incident]:
    """The worst first."""
    rows = models.Incident.objects.order_by("severity", "-started_at", "pk")
    return rows.prefetch_related("services")


def _events(since: datetime) -> QuerySet[models.IncidentEvent]:
    return models.IncidentEvent.objects.filter(recorded_at__gt=since)


def _changed(since: datetime) -> QuerySet[Any]:
    """`is_new`: declared since then."""
    mine = _events(since).filter(incident=OuterRef("pk"))
    recent = _every().filter(changed_at__gt=since - _CLOCKS_APART)
    begun = Exists(mine.filter(type=Type.DECLARED))
    return recent.filter(Exists(mine)).annotate(is_new=begun)


def _followed(
    incidents: Mapping[int, Incident], since: datetime
) -> dict[int, Followed]:
    """By number, in the given order; without those that have no line since then."""
    lines: dict[int, list[TimelineEvent]] = {number: [] for number in incidents}
    among: dict[int, int] = {}
    for row in _newest_lines(incidents, since):
        amends = row.amends.seq if row.amends else None
        lines[row.incident_id].append(cleaning.line(row, amends, gone=row.gone))
        among[row.incident_id] = row.among
    return {
        number: Followed(
            incident=incidents[number],
            lines=tuple(found),
            more=among[number] - len(found),
        )
        for number, found in lines.items()
        if found
    }


def _newest_lines(numbers: Iterable[int], since: datetime) -> QuerySet[Any]:
    """MOST_LINES of each incident; `among`: how many there are, `gone`: redacted."""
    redactions = models.IncidentEvent.objects.filter(
        amends=OuterRef("pk"), type=Type.REDACTED
    )
    newest_first = F("seq").desc()
    rows = _events(since).filter(incident__in=numbers).select_related("amends")
    counted = rows.annotate(
        gone=Exists(redactions),
        place=Window(RowNumber(), partition_by="incident", order_by=newest_first),
        among=Window(Count("pk"), partition_by="incident"),
    )
    return counted.filter(place__lte=MOST_LINES).order_by("incident", "seq")

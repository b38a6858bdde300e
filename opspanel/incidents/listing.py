"""Reading incidents: for the overview, one by one, and in pages."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, F, Min, Q, QuerySet

from opspanel import models
from opspanel.incidents import cleaning
from opspanel.incidents.reading import IncidentList, WholeIncident
from opspanel.incidents.severity import CADENCES
from opspanel.incidents.untold import untold
from opspanel.models.incidents import UNSETTLED
from opspanel.panel.load import configured_panel
from opspanel.snapshot.schema import Incidents
from opspanel.terms import IncidentStatus

PAGE = 50
_SHOWN = 10
_MOST_UNSETTLED = 25
_MARKED = timedelta(hours=1)
_MARK = """
SELECT count(*), coalesce(sum(version), 0) FROM ops_incident WHERE changed_at >= %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Empty means any. `since` and `until` are about the declaration."""

    statuses: Sequence[IncidentStatus] = ()
    severities: Sequence[int] = ()
    service: str = ""
    owner_id: int | None = None
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def rows(self) -> QuerySet[models.Incident]:
        wanted = {
            "status__in": [status.value for status in self.statuses],
            "severity__in": list(self.severities),
            "services__service": self.service,
            "owner_id": self.owner_id,
            "title__icontains": self.words,
            "declared_at__gte": self.since,
            "declared_at__lt": self.until,
        }
        given = {name: value for name, value in wanted.items() if value}
        return models.Incident.objects.filter(**given)


@dataclass(frozen=True, slots=True)
class Mark:
    """Changes with every act, for a while: two equal ones mean that nothing happened."""

    changed: int
    versions: int


def mark(now: datetime) -> Mark:
    """One cheap statement, whatever the number of incidents."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [now - _MARKED])
        return Mark(*cursor.fetchone())


def overview(now: datetime) -> Incidents:
    """All that is not over (25 at most), then the newest of the others, 10 together."""
    unsettled = _unsettled().order_by("severity", F("started_at").desc(), "pk")
    found = list(unsettled.prefetch_related("services")[:_MOST_UNSETTLED])
    others = models.Incident.objects.exclude(status__in=UNSETTLED)
    newest = others.order_by("-declared_at", "-pk").prefetch_related("services")
    found += newest[: max(_SHOWN - len(found), 0)]
    counted = _counted(now)
    shown = sum(row.status in UNSETTLED for row in found)
    made = Incidents(
        open=counted["open"],
        overdue=counted["overdue"],
        highest_severity=counted["highest"],
        recent=tuple(cleaning.incident(row, now) for row in found),
        not_shown=counted["all"] - shown,
        read_at=None,
        version=0,
        untold=untold(configured_panel(), now),
    )
    # Of what is told and not of when: the same in every process.
    return replace(made, read_at=now, version=zlib.crc32(repr(made).encode()))


def whole(incident_id: int, now: datetime) -> WholeIncident | None:
    """None where there is no such incident."""
    rows = models.Incident.objects.select_related("merged_into", "recurs")
    row = rows.prefetch_related("services").filter(pk=incident_id).first()
    return cleaning.whole(row, now) if row is not None else None


def is_overdue(incident_id: int, now: datetime) -> bool:
    """Whether an update was due. False where there is no such incident."""
    return _unsettled().filter(_overdue(now), pk=incident_id).exists()


def page(wanted: Filter, before: int | None, now: datetime) -> IncidentList:
    """Newest first, 50 at a time. `before`: `older` of the page above."""
    rows = wanted.rows().order_by("-pk").prefetch_related("services")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    shown = tuple(cleaning.incident(row, now) for row in found[:PAGE])
    return IncidentList(
        incidents=shown, older=shown[-1].id if len(found) > PAGE else None
    )


def _unsettled() -> QuerySet[models.Incident]:
    return models.Incident.objects.filter(status__in=UNSETTLED)


def _counted(now: datetime) -> dict[str, int]:
    real = Q(is_drill=False)
    counted: dict[str, int] = _unsettled().aggregate(
        all=Count("pk"),
        open=Count("pk", filter=real),
        highest=Min("severity", filter=real),
        overdue=Count("pk", filter=real & _overdue(now)),
    )
    return counted


def _overdue(now: datetime) -> Q:
    late = Q(pk__in=())
    for severity, cadence in CADENCES.items():
        first = Q(updated_at=None, declared_at__lt=now - cadence.first)
        later = Q(updated_at__lt=now - cadence.then)
        late |= Q(severity=severity.value) & (first | later)
    return late

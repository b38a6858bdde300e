"""Reading alerts: what fires, what of it has no incident, and what one incident's do."""

from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce

from opspanel.alerts.reading import FiringAlert, FiringAlerts, OwnAlert, SignalState
from opspanel.incidents import signals
from opspanel.models import (
    AlertDelivery,
    AlertDetachment,
    AlertOccurrence,
    Incident,
)
from opspanel.models.incidents import UNSETTLED
from opspanel.panel.config import PanelConfig
from opspanel.sanitize import fields

_MOST_SHOWN = 100
_MOST_OWN = 8


def firing(panel: PanelConfig, now: datetime) -> FiringAlerts:
    rows = _firing(panel)
    has_one = Case(When(of=None, then=0), default=1)
    found = rows.order_by(has_one, "severity", "starts_at", "pk")
    shown, count = list(found[:_MOST_SHOWN]), rows.count()
    incidents = Incident.objects.in_bulk({row.of for row in shown if row.of})
    return FiringAlerts(
        alerts=tuple(_shown(row, incidents.get(row.of)) for row in shown),
        unattached=_unattached(rows),
        not_shown=count - len(shown),
        left_out=_left_out(),
        way=signals.way(panel, now),
        last_delivery_at=_last_delivery_at(),
    )


def unattached(panel: PanelConfig) -> int:
    """How many alerts fire that no open incident is about."""
    return _unattached(_firing(panel))


def signal_state(incident_id: int, panel: PanelConfig, now: datetime) -> SignalState:
    incident = Incident.objects.only("dedup_key").get(pk=incident_id)
    mine = signals.alerts_of(incident)
    counts = mine.aggregate(
        firing=Count("pk", filter=Q(ended_at=None)),
        quiet=Count("pk", filter=~Q(ended_at=None)),
        last_end=Max("ended_at"),
    )
    rows = mine.order_by(F("ended_at").desc(nulls_first=True), "starts_at")
    return SignalState(
        alerts=tuple(_own(row) for row in rows[:_MOST_OWN]),
        firing=counts["firing"],
        quiet=counts["quiet"],
        quiet_since=None if counts["firing"] else counts["last_end"],
        way=signals.way(panel, now),
        last_delivery_at=_last_delivery_at(),
    )


def _own(row: AlertOccurrence) -> OwnAlert:
    return OwnAlert(
        id=row.pk,
        alertname=fields.subject(row.alertname),
        service=fields.service(row.service),
        starts_at=row.starts_at,
        ended_at=row.ended_at,
    )


def _firing(panel: PanelConfig) -> QuerySet[Any]:
    """`of`: the number of the open incident that each belongs to. `problem_open`:
    whether one is open about its problem, although it may be detached from that."""
    problem = Incident.objects.filter(
        dedup_key=OuterRef("dedup_key"), status__in=UNSETTLED
    ).exclude(dedup_key="")
    detached = AlertDetachment.objects.filter(
        incident=OuterRef("pk"),
        source=OuterRef(OuterRef("source")),
        fingerprint=OuterRef(OuterRef("fingerprint")),
    )
    attached = Case(When(incident__status__in=UNSETTLED, then="incident"))
    its_own = Subquery(problem.exclude(Exists(detached)).values("pk")[:1])
    rows = AlertOccurrence.objects.filter(ended_at=None)
    return rows.exclude(alertname=panel.alerts.watchdog or "").annotate(
        of=Coalesce(attached, its_own), problem_open=Exists(problem)
    )


def _unattached(rows: QuerySet[Any]) -> int:
    return rows.filter(of=None).count()


def _shown(row: Any, incident: Incident | None) -> FiringAlert:
    return FiringAlert(
        id=row.pk,
        alertname=fields.subject(row.alertname),
        service=fields.service(row.service),
        severity=row.severity,
        severity_known=row.severity_known,
        summary=fields.sentence(row.summary),
        source=fields.subject(row.source),
        link=fields.link(row.link or None),
        # Detached from who has its problem: a new incident is about something else.
        dedup_key=fields.sentence("" if row.problem_open else row.dedup_key),
        starts_at=row.starts_at,
        last_seen_at=row.last_seen_at,
        incident=(incident.pk, fields.incident_ref(incident.ref)) if incident else None,
    )


def _left_out() -> int:
    """Of the last message of each source: what it did not name may fire as well."""
    last = AlertDelivery.objects.filter(outcome="taken")
    newest = last.order_by("source", "-received_at").distinct("source")
    return sum(newest.values_list("truncated", flat=True))


def _last_delivery_at() -> datetime | None:
    times = AlertDelivery.objects.aggregate(last=Max("received_at"))
    last: datetime | None = times["last"]
    return last

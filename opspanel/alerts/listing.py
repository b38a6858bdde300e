"""Reading alerts: what fires, what of it has no incident, and what one incident's do."""

from datetime import datetime

from django.db.models import Count, F, Max, Q, QuerySet

from opspanel.alerts.reading import FiringAlert, FiringAlerts, OwnAlert, SignalState
from opspanel.incidents import signals
from opspanel.models import AlertDelivery, AlertOccurrence, Incident
from opspanel.models.incidents import UNSETTLED
from opspanel.panel.config import PanelConfig
from opspanel.sanitize import fields

_MOST_SHOWN = 100
_MOST_OWN = 8


def firing(panel: PanelConfig, now: datetime) -> FiringAlerts:
    rows = _firing(panel)
    incidents = _open_incidents(rows)
    found = sorted(rows, key=lambda row: _place(row, incidents))
    shown = tuple(_shown(row, incidents) for row in found[:_MOST_SHOWN])
    return FiringAlerts(
        alerts=shown,
        unattached=sum(_incident_of(row, incidents) is None for row in found),
        not_shown=len(found) - len(shown),
        left_out=_left_out(),
        way=signals.way(panel, now),
        last_delivery_at=_last_delivery_at(),
    )


def unattached(panel: PanelConfig) -> int:
    """How many alerts fire that no open incident is about."""
    rows = _firing(panel)
    incidents = _open_incidents(rows)
    return sum(_incident_of(row, incidents) is None for row in rows)


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
        alerts=tuple(_own(row, incident) for row in rows[:_MOST_OWN]),
        firing=counts["firing"],
        quiet=counts["quiet"],
        quiet_since=None if counts["firing"] else counts["last_end"],
        way=signals.way(panel, now),
        last_delivery_at=_last_delivery_at(),
    )


def _own(row: AlertOccurrence, incident: Incident) -> OwnAlert:
    return OwnAlert(
        id=row.pk,
        alertname=fields.subject(row.alertname),
        service=fields.service(row.service),
        starts_at=row.starts_at,
        ended_at=row.ended_at,
        by_hand=row.dedup_key != incident.dedup_key,
    )


def _firing(panel: PanelConfig) -> QuerySet[AlertOccurrence]:
    rows = AlertOccurrence.objects.filter(ended_at=None).select_related("incident")
    return rows.exclude(alertname=panel.alerts.watchdog or "")


def _open_incidents(rows: QuerySet[AlertOccurrence]) -> dict[str, Incident]:
    keys = {row.dedup_key for row in rows}
    found = Incident.objects.filter(dedup_key__in=keys, status__in=UNSETTLED)
    return {incident.dedup_key: incident for incident in found}


def _incident_of(
    row: AlertOccurrence, incidents: dict[str, Incident]
) -> Incident | None:
    attached = row.incident
    if attached is not None and attached.status in UNSETTLED:
        return attached
    return incidents.get(row.dedup_key)


def _place(
    row: AlertOccurrence, incidents: dict[str, Incident]
) -> tuple[bool, int, datetime]:
    attached = _incident_of(row, incidents) is not None
    return attached, row.severity, row.starts_at


def _shown(row: AlertOccurrence, incidents: dict[str, Incident]) -> FiringAlert:
    incident = _incident_of(row, incidents)
    return FiringAlert(
        id=row.pk,
        alertname=fields.subject(row.alertname),
        service=fields.service(row.service),
        severity=row.severity,
        severity_known=row.severity_known,
        summary=fields.sentence(row.summary),
        source=fields.subject(row.source),
        link=fields.link(row.link or None),
        dedup_key=fields.sentence(row.dedup_key),
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

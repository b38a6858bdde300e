"""What fires of one incident, and whether alerts are heard at all.

An alert is an incident's if somebody attached it, or if both are about the same problem
and nobody detached it.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from opspanel.models import (
    AlertDelivery,
    AlertDetachment,
    AlertOccurrence,
    Incident,
)
from opspanel.panel.config import PanelConfig


class Way(StrEnum):
    """Whether alerts get here at all."""

    OPEN = "open"
    SILENT = "silent"
    NEVER_USED = "never used"
    UNWATCHED = "unwatched"


def alerts_of(incident: Incident) -> QuerySet[AlertOccurrence]:
    """Those that fire and those that ended."""
    mine = Q(incident=incident)
    if incident.dedup_key:
        mine |= Q(~is_detached_from(incident.pk), dedup_key=incident.dedup_key)
    return AlertOccurrence.objects.filter(mine)


def is_detached_from(incident_id: int) -> Exists:
    """Of an alert's row: a person said that it is not about this incident."""
    return Exists(
        AlertDetachment.objects.filter(
            incident=incident_id,
            source=OuterRef("source"),
            fingerprint=OuterRef("fingerprint"),
        )
    )


def adopt(incident_id: int, dedup_key: str) -> list[str]:
    """What fires of this problem and has no incident is that one's from now on, also
    when it is resolved. Returns the alerts' names."""
    if not dedup_key:
        return []
    firing = AlertOccurrence.objects.filter(
        ~is_detached_from(incident_id),
        dedup_key=dedup_key,
        ended_at=None,
        incident=None,
    )
    names = sorted(set(firing.values_list("alertname", flat=True)))
    if names:
        firing.update(incident=incident_id)
    return names


def way(panel: PanelConfig, now: datetime) -> Way:
    """Told by the watchdog alert, where panel.toml names one: without it, a quiet
    Alertmanager and one that is gone are the same."""
    if panel.alerts.watchdog is None:
        used = AlertDelivery.objects.exists() or AlertOccurrence.objects.exists()
        return Way.UNWATCHED if used else Way.NEVER_USED
    since = now - timedelta(seconds=panel.alerts.watchdog_seconds)
    heard = AlertOccurrence.objects.filter(alertname=panel.alerts.watchdog)
    if not heard.exists():
        return Way.NEVER_USED
    recent = heard.filter(ended_at=None, last_seen_at__gte=since)
    return Way.OPEN if recent.exists() else Way.SILENT

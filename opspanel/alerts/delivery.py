"""One message of an Alertmanager, taken whole or, where the database is away, not at all.

The sender tries again after a 5xx and after no answer, never after a 4xx.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from opspanel.alerts import wire
from opspanel.alerts.attaching import ACTION
from opspanel.alerts.meaning import Told, told
from opspanel.alerts.occurrences import apply
from opspanel.incidents import (
    Draft,
    DuplicateOpenError,
    InvalidError,
    Submission,
    declare,
    signals,
)
from opspanel.incidents.plan import Line, Plan
from opspanel.incidents.rows import hold
from opspanel.incidents.writer import Locked, act
from opspanel.models import AlertDelivery, AlertOccurrence, Incident
from opspanel.models.incidents import UNSETTLED
from opspanel.panel.config import PanelConfig
from opspanel.terms import IncidentEventType

log = logging.getLogger(__name__)

KEEP = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`bad`: alerts that could not be read. `truncated`: alerts that were left out by
    the sender, of which nothing is known. `declared`: references of new incidents."""

    alerts: int
    bad: int
    truncated: int
    began: int
    ended: int
    declared: tuple[str, ...]


def take(body: bytes, source: str, panel: PanelConfig, by: Submission) -> Taken:
    """Raises MalformedError, after the fact that it came was kept; BusyError."""
    try:
        message = wire.envelope(body)
    except wire.MalformedError:
        keep(body, source, by.now, outcome="malformed")
        raise
    alerts = [wire.alert(raw) for raw in message.alerts]
    readable = [told(one, source, panel) for one in alerts if one is not None]
    bad = len(alerts) - len(readable)
    began, ended = _store(readable, source, by)
    keep(body, source, by.now, "taken", (len(alerts), bad, message.truncated))
    if bad or message.truncated:
        log.warning("of a message from %s %d alerts were bad", source, bad)
    return Taken(
        alerts=len(alerts),
        bad=bad,
        truncated=message.truncated,
        began=len(began),
        ended=len(ended),
        declared=_declared(readable, source, panel, by),
    )


def _store(
    alerts: Sequence[Told], source: str, by: Submission
) -> tuple[list[AlertOccurrence], list[AlertOccurrence]]:
    """All of it in one transaction, with a line in the timeline of each open incident
    about the same problem. Incidents are locked before alerts, as everywhere."""
    result: tuple[list[AlertOccurrence], list[AlertOccurrence]] = ([], [])

    def decide(locked: Locked) -> list[Plan]:
        nonlocal result
        hold("alerts", source)
        result = apply(alerts, source, by.now)
        for incident in locked.values():
            signals.adopt(incident.pk, incident.dedup_key)
        return _plans(locked, *result)

    concerned = _concerned(alerts, source)
    if concerned:
        act(concerned, decide, by, ACTION)
    else:
        with transaction.atomic():
            decide({})
    return result


def _concerned(alerts: Sequence[Told], source: str) -> list[int]:
    """What is open about the same problems, or has one of these alerts by hand."""
    mine = Q(dedup_key__in={one.dedup_key for one in alerts}) & ~Q(dedup_key="")
    named = {one.fingerprint for one in alerts}
    attached = AlertOccurrence.objects.filter(
        source=source, fingerprint__in=named, ended_at=None, incident__isnull=False
    )
    mine |= Q(pk__in=attached.values("incident"))
    rows = Incident.objects.filter(mine, status__in=UNSETTLED)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _plans(
    locked: Locked, began: list[AlertOccurrence], ended: list[AlertOccurrence]
) -> list[Plan]:
    plans = []
    for incident in locked.values():
        lines = [
            Line(type=kind, occurred_at=at, changes={"alert": (None, one.alertname)})
            for kind, one, at in _happened(began, ended)
            if one.incident_id == incident.pk or one.dedup_key == incident.dedup_key
        ]
        if lines:
            plan = Plan(incident=incident, action=ACTION, lines=tuple(lines))
            plans.append(plan)
    return plans


def _happened(
    began: list[AlertOccurrence], ended: list[AlertOccurrence]
) -> list[tuple[IncidentEventType, AlertOccurrence, datetime | None]]:
    return [
        *((IncidentEventType.ALERT_FIRING, one, one.starts_at) for one in began),
        *((IncidentEventType.ALERT_RESOLVED, one, one.ended_at) for one in ended),
    ]


def keep(
    body: bytes,
    source: str,
    now: datetime,
    outcome: str,
    counts: tuple[int, int, int] = (0, 0, 0),
) -> None:
    """That a message came, for a week. `counts`: alerts, bad ones, left out ones."""
    alerts, bad, truncated = counts
    AlertDelivery.objects.create(
        source=source,
        received_at=now,
        size=len(body),
        body_sha256=hashlib.sha256(body).hexdigest(),
        alerts=alerts,
        bad=bad,
        truncated=truncated,
        outcome=outcome,
    )
    AlertDelivery.objects.filter(received_at__lt=now - KEEP).delete()


def _declared(
    alerts: Sequence[Told], source: str, panel: PanelConfig, by: Submission
) -> tuple[str, ...]:
    """Open an incident for what panel.toml says so of, once for each occurrence: who
    resolved it while the alert still fires does not want another."""
    wanted = {one.dedup_key for one in alerts if one.alertname in panel.alerts.declare}
    firing = AlertOccurrence.objects.filter(
        source=source, dedup_key__in=wanted, ended_at=None, incident=None
    )
    problems = {one.dedup_key: one for one in firing.order_by("-starts_at")}
    refs = [_declare(one, by) for one in problems.values()]
    return tuple(ref for ref in refs if ref)


def _declare(one: AlertOccurrence, by: Submission) -> str:
    """The new incident's reference; empty where there is one, or can be none."""
    title = f"{one.alertname}: {one.summary}" if one.summary else one.alertname
    draft = Draft(
        title=title[:200],
        severity=one.severity,
        services={one.service: "degraded"} if one.service else {},
        started_at=min(one.starts_at, by.now),
        dedup_key=one.dedup_key,
        owner=None,
    )
    try:
        made = declare(draft, by)
    except DuplicateOpenError as open_one:
        signals.adopt(open_one.incident_id, one.dedup_key)
        return ""
    except InvalidError as invalid:
        log.warning("%s opens no incident: %s", one.alertname, invalid.messages)
        return ""
    return made.ref

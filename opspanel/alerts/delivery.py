"""One message of an Alertmanager, taken whole or, where the database is away, not at all.

The sender tries again after a 5xx and after no answer, never after a 4xx.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from opspanel.alerts import wire
from opspanel.alerts.attaching import ACTION
from opspanel.alerts.meaning import Meaning, Told
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
from opspanel.models import (
    AlertDelivery,
    AlertDetachment,
    AlertOccurrence,
    Incident,
)
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
    meaning = Meaning(source, panel, by.now)
    readable = [meaning.of(one) for one in alerts if one is not None]
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
    """A line for each name and not for each alert: a thousand may come at once."""
    detached = _detached(locked)
    plans = []
    for incident in locked.values():
        mine = [
            (kind, one, at)
            for kind, one, at in _happened(began, ended)
            if _is_of(one, incident, detached)
        ]
        if mine:
            lines = tuple(_lines(mine))
            plans.append(Plan(incident=incident, action=ACTION, lines=lines))
    return plans


def _detached(locked: Locked) -> set[tuple[int, str, str]]:
    rows = AlertDetachment.objects.filter(incident__in=locked)
    return set(rows.values_list("incident", "source", "fingerprint"))


def _is_of(
    one: AlertOccurrence, incident: Incident, detached: set[tuple[int, str, str]]
) -> bool:
    if one.incident_id == incident.pk:
        return True
    same = bool(one.dedup_key) and one.dedup_key == incident.dedup_key
    return same and (incident.pk, one.source, one.fingerprint) not in detached


type _Happened = tuple[IncidentEventType, AlertOccurrence, datetime]


def _happened(
    began: list[AlertOccurrence], ended: list[AlertOccurrence]
) -> Iterator[_Happened]:
    for one in began:
        yield IncidentEventType.ALERT_FIRING, one, one.starts_at
    for one in ended:
        yield IncidentEventType.ALERT_RESOLVED, one, one.ended_at or one.starts_at


def _lines(happened: Iterable[_Happened]) -> Iterator[Line]:
    """Dated by the first that began, and by the last that ended."""
    groups: dict[tuple[IncidentEventType, str], list[datetime]] = {}
    for kind, one, at in happened:
        groups.setdefault((kind, one.alertname), []).append(at)
    for (kind, name), times in groups.items():
        changes: dict[str, tuple[None, str | int]] = {"alert": (None, name)}
        if len(times) > 1:
            changes["alerts"] = (None, len(times))
        at = min(times) if kind is IncidentEventType.ALERT_FIRING else max(times)
        yield Line(type=kind, occurred_at=at, changes=changes)


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
    has_one = Incident.objects.filter(
        dedup_key=OuterRef("dedup_key"), status__in=UNSETTLED
    )
    firing = AlertOccurrence.objects.filter(
        ~Exists(has_one),
        source=source,
        dedup_key__in=wanted,
        ended_at=None,
        incident=None,
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

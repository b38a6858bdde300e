"""Which incident an alert belongs to: by its problem, or because a person said so."""

from django.db.models import Q, QuerySet

from opspanel.incidents import InvalidError, Recorded, Submission, signals
from opspanel.incidents.plan import Line, Plan
from opspanel.incidents.responding import refuse_unless
from opspanel.incidents.transitions import Act
from opspanel.incidents.writer import Locked, act
from opspanel.models import AlertDetachment, AlertOccurrence, Incident
from opspanel.models.incidents import UNSETTLED
from opspanel.terms import IncidentEventType

ACTION = "incident.alert"


def attach(incident_id: int, alert_id: int, by: Submission) -> Recorded:
    """A person says that this alert is about that incident.

    Raises InvalidError where it fires no more or is about another open incident,
    TransitionRefusedError, UnknownIncidentError, BusyError.
    """

    def decide(locked: Locked) -> list[Plan]:
        incident = locked[incident_id]
        refuse_unless(Act.CHANGE, incident)
        alert = _locked_alert(alert_id, ended_at=None)
        if _is_of(alert, incident):
            return []
        _refuse_taken(alert)
        alert.incident = incident
        alert.save(update_fields=["incident"])
        _detachments(alert, incident).delete()
        return [_plan(incident, (None, alert.alertname))]

    return act([incident_id], decide, by, ACTION)


def detach(incident_id: int, alert_id: int, by: Submission) -> Recorded:
    """A person says that this alert is not about that incident, also when it is of its
    problem, and whenever it fires again. Raises the same."""

    def decide(locked: Locked) -> list[Plan]:
        incident = locked[incident_id]
        refuse_unless(Act.CHANGE, incident)
        alert = _locked_alert(alert_id)
        if not _is_of(alert, incident):
            return []
        _same(alert).filter(incident=incident).update(incident=None)
        if alert.dedup_key == incident.dedup_key:
            AlertDetachment.objects.get_or_create(
                incident=incident, source=alert.source, fingerprint=alert.fingerprint
            )
        return [_plan(incident, (alert.alertname, None))]

    return act([incident_id], decide, by, ACTION)


def _locked_alert(alert_id: int, **state: None) -> AlertOccurrence:
    rows = AlertOccurrence.objects.select_for_update(of=("self",))
    alert = rows.filter(pk=alert_id, **state).first()
    if alert is None:
        raise InvalidError({"alert": "There is no such alert, or it fires no more."})
    return alert


def _same(alert: AlertOccurrence) -> QuerySet[AlertOccurrence]:
    """All times that it fired."""
    return AlertOccurrence.objects.filter(
        source=alert.source, fingerprint=alert.fingerprint
    )


def _detachments(
    alert: AlertOccurrence, incident: Incident
) -> QuerySet[AlertDetachment]:
    return AlertDetachment.objects.filter(
        incident=incident, source=alert.source, fingerprint=alert.fingerprint
    )


def _is_of(alert: AlertOccurrence, incident: Incident) -> bool:
    return signals.alerts_of(incident).filter(pk=alert.pk).exists()


def _refuse_taken(alert: AlertOccurrence) -> None:
    its_own = Q(alerts=alert.pk) | Q(dedup_key=alert.dedup_key)
    others = Incident.objects.filter(its_own, status__in=UNSETTLED)
    other = next((one for one in others if _is_of(alert, one)), None)
    if other is not None:
        raise InvalidError({"alert": f"It belongs to {other.ref} already."})


def _plan(incident: Incident, change: tuple[str | None, str | None]) -> Plan:
    line = Line(type=IncidentEventType.ALERT_LINKED, changes={"alert": change})
    return Plan(incident=incident, action=ACTION, lines=(line,))

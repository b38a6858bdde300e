"""What an alert means here: its problem, its severity, its service. Text is cleaned."""

from dataclasses import dataclass
from datetime import datetime

from opspanel.alerts.wire import Alert
from opspanel.incidents.problem import problem_digest
from opspanel.incidents.severity import DEFAULT
from opspanel.panel.config import PanelConfig
from opspanel.sanitize import fields

# Of all labels only these are kept: others may hold what nobody should see.
_KEPT = ("alertname", "severity", "service", "env")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One alert as it is stored. `ended_at` is None while it fires."""

    fingerprint: str
    alertname: str
    service: str
    severity: int
    severity_known: bool
    summary: str
    link: str
    labels: dict[str, str]
    dedup_key: str
    starts_at: datetime
    ended_at: datetime | None


def told(alert: Alert, source: str, panel: PanelConfig) -> Told:
    alertname = fields.subject(alert.labels["alertname"])
    service = _service(alert, panel)
    severity = panel.alerts.severities.get(
        alert.labels.get(panel.alerts.severity_label, "")
    )
    return Told(
        fingerprint=alert.identity,
        alertname=alertname,
        service=service,
        severity=severity or DEFAULT.value,
        severity_known=severity is not None,
        summary=_summary(alert),
        link=fields.link(alert.link) or "",
        labels=_labels(alert, panel),
        dedup_key=dedup_key(source, alertname, service),
        starts_at=alert.starts_at,
        ended_at=alert.end,
    )


def dedup_key(source: str, alertname: str, service: str) -> str:
    """One problem: this alert, of this service, from this Alertmanager."""
    return problem_digest(f"am:{source}:{alertname}:{service}")


def _service(alert: Alert, panel: PanelConfig) -> str:
    """Of those that panel.toml has; another's name is a label like any other."""
    named = alert.labels.get(panel.alerts.service_label, "")
    return named if named in panel.component_ids() else ""


def _summary(alert: Alert) -> str:
    notes = alert.annotations
    return fields.sentence(notes.get("summary") or notes.get("description") or "")


def _labels(alert: Alert, panel: PanelConfig) -> dict[str, str]:
    kept = (*_KEPT, panel.alerts.severity_label, panel.alerts.service_label)
    return {
        name: fields.subject(alert.labels[name])
        for name in dict.fromkeys(kept)
        if name in alert.labels
    }

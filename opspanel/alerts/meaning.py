"""What an alert means here: its problem, its severity, its service. Text is cleaned."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

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


class Meaning:
    """Of the alerts of one message. Their names and labels are the same again and
    again: each is cleaned once."""

    def __init__(self, source: str, panel: PanelConfig, now: datetime) -> None:
        self._source, self._alerts, self._now = source, panel.alerts, now
        self._components = panel.component_ids()
        self._elsewhere = dict(_elsewhere(panel))
        self._subject = cache(fields.subject)
        self._sentence = cache(fields.sentence)

    def of(self, alert: Alert) -> Told:
        alertname = self._subject(alert.labels["alertname"])
        service = self._service(alert)
        named = alert.labels.get(self._alerts.severity_label, "")
        severity = self._alerts.severities.get(named)
        notes = alert.annotations
        summary = notes.get("summary") or notes.get("description") or ""
        return Told(
            fingerprint=alert.identity,
            alertname=alertname,
            service=service,
            severity=severity or DEFAULT.value,
            severity_known=severity is not None,
            summary=self._sentence(summary),
            link=fields.link(alert.link) or "",
            labels=self._labels(alert),
            dedup_key=dedup_key(self._source, alertname, service),
            # Clocks of other machines run ahead.
            starts_at=min(alert.starts_at, self._now),
            ended_at=alert.end and min(alert.end, self._now),
        )

    def _service(self, alert: Alert) -> str:
        """Of those that panel.toml has; another's name is a label like any other."""
        named = alert.labels.get(self._alerts.service_label, "")
        region = alert.labels.get(self._alerts.region_label, "")
        there = self._elsewhere.get((named, region), named)
        return there if there in self._components else ""

    def _labels(self, alert: Alert) -> dict[str, str]:
        ours = [self._alerts.severity_label, self._alerts.service_label]
        if self._elsewhere:
            ours.append(self._alerts.region_label)
        return {
            name: self._subject(alert.labels[name])
            for name in dict.fromkeys((*_KEPT, *ours))
            if name in alert.labels
        }


def _elsewhere(panel: PanelConfig) -> Iterator[tuple[tuple[str, str], str]]:
    """Ids of services of other regions, by the name that metrics have and the region."""
    for service in panel.services:
        for region in service.regions:
            if region != panel.panel.region:
                yield (service.known_as or service.id, region), service.id


def dedup_key(source: str, alertname: str, service: str) -> str:
    """One problem: this alert, of this service, from this Alertmanager."""
    return problem_digest(f"am:{source}:{alertname}:{service}")

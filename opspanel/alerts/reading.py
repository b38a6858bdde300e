"""Alerts as pages know them: clean, and nothing but."""

from dataclasses import dataclass
from datetime import datetime

from opspanel.incidents.signals import Way
from opspanel.snapshot.schema import CleanText


@dataclass(frozen=True, slots=True, kw_only=True)
class FiringAlert:
    """`severity_known` is False where the alert's own word is none of panel.toml's.

    `incident`: the reference and number of the open incident that it belongs to.
    `dedup_key` is empty where it was detached from the incident of its problem.
    """

    id: int
    alertname: CleanText
    service: CleanText
    severity: int
    severity_known: bool
    summary: CleanText
    source: CleanText
    link: CleanText | None
    dedup_key: CleanText
    starts_at: datetime
    last_seen_at: datetime
    incident: tuple[int, CleanText] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FiringAlerts:
    """Those without an incident first, the worst first; `not_shown` more fire.

    `left_out`: how many alerts the last message of a source did not name. `way` is
    SILENT where the watchdog alert has not been heard of in time.
    """

    alerts: tuple[FiringAlert, ...]
    unattached: int
    not_shown: int
    left_out: int
    way: Way
    last_delivery_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAlert:
    """An alert of one incident."""

    id: int
    alertname: CleanText
    service: CleanText
    starts_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalState:
    """What the alerts of one incident do, apart from what the incident says.

    `alerts`: those that fire first, and not all of many. `quiet_since`: when the last of them ended, None while one fires or none is known.
    With `way` other than OPEN, quiet means nothing.
    """

    alerts: tuple[OwnAlert, ...]
    firing: int
    quiet: int
    quiet_since: datetime | None
    way: Way
    last_delivery_at: datetime | None

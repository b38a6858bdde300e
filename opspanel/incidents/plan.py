"""What an act will write, decided before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from opspanel.audit.allowlist import Scalar
from opspanel.models import Incident
from opspanel.terms import IncidentEventType

type Changes = Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event to be. `changes`: old and new by field, as JSON has them."""

    type: IncidentEventType
    changes: Changes = field(default_factory=dict)
    body: str = ""
    occurred_at: datetime | None = None
    amends: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """For one incident. `columns` and `services` are what is so afterwards; a service
    without impact goes. `empties`: the event that loses its words. `action` and
    `metadata` are the audit row's."""

    incident: Incident
    action: str
    lines: tuple[Line, ...]
    columns: Mapping[str, Any] = field(default_factory=dict)
    services: Mapping[str, str | None] = field(default_factory=dict)
    empties: int | None = None
    metadata: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """How the incident stands after an act. `changed` is False where nothing had to be
    done: it was so already, or `replayed`: this very act came before."""

    id: int
    ref: str
    status: str
    version: int
    changed: bool
    replayed: bool = False


def as_json(value: Any) -> Any:
    """A column's value as `changes` keep it."""
    return value.isoformat() if isinstance(value, datetime) else value

"""The trail as a file: CSV that no spreadsheet executes, or lines of JSON."""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from opspanel.models import AuditEvent
from opspanel.sanitize.cells import formula_safe

COLUMNS = (
    "seq",
    "created_at",
    "actor_user_id",
    "actor_label",
    "actor_role",
    "action",
    "target_type",
    "target_id",
    "result",
    "correlation_id",
    "metadata",
    "actor_ip",
    "user_agent",
    "prev_hash",
    "hash",
)
FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/x-ndjson"}


def lines(events: Iterable[AuditEvent], form: str) -> Iterator[str]:
    """`form` is one of FORMATS."""
    return _csv(events) if form == "csv" else _json(events)


def _json(events: Iterable[AuditEvent]) -> Iterator[str]:
    for event in events:
        yield json.dumps(_values(event), ensure_ascii=False) + "\n"


def _csv(events: Iterable[AuditEvent]) -> Iterator[str]:
    writer = csv.writer(_Line(), quoting=csv.QUOTE_ALL)
    yield writer.writerow(COLUMNS)
    for event in events:
        yield writer.writerow([_cell(value) for value in _values(event).values()])


class _Line:
    """Gives `csv.writer` its own line back."""

    def write(self, line: str) -> str:
        return line


def _values(event: AuditEvent) -> dict[str, Any]:
    values = {name: getattr(event, name) for name in COLUMNS}
    values["created_at"] = event.created_at.isoformat()
    for name in ("prev_hash", "hash"):
        values[name] = bytes(values[name]).hex()
    return values


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return formula_safe("" if value is None else str(value))

"""What is told of one line of a timeline. Read when it is sent, so what was redacted
meanwhile is told to nobody; cleaned like everything that leaves."""

import json
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from opspanel.incidents import cleaning, telling
from opspanel.incidents.reading import TimelineEvent
from opspanel.models import IncidentMessage
from opspanel.snapshot.schema import Incident

_INCIDENT = TypeAdapter(Incident)
_EVENT = TypeAdapter(TimelineEvent)
_LONGEST_BODY = 300


def body(message: IncidentMessage, style: str, now: datetime) -> bytes:
    """`style` is a format of panel.toml."""
    incident = cleaning.incident(message.event.incident, now)
    timeline = cleaning.timeline(message.event.incident)
    event = next(one for one in timeline if one.id == message.event_id)
    told = _chat if style == "chat" else _whole
    return json.dumps(told(message, incident, event), ensure_ascii=False).encode()


def _whole(
    message: IncidentMessage, incident: Incident, event: TimelineEvent
) -> dict[str, Any]:
    return {
        "id": message.pk,
        "type": message.type,
        "incident": _INCIDENT.dump_python(incident, mode="json"),
        "event": _EVENT.dump_python(event, mode="json"),
    }


def _chat(
    message: IncidentMessage, incident: Incident, event: TimelineEvent
) -> dict[str, Any]:
    words = telling.sentence(event)[:_LONGEST_BODY]
    lines = [
        f"{telling.head(incident)}: {incident.title}",
        f"{event.actor} {words}",
    ]
    return {"text": "\n".join(lines)}

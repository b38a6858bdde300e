"""Words and values of incidents, as `ops` registers them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from opspanel.incidents.evidence import KeptFigure
from opspanel.incidents.reading import TimelineEvent
from opspanel.incidents.severity import DEFINITIONS
from opspanel.snapshot.schema import ActionCard
from opspanel.templatetags import figures, words
from opspanel.templatetags.quantities import quantity
from opspanel.terms import Health
from opspanel.terms import IncidentEventType as Type

_LATE_SECONDS = 60
_SEVERITY = {Health.UNHEALTHY: 2}
_EVENTS = {
    Type.DECLARED: "declared this",
    Type.ACKNOWLEDGED: "acknowledged",
    Type.NOTE: "noted",
    Type.STATUS: "moved this on",
    Type.REOPENED: "opened this again",
    Type.SEVERITY: "set the severity",
    Type.OWNER: "handed over",
    Type.SERVICES: "changed the services that are hit",
    Type.DETAILS: "changed what it says",
    Type.TIMES: "corrected",
    Type.LINKED: "linked a duplicate",
    Type.MERGED: "closed this as a duplicate",
    Type.REDACTED: "took words out of",
}


def event_words(kind: Type) -> str:
    return _EVENTS.get(kind, kind.replace("_", " "))


def is_late(event: TimelineEvent) -> bool:
    """Written down so long after it was so that a reader should know."""
    late = event.recorded_at - event.occurred_at
    return late.total_seconds() > _LATE_SECONDS


def field_words(field: str) -> str:
    name = field.removeprefix("service.")
    return name.removesuffix("_at").replace("_", " ") if name == field else name


def change_value(field: str, value: Any) -> str:
    if isinstance(value, datetime):
        shown = f"{value:%Y-%m-%d %H:%M:%S} UTC"
        return format_html('<time datetime="{}">{}</time>', figures.iso(value), shown)
    if isinstance(value, bool) or value in (None, ""):
        return _one_word(value)
    if field == "severity":
        return format_html("SEV{}", value)
    return format_html("<bdi>{}</bdi>", value)


def _one_word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing"


def kept_figure(kept: KeptFigure | None) -> SafeString:
    if kept is not None and kept.value is not None:
        return format_html("<b>{}</b>", quantity(kept.value, kept.unit))
    missing = kept.missing if kept else None
    reason = words.MISSING[missing][0] if missing else "not known"
    return format_html('<span class="none">{}{}</span>', words.DASH, reason)


def act_address(act: Any, number: int) -> str:
    return reverse(f"ops:incident-{act.name}", args=[number])


def new_key() -> str:
    return str(uuid4())


def severity_meanings() -> Iterator[tuple[int, str]]:
    return ((severity.value, meaning) for severity, meaning in DEFINITIONS.items())


def declare_address(context: template.Context, card: ActionCard) -> str:
    """Where to declare what an action card is about, with all that the card knows."""
    panel = context["panel"]
    known = {each.id for each in (*panel.services, *panel.dependencies)}
    query: dict[str, Any] = {
        "title": card.title,
        "severity": _SEVERITY.get(card.status, 3),
        "started": figures.iso(card.since),
        "runbook": [runbook.id for runbook in card.runbooks],
    }
    if card.subject in known:
        query["service"] = card.subject
    return reverse("ops:incident-declare", query=query)


def register(library: template.Library) -> None:
    for each in (event_words, is_late, field_words, act_address):
        library.filter(each)
    for tag in (change_value, kept_figure, new_key, severity_meanings):
        library.simple_tag(tag)
    library.simple_tag(declare_address, takes_context=True)

"""Words and values of incidents, as `ops` registers them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from opspanel.incidents import telling
from opspanel.incidents.durations import MEANINGS
from opspanel.incidents.evidence import KeptFigure
from opspanel.incidents.pinning import MOMENT
from opspanel.incidents.reading import TimelineEvent
from opspanel.incidents.severity import DEFINITIONS
from opspanel.incidents.untold import last_answer
from opspanel.quantities import quantity, whole_duration
from opspanel.snapshot.schema import ActionCard
from opspanel.templatetags import figures, words
from opspanel.terms import Health

_LATE_SECONDS = 60
_SEVERITY = {Health.UNHEALTHY: 2}


def pinned(event: TimelineEvent) -> datetime | None:
    """The minute that this line puts into the timeline, None for other lines."""
    moments = (one.new for one in event.changes if one.field == MOMENT)
    return next((one for one in moments if isinstance(one, datetime)), None)


def is_late(event: TimelineEvent) -> bool:
    """Written down so long after it was so that a reader should know."""
    late = event.recorded_at - event.occurred_at
    return late.total_seconds() > _LATE_SECONDS


def change_value(field: str, value: Any) -> str:
    shown = telling.value(field, value)
    if isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', figures.iso(value), shown)
    return format_html("<bdi>{}</bdi>", shown)


def kept_figure(kept: KeptFigure | None) -> SafeString:
    if kept is not None and kept.value is not None:
        return format_html("<b>{}</b>", quantity(kept.value, kept.unit))
    missing = kept.missing if kept else None
    reason = words.MISSING[missing][0] if missing else "not known"
    return format_html('<span class="none">{}{}</span>', words.DASH, reason)


def measure_words(name: str) -> str:
    return MEANINGS[name]


def act_address(act: Any, number: int) -> str:
    return reverse(f"ops:incident-{act.name}", args=[number])


def new_key(context: template.Context) -> str:
    """The key of a form that is not a view's own; a shared frame brings one."""
    return str(context.get("client_key") or uuid4())


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
    for each in (telling.words, telling.sentence, telling.head, telling.field_words):
        library.filter(each)
    for own in (
        is_late,
        pinned,
        act_address,
        measure_words,
        whole_duration,
        last_answer,
    ):
        library.filter(own)
    for tag in (change_value, kept_figure, severity_meanings):
        library.simple_tag(tag)
    library.simple_tag(declare_address, takes_context=True)
    library.simple_tag(new_key, takes_context=True)

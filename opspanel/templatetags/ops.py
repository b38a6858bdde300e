"""Tags and filters of the pages. Text is always escaped: `format_html`, never `safe`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from opspanel import quantities
from opspanel.snapshot import outdated
from opspanel.snapshot.schema import CleanText, Decision, Figure, SourceState, Trend
from opspanel.templatetags import figures, incidents, moments, words
from opspanel.templatetags.sparkline import sparkline_svg
from opspanel.terms import FailureKind, Health, Silence, Source, Trust
from opspanel.trust import by_age

register = template.Library()
incidents.register(register)
moments.register(register)

SKEW_SEEN = 1.0
NOTHING = SafeString("")
# Twice gone and back is no single restart.
FLAPPING = 4


@dataclass(frozen=True, slots=True)
class Face:
    """What the page as a whole shows: never a good status from an old snapshot."""

    status: Health
    stale: bool
    stale_after: float
    spoken: str


class Judged(Protocol):
    """What a face is made of: a snapshot, or a projection of one."""

    @property
    def taken_at(self) -> datetime: ...
    @property
    def decision(self) -> Decision: ...
    @property
    def actions(self) -> Sequence[object]: ...


@register.simple_tag
def face(snapshot: Judged | None, now: datetime, interval: float) -> Face:
    stale_after = outdated.stale_after(interval)
    if snapshot is None:
        spoken = "Unknown. Nothing was collected yet."
        return Face(Health.UNKNOWN, stale=False, stale_after=stale_after, spoken=spoken)
    stale = outdated.is_stale(snapshot.taken_at, now, interval)
    status = Health.UNKNOWN if stale else snapshot.decision.status
    needs = len(snapshot.actions)
    spoken = f"{words.HEALTH[status]}. {plural(needs, 'action card,action cards')}."
    return Face(status, stale, stale_after, spoken)


@register.simple_tag(takes_context=True)
def figure(context: template.Context, shown: Figure, *where: object) -> SafeString:
    """`{% figure stream.depth "nats" stream.name "depth" %}`"""
    return figures.figure_html(shown, context["now"], where)


@register.simple_tag(takes_context=True)
def reading(context: template.Context, shown: Figure) -> SafeString:
    """A figure for a wall, where nobody can ask where it is from."""
    return figures.reading_html(shown, context["now"])


@register.simple_tag
def more(items: Sequence[Any], few: int, many: int, unlisted: int = 0) -> SafeString:
    """How many more there are than a small and a large board have places for."""
    return format_html_join(
        "",
        '<b class="more {}">+{} more{}</b>',
        (
            (size, len(items) + unlisted - places, _all_healthy(items[places:]))
            for size, places in (("few", few), ("many", many))
            if len(items) + unlisted > places
        ),
    )


def _all_healthy(items: Sequence[Any]) -> str:
    healthy = (getattr(item, "status", None) is Health.HEALTHY for item in items)
    return ", healthy" if items and all(healthy) else ""


@register.simple_tag
def status(health: Health) -> SafeString:
    return format_html(
        '<span class="status {0}"><svg class="mark" aria-hidden="true">'
        '<use href="#s-{0}"/></svg>{1}</span>',
        health,
        words.HEALTH[health],
    )


@register.simple_tag(takes_context=True)
def age(context: template.Context, moment: datetime) -> SafeString:
    """Ticks in the browser; as read by the server where there is no script."""
    return figures.age_html(moment, (context["now"] - moment).total_seconds())


@register.simple_tag
def clock(moment: datetime) -> SafeString:
    return format_html(
        '<time class="moment" datetime="{}">{}</time>',
        figures.iso(moment),
        figures.clock(moment),
    )


@register.simple_tag
def sparkline(trend: Trend | None, limit: float | None = None) -> SafeString:
    if trend is None:
        return format_html('<span class="none">{}</span>', f"{words.DASH}no history")
    return sparkline_svg(trend, limit)


@register.simple_tag
def meter(ratio: Figure) -> SafeString:
    """A bar beside a ratio that is shown as a figure; nothing where it is missing."""
    if ratio.value is None:
        return SafeString("")
    return format_html(
        '<svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" '
        'aria-hidden="true"><rect width="100" height="4"/>'
        '<rect class="fill" width="{}" height="4"/></svg>',
        round(min(max(ratio.value, 0.0), 1.0) * 100, 1),
    )


@register.simple_tag
def region(named: CleanText | None) -> SafeString:
    """Nothing where there is one region only."""
    return format_html(" <small>{}</small>", named) if named else NOTHING


@register.filter
def word(health: Health) -> str:
    return words.HEALTH[health]


@register.filter
def because(decision: Decision) -> str:
    """Its sentence without the verdict, where that stands above it in large type."""
    verdict, _, reason = decision.sentence.partition(": ")
    return reason if verdict.lower() == decision.status else decision.sentence


@register.filter
def spaced(term: str) -> str:
    return term.replace("_", " ")


@register.filter
def silence_word(silence: Silence) -> str:
    return words.SILENCES[silence]


@register.filter
def source_name(source: Source) -> str:
    return words.SOURCE[source]


@register.simple_tag(takes_context=True)
def trust(context: template.Context, state: SourceState) -> str:
    """Of a source: by how it answered, and by how long ago."""
    if state.trust is not Trust.FRESH or state.observed_at is None:
        return words.TRUST[state.trust]
    age = (context["now"] - state.observed_at).total_seconds()
    return words.TRUST[by_age(age, outdated.stale_after(context["interval"]))]


@register.filter
def flapping(changes: Sequence[datetime]) -> str:
    """Nothing for one that failed once and came back."""
    if len(changes) < FLAPPING:
        return ""
    return f"Flapping: failed or came back {len(changes)} times in ten minutes."


@register.filter
def failure(kind: FailureKind) -> str:
    return words.MISSING[kind][0]


@register.filter
def why(kind: FailureKind) -> str:
    return words.MISSING[kind][1]


@register.filter
def duration(seconds: float) -> str:
    return quantities.duration(seconds)


@register.filter
def percentage(ratio: float) -> str:
    return quantities.percentage(ratio)


@register.filter
def iso(moment: datetime) -> str:
    return figures.iso(moment)


@register.filter
def share(ratio: float) -> str:
    return quantities.share(ratio)


@register.filter
def times(factor: float) -> str:
    return quantities.times(factor)


@register.filter
def plural(number: int, forms: str) -> str:
    """`{{ 2|plural:"stream,streams" }}` is `2 streams`."""
    one, many = forms.split(",")
    return f"{number:,} {one if number == 1 else many}"


@register.filter
def worst_first(items: Iterable[Any]) -> list[Any]:
    """By `status`; the order within one status is kept."""
    return sorted(items, key=lambda item: words.SEVERITY[item.status])


@register.filter
def failed_first(states: Iterable[SourceState]) -> list[SourceState]:
    return sorted(states, key=lambda state: (state.failure is None, -state.partial))


@register.filter
def skew(seconds: float) -> str:
    """Ahead of or behind the panel's own clock."""
    if abs(seconds) < SKEW_SEEN:
        return "under 1 s"
    side = "ahead" if seconds > 0 else "behind"
    return f"{quantities.whole_duration(abs(seconds))} {side}"


@register.simple_tag
def anchor(*where: object) -> str:
    """An id that is the same in each snapshot, whatever the names in it hold."""
    return figures.anchor(where)

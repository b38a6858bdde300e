"""A figure as HTML: the value is a button that opens where the value is from.

A native popover, so that it works by keyboard, by touch and without script, and is
never cut off by a table that scrolls.
"""

from datetime import UTC, datetime
from functools import lru_cache
from zlib import crc32

from django.utils.html import format_html
from django.utils.safestring import SafeString

from opspanel.snapshot.schema import Figure
from opspanel.templatetags.quantities import duration, quantity, whole_duration
from opspanel.templatetags.words import DASH, EXACTNESS, MISSING, PREFIX, SOURCE
from opspanel.terms import Exactness

NOTHING = SafeString("")


def figure_html(figure: Figure, now: datetime, where: tuple[object, ...]) -> SafeString:
    """`where`: what tells this figure from all others, the same in each snapshot."""
    age = max((now - figure.observed_at).total_seconds(), 0.0)
    kind, text, note = _face(figure, age)
    target = anchor(where)
    return format_html(
        '<button class="f{}" popovertarget="{}">{}{}</button>'
        '<span popover id="{}" class="from"><b>{}</b> <code>{}</code>'
        "<span>{}Read {}, {} ago. Good for {}. {}.</span></span>",
        kind,
        target,
        text,
        note,
        target,
        SOURCE[figure.source],
        figure.query,
        _explanation(figure),
        clock(figure.observed_at),
        age_html(figure.observed_at, age),
        duration(figure.good_for),
        EXACTNESS[figure.exactness],
    )


def anchor(where: tuple[object, ...]) -> str:
    return f"f{crc32('/'.join(map(str, where)).encode()):x}"


def _face(figure: Figure, age: float) -> tuple[str, str, SafeString]:
    """Class, text and the note behind it."""
    if figure.value is None:
        return " none", DASH + _missing(figure)[0], NOTHING
    text = PREFIX.get(figure.exactness, "") + quantity(figure.value, figure.unit)
    if figure.exactness is Exactness.HELD_OVER:
        return " held", text, _note("held over, {} old", age)
    if age > figure.good_for:
        return " old", text, _note("stale, {} old", age)
    return "", text, NOTHING


def _note(words: str, age: float) -> SafeString:
    return format_html(" <small>{}</small>", words.format(whole_duration(age)))


def _missing(figure: Figure) -> tuple[str, str]:
    return (
        MISSING[figure.missing] if figure.missing else ("unknown", "No reason given.")
    )


def _explanation(figure: Figure) -> str:
    return "" if figure.value is not None else f"{_missing(figure)[1]} "


def age_html(moment: datetime, age: float) -> SafeString:
    return format_html(
        '<time class="age" datetime="{}">{}</time>', iso(moment), whole_duration(age)
    )


# A page names few moments, each many times over.
@lru_cache(maxsize=512)
def iso(moment: datetime) -> str:
    in_utc = moment.astimezone(UTC)
    return in_utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@lru_cache(maxsize=512)
def clock(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%H:%M:%S} UTC"

"""A figure as HTML: the value is a button that opens where the value is from.

A native popover, so that it works by keyboard, by touch and without script, and is
never cut off by a table that scrolls.
"""

from datetime import UTC, datetime
from functools import lru_cache
from zlib import crc32

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from opspanel.quantities import duration, quantity, whole_duration
from opspanel.snapshot.schema import Figure
from opspanel.templatetags.words import DASH, EXACTNESS, MISSING, PREFIX, SOURCE
from opspanel.terms import Absence, Exactness, FailureKind, Source, Trust
from opspanel.trust import by_age

type Missing = Absence | FailureKind | None

NOTHING = SafeString("")


def figure_html(figure: Figure, now: datetime, where: tuple[object, ...]) -> SafeString:
    """`where`: what tells this figure from all others, the same in each snapshot."""
    age = max((now - figure.observed_at).total_seconds(), 0.0)
    kind, text, note = _face(figure, age)
    target = anchor(where)
    return format_html(
        '<button class="f{}" popovertarget="{}">{}{}</button>'
        '<span popover id="{}" class="from">{} {} ago. {}</span></span>',
        kind,
        target,
        text,
        note,
        target,
        _origin(figure.source, figure.query, figure.missing, figure.observed_at),
        age_html(figure.observed_at, age),
        _worth(figure.good_for, figure.exactness),
    )


def reading_html(figure: Figure, now: datetime) -> SafeString:
    """The same face, with nothing to open and nothing in small print."""
    age = max((now - figure.observed_at).total_seconds(), 0.0)
    kind, text, _ = _face(figure, age)
    return format_html('<b class="f{}">{}</b>', kind, text)


# Most of what a popover says is the same for many figures, and in many snapshots.
@lru_cache(maxsize=4096)
def _origin(
    source: Source, query: str, missing: Missing, observed_at: datetime
) -> SafeString:
    return format_html(
        "<b>{}</b> <code>{}</code><span>{}Read {},",
        SOURCE[source],
        query,
        f"{MISSING[missing][1]} " if missing else "",
        clock(observed_at),
    )


@lru_cache(maxsize=64)
def _worth(good_for: float, exactness: Exactness) -> SafeString:
    return format_html("Good for {}. {}.", duration(good_for), EXACTNESS[exactness])


# What is kept is kept escaped: to escape is most of what a figure costs.
@lru_cache(maxsize=4096)
def anchor(where: tuple[object, ...]) -> SafeString:
    return escape(f"f{crc32('/'.join(map(str, where)).encode()):x}")


def _face(figure: Figure, age: float) -> tuple[str, str, SafeString]:
    """Class, text and the note behind it."""
    if figure.value is None:
        reason = MISSING[figure.missing][0] if figure.missing else "unknown"
        return " none", DASH + reason, NOTHING
    text = PREFIX.get(figure.exactness, "") + quantity(figure.value, figure.unit)
    if figure.exactness is Exactness.HELD_OVER:
        return " held", text, _note("held over, {} old", age)
    trust = by_age(age, figure.good_for)
    if trust is Trust.FRESH:
        return "", text, NOTHING
    kind = " old" if trust is Trust.STALE else " late"
    return kind, text, _note(f"{trust}, {{}} old", age)


def _note(words: str, age: float) -> SafeString:
    return format_html(" <small>{}</small>", words.format(whole_duration(age)))


def age_html(moment: datetime, age: float) -> SafeString:
    return format_html(
        '<time class="age" datetime="{}">{}</time>', iso(moment), _whole(int(age))
    )


# A page names few moments, each many times over.
@lru_cache(maxsize=512)
def iso(moment: datetime) -> SafeString:
    in_utc = moment.astimezone(UTC)
    return escape(in_utc.isoformat(timespec="milliseconds").replace("+00:00", "Z"))


@lru_cache(maxsize=512)
def clock(moment: datetime) -> SafeString:
    return escape(f"{moment.astimezone(UTC):%H:%M:%S} UTC")


@lru_cache(maxsize=1024)
def _whole(seconds: int) -> SafeString:
    return escape(whole_duration(seconds))

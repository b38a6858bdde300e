"""Words and addresses of past moments, as `ops` registers them."""

from datetime import UTC, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from opspanel.quantities import quantity
from opspanel.snapshot.history import Gap
from opspanel.snapshot.states import Subject
from opspanel.templatetags import words
from opspanel.templatetags.sparkline import chart_svg
from opspanel.terms import Unit


def minute(moment: datetime) -> str:
    """As an address names it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def minute_of_day(moment: datetime) -> int:
    in_utc = moment.astimezone(UTC)
    return in_utc.hour * 60 + in_utc.minute


def gap(why: Gap) -> str:
    return words.GAPS[why]


def subject_words(subject: Subject) -> str:
    """`Stream PROVISIONING`"""
    return f"{words.STATE_KINDS[subject.kind]} {subject.full_name}".strip()


def amount(value: float | None, unit: Unit) -> SafeString:
    if value is None:
        return format_html('<span class="none">{}not known</span>', words.DASH)
    return format_html("{}", quantity(value, unit))


def register(library: template.Library) -> None:
    library.simple_tag(chart_svg)
    library.simple_tag(amount)
    for each in (minute, minute_of_day, gap, subject_words):
        library.filter(each)

"""Words and addresses of past moments, as `ops` registers them."""

from datetime import UTC, datetime

from django import template

from opspanel.snapshot.history import Gap
from opspanel.snapshot.states import Subject
from opspanel.templatetags import words


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
    return f"{words.STATE_KINDS[subject.kind]} {subject.name or ''}".strip()


def register(library: template.Library) -> None:
    for each in (minute, minute_of_day, gap, subject_words):
        library.filter(each)

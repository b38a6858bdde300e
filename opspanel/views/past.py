"""The overview as it was: `?at=` names a minute, and `&with=` another to compare."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime

from opspanel.database.clock import database_now
from opspanel.history import changes, deploys
from opspanel.incidents import listing
from opspanel.incidents.reading import IncidentList
from opspanel.incidents.then import minute_then
from opspanel.panel.load import configured_panel
from opspanel.snapshot.history import MINUTE, Minute
from opspanel.snapshot.schema import Incident
from opspanel.terms import IncidentStatus
from opspanel.views.errors import bad_request

HOW = "`at` is a moment such as 2026-11-22T14:05Z. In an address a plus sign is written %2B."
_NEAR = timedelta(hours=12)
_MOST_DEPLOYS = 50
_STEPS = (
    ("1 h", timedelta(hours=1)),
    ("10 min", timedelta(minutes=10)),
    ("1 min", timedelta(minutes=1)),
)


class NoMomentError(ValueError):
    """What `at` holds is no moment. The message says how one is written."""


@dataclass(frozen=True, slots=True)
class Step:
    words: str
    at: datetime


def moment_asked(text: str) -> datetime:
    """In UTC, also where `text` names no zone. Raise NoMomentError."""
    try:
        found = parse_datetime(text.strip())
        if found is None:
            raise NoMomentError(HOW)
        known = found if found.tzinfo else found.replace(tzinfo=UTC)
        moment = known.astimezone(UTC)
        # What is near it must be moments, too.
        _ = moment - _NEAR, moment + _NEAR
    except (ValueError, OverflowError):
        raise NoMomentError(HOW) from None
    return moment


def overview_then(request: HttpRequest, text: str) -> HttpResponse:
    try:
        moment = moment_asked(text)
    except NoMomentError as error:
        return bad_request(request, str(error))
    minute, now = minute_then(moment), database_now()
    status = 200 if minute.snapshot else 404
    return render(request, "pages/past.html", _around(minute, now), status=status)


def _around(minute: Minute, now: datetime) -> dict[str, object]:
    at, panel = minute.at, configured_panel()
    declared = _declared(at, now)
    return {
        "minute": minute,
        "now": now,
        "is_future": at > now,
        "panel": panel,
        "interval": panel.collection.interval_seconds,
        "earlier": [
            Step(f"\N{MINUS SIGN}{words}", at - step) for words, step in _STEPS
        ],
        "later": [
            Step(f"+{words}", at + step)
            for words, step in reversed(_STEPS)
            if at + step <= now
        ],
        "declared": declared,
        "pinnable": _pinnable(declared, now),
        "deploys": deploys.between(at - _NEAR, at + _NEAR, most=_MOST_DEPLOYS),
        "change_before": changes.overall_before(at),
        "change_after": changes.overall_after(at + MINUTE),
    }


def _declared(at: datetime, now: datetime) -> IncidentList:
    """Whose declarations are near: what one jumps to."""
    near = listing.Filter(since=at - _NEAR, until=at + _NEAR)
    return listing.page(near, None, now)


def _pinnable(declared: IncidentList, now: datetime) -> list[Incident]:
    """What is not over, and what was declared near: each once."""
    unsettled = listing.Filter(statuses=(IncidentStatus.OPEN, IncidentStatus.MITIGATED))
    found = (*listing.page(unsettled, None, now).incidents, *declared.incidents)
    return list({incident.id: incident for incident in found}.values())

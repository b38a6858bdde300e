"""Figures over time, with what happened meanwhile on one strip."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from opspanel.access.guard import permission_required
from opspanel.database.clock import database_now
from opspanel.history import changes, deploys
from opspanel.history.charts import MOST, SPANS, Charts, charts
from opspanel.incidents import listing
from opspanel.panel.load import configured_panel
from opspanel.templatetags.words import HEALTH
from opspanel.views.errors import bad_request
from opspanel.views.past import NoMomentError, moment_asked

_USUAL = "4h"
# Nothing is kept for longer; and from there on a window must still be moments.
_LONGEST = timedelta(days=400)
_MOST = 60
_DIGITS = 6
_NO_SPAN = f"`span` is one of {', '.join(SPANS)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened. `x` is its place, in steps from the left edge."""

    at: datetime
    kind: str
    words: str
    incident: int | None
    x: float


@require_safe
@permission_required("ops.view_overview")
def chart_page(request: HttpRequest) -> HttpResponse:
    """`?until=` is a moment, now if it is left out."""
    now = database_now()
    span = SPANS.get(request.GET.get("span", _USUAL))
    if span is None:
        return bad_request(request, _NO_SPAN)
    try:
        asked = request.GET.get("until")
        until = min(moment_asked(asked), now) if asked else now
        until = max(until, now - _LONGEST)
    except NoMomentError as error:
        return bad_request(request, str(error).replace("`at`", "`until`"))
    first = _first_of(request)
    found = charts(span, until, first)
    context = {
        "found": found,
        "marks": sorted(_marks(found, now), key=lambda mark: mark.at),
        "spans": SPANS,
        "next": first + MOST if found.more else None,
        "until": until if asked else None,
        "now": now,
        "panel": configured_panel(),
    }
    return render(request, "pages/charts.html", context)


def _first_of(request: HttpRequest) -> int:
    """What is no place is the first one."""
    asked = request.GET.get("first", "")
    return (
        int(asked)
        if asked.isascii() and asked.isdigit() and len(asked) < _DIGITS
        else 0
    )


def _marks(found: Charts, now: datetime) -> list[Mark]:
    """The newest of each kind."""
    since, until = found.begins_at, found.ends_at

    def mark(at: datetime, kind: str, words: str, incident: int | None = None) -> Mark:
        x = round((at - since).total_seconds() / found.span.step, 2)
        return Mark(at=at, kind=kind, words=words, incident=incident, x=x)

    declared = listing.page(listing.Filter(since=since, until=until), None, now)
    return [
        *(
            mark(one.declared_at, "incident", f"{one.ref} {one.title}", one.id)
            for one in declared.incidents
        ),
        *(
            mark(one.minute, "deploy", f"{one.service} {one.version}")
            for one in deploys.between(since, until, _MOST)
        ),
        *(
            mark(
                one.at,
                "state",
                f"{HEALTH[one.was]} \N{RIGHTWARDS ARROW} {HEALTH[one.status]}",
            )
            for one in changes.overall_between(since, until, _MOST)
        ),
    ]

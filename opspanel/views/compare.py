"""Two moments of the overview side by side, and what changed first."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from opspanel.database.clock import database_now
from opspanel.history import changes
from opspanel.history.comparing import pairs
from opspanel.incidents.evidence import compared, evidence_of
from opspanel.incidents.then import minute_then
from opspanel.panel.load import configured_panel
from opspanel.snapshot.history import Gap
from opspanel.snapshot.latest import configured_latest
from opspanel.snapshot.schema import Snapshot
from opspanel.views.errors import bad_request
from opspanel.views.past import NoMomentError, moment_asked

NOW = "now"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two. `asked` is how an address names it; `gap`: why there is no
    snapshot, None where there is."""

    asked: str
    at: datetime
    snapshot: Snapshot | None
    gap: Gap | None


def comparison(request: HttpRequest, one: str, other: str) -> HttpResponse:
    now = database_now()
    try:
        sides = sorted((_side(one, now), _side(other, now)), key=lambda side: side.at)
    except NoMomentError as error:
        return bad_request(request, str(error))
    context = _between(*sides) | {"now": now, "panel": configured_panel()}
    status = 200 if "pairs" in context else 404
    return render(request, "pages/compare.html", context, status=status)


def _side(asked: str, now: datetime) -> Side:
    if asked != NOW:
        minute = minute_then(moment_asked(asked))
        named = f"{minute.at:%Y-%m-%dT%H:%MZ}"
        return Side(named, minute.at, minute.snapshot, minute.gap)
    snapshot = configured_latest().snapshot()
    at = snapshot.taken_at if snapshot else now
    return Side(NOW, at, snapshot, None if snapshot else Gap.NOTHING)


def _between(earlier: Side, later: Side) -> dict[str, object]:
    context: dict[str, object] = {
        "earlier": earlier,
        "later": later,
        "sides": ({"name": "Earlier", "of": earlier}, {"name": "Later", "of": later}),
    }
    if earlier.snapshot is None or later.snapshot is None:
        return context
    then, other = earlier.snapshot, later.snapshot
    return context | {
        "changes": changes.between(then.taken_at, other.taken_at),
        "pairs": pairs(then, other),
        "figures": compared(evidence_of(then), evidence_of(other)),
    }

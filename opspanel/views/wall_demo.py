"""`/admin/ops/wall/demo?state=NAME`: every face of the wall, for who designs and tests.

Made-up boards, each marked as such; for people, since no screen needs them.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from opspanel.access.guard import permission_required
from opspanel.access.pairing import Shown
from opspanel.access.screens import Why
from opspanel.views import wall_samples as samples
from opspanel.views.errors import bad_request
from opspanel.views.wall import BOARDS, frame
from opspanel.views.wall_start import BEGAN

BOARD_STATES = {
    "healthy": samples.healthy,
    "degraded": samples.degraded,
    "unhealthy": samples.unhealthy,
    "acknowledged": samples.acknowledged,
    "crowded": samples.crowded,
    "source-failed": samples.source_failed,
    "unknown": samples.unknown,
}
PAIRING_STATES = {
    "unpaired": Why.UNPAIRED,
    "too-many": Why.UNPAIRED,
    "expired": Why.EXPIRED,
    "revoked": Why.REVOKED,
}
FRAME_STATES = ("stale", "nothing-yet", "no-contact", "new-build")
START = "no-server"
STATES = (*BOARD_STATES, *FRAME_STATES, *PAIRING_STATES, START)


@require_safe
@permission_required("ops.view_overview")
def wall_demo(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state") or request.GET.get("demo") or "healthy"
    boards = request.GET.get("boards", "4")
    if state not in STATES or boards not in map(str, BOARDS):
        return bad_request(request, f"A state is one of: {', '.join(STATES)}.")
    now = timezone.now()
    # Its own version: nothing that is kept for it is ever shown to a wall.
    context = {**frame(), "boards": boards, "demo": state, "version": f"demo-{state}"}
    if state == START:
        waited = {"began": BEGAN, "now": BEGAN + timedelta(minutes=2, seconds=13)}
        return render(request, "wall/start.html", context | waited)
    if state in PAIRING_STATES:
        return render(request, "wall/pairing.html", context | _pairing(state, now))
    context |= _board(state, now)
    context["live"] = render_to_string("wall/board.html#live", context)
    return render(request, "wall/board.html", context)


def _pairing(state: str, now: datetime) -> dict[str, Any]:
    shown = Shown("DEM2PAGE", now + timedelta(minutes=4))
    return {
        "why": PAIRING_STATES[state],
        "shown": None if state == "too-many" else shown,
    }


def _board(state: str, now: datetime) -> dict[str, Any]:
    if state == "nothing-yet":
        return {"board": None}
    board = BOARD_STATES.get(state, samples.degraded)(now)
    if state == "stale":
        board = replace(board, taken_at=now - timedelta(minutes=4))
    lost = f"{now - timedelta(seconds=47):%H:%M:%S}" if state == "no-contact" else ""
    return {"board": board, "lost": lost, "newer": state == "new-build"}

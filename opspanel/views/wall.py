"""The wall: a page for a screen that nobody touches, and what it asks for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from opspanel.access.guard import screen_required
from opspanel.access.screen_cookies import keep_secret, shown_code
from opspanel.access.screens import Why, mark_of, note_seen
from opspanel.build import build_id
from opspanel.database.clock import database_now
from opspanel.incidents.latest import configured_latest_with_incidents
from opspanel.live import answers
from opspanel.live.desks import configured_desks
from opspanel.live.projection import WALL
from opspanel.live.whole_page import WholePage
from opspanel.models import Screen
from opspanel.panel.load import configured_panel
from opspanel.views.wall_start import POLICY

# However slowly the platform is read: a revoked screen must know within ten seconds.
POLL_SECONDS = 5.0
BOARDS = (1, 2, 4)
_PAGE = WholePage(WALL, "wall/board.html")
_BUILD_SIGNS = frozenset("0123456789abcdef")


def ask_to_pair(request: HttpRequest, why: Why) -> HttpResponse:
    """Instead of a page: a code to be typed by an admin. Never a form for passwords."""
    if "demo" in request.GET:
        return _to_the_demo(request)
    return _pairing(request, why, "wall/pairing.html")


def ask_again(request: HttpRequest, why: Why) -> HttpResponse:
    """The same as the answer to a poll."""
    return _pairing(request, why, "wall/pairing.html#live")


def _pairing(request: HttpRequest, why: Why, template: str) -> HttpResponse:
    shown = shown_code(request) if request.method == "GET" else None
    context = {**frame(), "shown": shown, "why": why}
    response = render(request, template, context, status=401)
    keep_secret(response, shown)
    response[answers.NOW] = answers.server_now()
    return marked(response)


@csp_override(POLICY)
@require_safe
@screen_required(ask_to_pair)
def wall(request: HttpRequest, screen: Screen) -> HttpResponse:
    if "demo" in request.GET:
        return _to_the_demo(request)
    snapshot = configured_latest_with_incidents().snapshot()
    page = _PAGE.respond(request, frame(screen) | WALL.context(snapshot))
    return marked(page, screen)


@require_safe
@screen_required(ask_again)
def wall_board(request: HttpRequest, screen: Screen) -> HttpResponse:
    """The long way to what `opspanel.live.front` hands out at the door."""
    note_seen(screen, _build_of(request), timezone.now())
    shown = configured_desks().of(WALL).ready.shown()
    if request.GET.get("v") == shown.version:
        return marked(HttpResponse(status=204), screen)
    return marked(answers.whole(shown, request), screen)


def frame(screen: Screen | None = None) -> dict[str, object]:
    """What the page around the live part needs."""
    panel = configured_panel()
    return {
        "panel": panel,
        "screen": screen,
        "mark": _mark(screen),
        "boards": screen.boards if screen else max(BOARDS),
        "build": build_id(),
        "poll": min(POLL_SECONDS, panel.collection.interval_seconds),
        "interval": panel.collection.interval_seconds,
        "turn": panel.wall.turn_seconds,
        "now": database_now(),
    }


def marked(response: HttpResponse, screen: Screen | None = None) -> HttpResponse:
    for name, value in answers.marks(_mark(screen)):
        response[name] = value
    return response


def _mark(screen: Screen | None) -> str:
    return mark_of(screen.pk, screen.version) if screen else ""


def _build_of(request: HttpRequest) -> str:
    told = request.GET.get("build", "")[: len(build_id())]
    return told if set(told) <= _BUILD_SIGNS else ""


def _to_the_demo(request: HttpRequest) -> HttpResponse:
    return redirect(reverse("ops:wall-demo", query=request.GET.dict()))

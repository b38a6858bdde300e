"""The wall: a page for a screen that nobody touches, and what it asks for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from opspanel.access.guard import screen_required
from opspanel.access.screen_cookies import keep_secret, shown_code
from opspanel.access.screens import Why, note_seen
from opspanel.incidents.latest import configured_latest_with_incidents
from opspanel.live import answers
from opspanel.live.projection import version
from opspanel.models import Screen
from opspanel.panel.load import configured_panel
from opspanel.views.build import build_id
from opspanel.views.wall_board import board_of

# However slowly the platform is read: a revoked screen must know within ten seconds.
POLL_SECONDS = 5.0
BOARDS = (1, 2, 4)
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
    return marked(response)


@require_safe
@screen_required(ask_to_pair)
def wall(request: HttpRequest, screen: Screen) -> HttpResponse:
    if "demo" in request.GET:
        return _to_the_demo(request)
    context = {**frame(screen), **_shown()}
    return marked(render(request, "wall/board.html", context), screen)


@require_safe
@screen_required(ask_again)
def wall_board(request: HttpRequest, screen: Screen) -> HttpResponse:
    """The live part; 204 if the wall shows it already."""
    note_seen(screen, _build_of(request), timezone.now())
    context = _shown()
    if request.GET.get("v") == context["version"]:
        return marked(HttpResponse(status=204), screen)
    part = render(request, "wall/board.html#live", {**frame(screen), **context})
    return marked(part, screen)


def frame(screen: Screen | None = None) -> dict[str, object]:
    """What the page around the live part needs."""
    panel = configured_panel()
    return {
        "panel": panel,
        "screen": screen,
        "mark": mark_of(screen),
        "boards": screen.boards if screen else max(BOARDS),
        "build": build_id(),
        "poll": min(POLL_SECONDS, panel.collection.interval_seconds),
        "interval": panel.collection.interval_seconds,
        "turn": panel.wall.turn_seconds,
        "now": timezone.now(),
    }


def _shown() -> dict[str, object]:
    snapshot = configured_latest_with_incidents().snapshot()
    board = board_of(snapshot) if snapshot else None
    return {"board": board, "version": version(snapshot, timezone.now())}


def mark_of(screen: Screen | None) -> str:
    return f"{screen.pk}.{screen.version}" if screen else ""


def marked(response: HttpResponse, screen: Screen | None = None) -> HttpResponse:
    """As ours and not a proxy's, with what the page must be to fit."""
    response["X-Ops-Fragment"] = "1"
    response[answers.NOW] = answers.server_now()
    response["X-Ops-Build"] = build_id()
    response["X-Ops-Screen"] = mark_of(screen)
    return response


def _build_of(request: HttpRequest) -> str:
    told = request.GET.get("build", "")[: len(build_id())]
    return told if set(told) <= _BUILD_SIGNS else ""


def _to_the_demo(request: HttpRequest) -> HttpResponse:
    return redirect(reverse("ops:wall-demo", query=request.GET.dict()))

"""The register of screens: who hangs where, and when each was last heard of."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from opspanel.access.guard import fresh_sign_in_required, permission_required
from opspanel.access.pairing import approve
from opspanel.access.screens import SILENT_AFTER, change, revoke
from opspanel.access.strength import is_fresh
from opspanel.build import build_id
from opspanel.models import Screen
from opspanel.panel.load import configured_panel
from opspanel.views.screen_forms import ScreenApproval, ScreenForm

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """`state`: live, silent, waiting (never seen), expired or revoked."""

    screen: Screen
    state: str
    form: ScreenForm


@require_safe
@permission_required("ops.manage_access")
def screens(request: HttpRequest) -> HttpResponse:
    return _register(request, ScreenApproval())


@require_POST
@permission_required("ops.manage_access")
@fresh_sign_in_required
def screen_approve(request: HttpRequest) -> HttpResponse:
    form = ScreenApproval(request.POST)
    if not form.is_valid():
        return _register(request, form, status=400)
    person, now = str(request.user.pk), timezone.now()
    if approve(form.cleaned_data["code"], form.wish(), person, now) is None:
        form.add_error("code", "No screen shows this code now, or you tried too many.")
        return _register(request, form, status=400)
    return redirect("ops:screens")


@require_POST
@permission_required("ops.manage_access")
@fresh_sign_in_required
def screen_change(request: HttpRequest, pk: int) -> HttpResponse:
    screen = get_object_or_404(Screen, pk=pk, revoked_at=None)
    form = ScreenForm(request.POST)
    if not form.is_valid():
        return _register(request, ScreenApproval(), status=400)
    change(screen, **form.cleaned_data)
    return redirect("ops:screens")


@require_POST
@permission_required("ops.manage_access")
@fresh_sign_in_required
def screen_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    revoke(get_object_or_404(Screen, pk=pk), timezone.now())
    return redirect("ops:screens")


def _register(
    request: HttpRequest, form: ScreenApproval, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    newest = Screen.objects.order_by("revoked_at", "name")[:MOST_SHOWN]
    listed = [_listed(screen, now) for screen in newest]
    context = {
        "panel": configured_panel(),
        "form": form,
        "listed": listed,
        "silent": sum(each.state == "silent" for each in listed),
        "build": build_id(),
        "fresh": is_fresh(request),
        "now": now,
    }
    return render(request, "pages/screens.html", context, status=status)


def _listed(screen: Screen, now: datetime) -> Listed:
    initial = {"name": screen.name, "place": screen.place, "boards": screen.boards}
    form = ScreenForm(initial=initial, auto_id=f"id_%s_{screen.pk}")
    return Listed(screen, _state(screen, now), form)


def _state(screen: Screen, now: datetime) -> str:
    if screen.revoked_at:
        return "revoked"
    if screen.expires_at <= now:
        return "expired"
    if screen.seen_at is None:
        return "waiting"
    return "silent" if now - screen.seen_at > SILENT_AFTER else "live"

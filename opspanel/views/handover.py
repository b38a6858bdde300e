"""Since I last looked: the digest for who takes over, and the word that they looked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_safe

from opspanel.access.guard import permission_required
from opspanel.audit import Actor, AuditBusyError
from opspanel.handover import looks
from opspanel.handover.digest import Digest, digest
from opspanel.handover.markdown import markdown
from opspanel.panel.load import configured_panel
from opspanel.views.incident_answers import SeeOther
from opspanel.views.incident_forms import hidden

_SAID = {
    "looked": "Noted: this page begins there now.",
    "already": "You had looked at more than this already: nothing was moved.",
}
# Clocks of several web machines run ahead of each other a little.
_AHEAD = timedelta(minutes=1)


class LookedForm(forms.Form):
    """`until` is what the page told: what came after it was not looked at."""

    until = forms.CharField(widget=hidden())

    def clean_until(self) -> Any:
        told = self.cleaned_data["until"]
        try:
            until = parse_datetime(told)
        except ValueError:
            until = None
        if until is None or until.tzinfo is None or until > timezone.now() + _AHEAD:
            message = "This page is damaged. Reload it, and look again."
            raise forms.ValidationError(message)
        return until


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("ops.view_overview")
def handover(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _mark(request)
    return _page(request)


@require_safe
@permission_required("ops.view_overview")
def handover_md(request: HttpRequest) -> HttpResponse:
    kind = "text/markdown; charset=utf-8"
    return HttpResponse(markdown(_digest(request)), content_type=kind)


def _mark(request: HttpRequest) -> HttpResponse:
    form = LookedForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    by = Actor.of(request.user, request)
    try:
        moved = looks.mark(request.user, form.cleaned_data["until"], by)
    except AuditBusyError:
        form.add_error("until", "Busy: not noted. Try again.")
        return _page(request, form, status=503)
    said = "looked" if moved else "already"
    return SeeOther(reverse("ops:handover", query={"said": said}))


def _page(
    request: HttpRequest, tried: LookedForm | None = None, status: int = 200
) -> HttpResponse:
    shown = _digest(request)
    context = {
        "digest": shown,
        "markdown": markdown(shown),
        "said": _SAID.get(request.GET.get("said", "")),
        "form": tried or LookedForm(),
        "panel": configured_panel(),
        "now": timezone.now(),
    }
    return render(request, "pages/handover.html", context, status=status)


def _digest(request: HttpRequest) -> Digest:
    return digest(looks.last(request.user), configured_panel(), timezone.now())

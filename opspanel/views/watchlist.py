"""The watchlist: what grows before it burns, and what people do about it."""

from http import HTTPStatus

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from opspanel.access.guard import permission_required
from opspanel.audit import AuditBusyError
from opspanel.envelope import retry_later
from opspanel.incidents import Submission
from opspanel.incidents.errors import IncidentError
from opspanel.models import WatchItem
from opspanel.panel.load import configured_panel
from opspanel.snapshot.latest import configured_latest
from opspanel.views.watchlist_forms import ChangeForm, DismissForm
from opspanel.watchlist import acts, listing
from opspanel.watchlist.precision import precisions

_OPEN_ANEW = "Its signal has another open item by now: see to that one."
_TEND = "ops.tend_watchlist"


@require_safe
@permission_required("ops.view_overview")
def watchlist(request: HttpRequest) -> HttpResponse:
    panel, now = configured_panel(), timezone.now()
    context = {
        "panel": panel,
        "now": now,
        "watchlist": listing.overview(now),
        "done": listing.done(now),
        "signals": listing.signals(),
        "precisions": precisions(panel.watchlist, now),
    }
    return render(request, "pages/watchlist.html", context)


@require_safe
@permission_required("ops.view_overview")
def watch_item(request: HttpRequest, number: int) -> HttpResponse:
    return _page(request, number)


@require_POST
@permission_required(_TEND)
def watch_change(request: HttpRequest, number: int) -> HttpResponse:
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return _page(request, number, change=form)
    try:
        acts.change(number, form.change(), _person(request))
    except WatchItem.DoesNotExist:
        raise Http404 from None
    except acts.ActRefusedError:
        return _page(request, number, _OPEN_ANEW, change=form)
    except AuditBusyError:
        return _busy(request, number, change=form)
    return redirect("ops:watch-item", number)


@require_POST
@permission_required(_TEND)
def watch_confirm(request: HttpRequest, number: int) -> HttpResponse:
    try:
        acts.confirm(number, _person(request))
    except (WatchItem.DoesNotExist, acts.ActRefusedError):
        raise Http404 from None
    except AuditBusyError:
        return _busy(request, number)
    return redirect("ops:watch-item", number)


@require_POST
@permission_required(_TEND)
def watch_dismiss(request: HttpRequest, number: int) -> HttpResponse:
    form = DismissForm(request.POST)
    if not form.is_valid():
        return _page(request, number, dismiss=form)
    said = form.cleaned_data
    try:
        acts.dismiss(number, said["reason"], form.mute_for(), _person(request))
    except (WatchItem.DoesNotExist, acts.ActRefusedError):
        raise Http404 from None
    except AuditBusyError:
        return _busy(request, number, dismiss=form)
    return redirect("ops:watchlist")


@require_POST
@permission_required("ops.record_incidents")
def watch_promote(request: HttpRequest, number: int) -> HttpResponse:
    snapshot = configured_latest().snapshot()
    try:
        recorded = acts.promote(number, Submission.of(request), snapshot)
    except WatchItem.DoesNotExist:
        raise Http404 from None
    except IncidentError as refused:
        return _page(request, number, refusal=str(refused))
    except AuditBusyError:
        return _busy(request, number)
    return redirect("ops:incident", recorded.id)


def _busy(request: HttpRequest, number: int, **kept: Form) -> HttpResponse:
    """Nothing was stored, and what was typed is not lost."""
    answer = _page(request, number, "Busy: not saved. Send it again.", **kept)
    answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return retry_later(answer)


def _page(
    request: HttpRequest, number: int, refusal: str = "", **refused: Form
) -> HttpResponse:
    found = listing.whole(number)
    if found is None:
        raise Http404
    item = found.item
    initial = {
        "status": item.status.value,
        "baseline": item.baseline,
        "progress": item.progress,
    }
    context = {
        "panel": configured_panel(),
        "now": timezone.now(),
        "found": found,
        "item": item,
        "refusal": refusal,
        "change": refused.get("change") or ChangeForm(initial=initial),
        "dismiss": refused.get("dismiss") or DismissForm(),
    }
    status = 422 if refused or refusal else 200
    return render(request, "pages/watch_item.html", context, status=status)


def _person(request: HttpRequest) -> acts.Person:
    by = Submission.of(request)
    return acts.Person(by.label, by.now)

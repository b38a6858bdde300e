"""The overview: a page, its live part, and the same snapshot for scripts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from opspanel.access.guard import (
    permission_or_scope_required,
    permission_required,
    public,
)
from opspanel.access.tokens import READ_OVERVIEW
from opspanel.database.clock import database_now
from opspanel.envelope import problem
from opspanel.htmx import is_htmx
from opspanel.incidents.latest import configured_latest_with_incidents
from opspanel.incidents.then import minute_then
from opspanel.live.projection import OVERVIEW, version
from opspanel.panel.load import configured_panel
from opspanel.snapshot.codec import to_json
from opspanel.snapshot.history import Gap
from opspanel.snapshot.outdated import is_stale, without_decision
from opspanel.templatetags.words import GAPS
from opspanel.views.compare import comparison
from opspanel.views.live_page import OVERVIEW_PAGE, live_page
from opspanel.views.past import NoMomentError, moment_asked, overview_then


@require_safe
@permission_required(OVERVIEW.permission)
def overview(request: HttpRequest) -> HttpResponse:
    if "at" in request.GET and not is_htmx(request):
        at, other = request.GET["at"], request.GET.get("with")
        if other:
            return comparison(request, at, other)
        return overview_then(request, at)
    return live_page(request, OVERVIEW_PAGE)


@require_safe
@permission_or_scope_required("ops.view_overview", READ_OVERVIEW)
def overview_json(request: HttpRequest) -> HttpResponse:
    if "at" in request.GET:
        return _json_then(request.GET["at"])
    snapshot, now = configured_latest_with_incidents().snapshot(), database_now()
    if snapshot is None:
        return problem(503, "service_unavailable", "Nothing was collected yet.")
    etag = f'"{version(snapshot, now)}"'
    interval = configured_panel().collection.interval_seconds
    if is_stale(snapshot.taken_at, now, interval):
        snapshot = without_decision(snapshot)
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    return HttpResponse(
        to_json(snapshot), content_type="application/json", headers={"ETag": etag}
    )


def _json_then(text: str) -> HttpResponse:
    try:
        minute = minute_then(moment_asked(text))
    except NoMomentError as error:
        return problem(400, "bad_request", str(error))
    if minute.snapshot is None:
        return problem(404, "not_found", GAPS[minute.gap or Gap.NOTHING])
    return HttpResponse(to_json(minute.snapshot), content_type="application/json")


@require_safe
@public("only leads to the overview")
def home(request: HttpRequest) -> HttpResponse:
    return redirect("ops:overview")

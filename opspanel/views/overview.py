"""The overview: a page, its live part, and the same snapshot for scripts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from opspanel.access.guard import (
    permission_or_scope_required,
    permission_required,
    public,
)
from opspanel.access.tokens import READ_OVERVIEW
from opspanel.envelope import problem
from opspanel.htmx import is_htmx
from opspanel.panel.load import configured_panel
from opspanel.snapshot.codec import to_json
from opspanel.snapshot.latest import configured_latest
from opspanel.snapshot.outdated import is_stale, without_decision
from opspanel.snapshot.schema import Snapshot


@require_safe
@permission_required("ops.view_overview")
def overview(request: HttpRequest) -> HttpResponse:
    snapshot = configured_latest().snapshot()
    if is_htmx(request):
        return _live_part(request, snapshot)
    return render(request, "pages/overview.html", _context(snapshot))


def _live_part(request: HttpRequest, snapshot: Snapshot | None) -> HttpResponse:
    if request.GET.get("v") == version(snapshot):
        return HttpResponse(status=204)
    response = render(request, "pages/overview.html#live", _context(snapshot))
    # Tells the browser that this is ours and not a proxy's error page.
    response["X-Ops-Fragment"] = "1"
    return response


def _context(snapshot: Snapshot | None) -> dict[str, object]:
    panel = configured_panel()
    return {
        "snapshot": snapshot,
        "version": version(snapshot),
        "now": timezone.now(),
        "interval": panel.collection.interval_seconds,
        "panel": panel,
    }


def version(snapshot: Snapshot | None) -> str:
    """Changes with every snapshot."""
    return f"{snapshot.taken_at.timestamp():.3f}" if snapshot else "none"


@require_safe
@permission_or_scope_required("ops.view_overview", READ_OVERVIEW)
def overview_json(request: HttpRequest) -> HttpResponse:
    snapshot = configured_latest().snapshot()
    if snapshot is None:
        return problem(503, "service_unavailable", "Nothing was collected yet.")
    etag = f'"{version(snapshot)}"'
    interval = configured_panel().collection.interval_seconds
    if is_stale(snapshot, timezone.now(), interval):
        snapshot, etag = without_decision(snapshot), f'{etag[:-1]}-stale"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    return HttpResponse(
        to_json(snapshot), content_type="application/json", headers={"ETag": etag}
    )


@require_safe
@public("only leads to the overview")
def home(request: HttpRequest) -> HttpResponse:
    return redirect("ops:overview")

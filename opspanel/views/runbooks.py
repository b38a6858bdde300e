"""Runbooks that panel.toml holds itself."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from opspanel.access.guard import permission_required
from opspanel.panel.load import configured_panel


@require_safe
@permission_required("ops.view_overview")
def runbook(request: HttpRequest, runbook_id: str) -> HttpResponse:
    panel = configured_panel()
    found = [entry for entry in panel.runbooks if entry.id == runbook_id]
    if not found:
        raise Http404
    return render(request, "pages/runbook.html", {"runbook": found[0], "panel": panel})

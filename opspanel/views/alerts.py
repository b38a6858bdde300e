"""What fires, and what of it has no incident."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from opspanel.access.guard import permission_required
from opspanel.alerts import listing
from opspanel.panel.load import configured_panel


@require_safe
@permission_required("ops.view_overview")
def alerts(request: HttpRequest) -> HttpResponse:
    panel, now = configured_panel(), timezone.now()
    firing = listing.firing(panel, now)
    context = {"panel": panel, "now": now, "firing": firing}
    return render(request, "pages/alerts.html", context)

"""From an id in hand to the tool that knows it."""

import re
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from opspanel.access.guard import permission_required
from opspanel.panel.load import configured_panel
from opspanel.views.errors import bad_request

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


@require_safe
@permission_required("ops.view_overview")
def trace(request: HttpRequest) -> HttpResponse:
    """`?trace_id=` goes to Tempo, `?correlation_id=` to Loki, as panel.toml says."""
    links = configured_panel().links
    for name, address in (
        ("trace_id", links.tempo_trace),
        ("correlation_id", links.loki_correlation),
    ):
        wanted = request.GET.get(name, "").strip()
        if address and _ID.fullmatch(wanted):
            return HttpResponseRedirect(address.replace("{id}", quote(wanted)))
    return bad_request(request, "An id is 8 to 64 letters, digits, - or _.")

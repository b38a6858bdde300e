"""Error budgets: each SLO with its windows, from the overview's snapshot."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from opspanel.access.guard import permission_required
from opspanel.live.projection import SLOS
from opspanel.views.live_page import SLOS_PAGE, live_page


@require_safe
@permission_required(SLOS.permission)
def slos(request: HttpRequest) -> HttpResponse:
    return live_page(request, SLOS_PAGE)

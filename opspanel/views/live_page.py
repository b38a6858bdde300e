"""What a page with a live part answers: itself, or to htmx the part alone."""

from django.http import HttpRequest, HttpResponse

from opspanel.htmx import is_htmx
from opspanel.incidents.latest import configured_latest_with_incidents
from opspanel.live import answers
from opspanel.live.desks import configured_desks
from opspanel.live.projection import OVERVIEW, SLOS, Projection
from opspanel.live.whole_page import PageOfPeople, WholePage

OVERVIEW_PAGE = PageOfPeople(OVERVIEW, "pages/overview.html")
SLOS_PAGE = PageOfPeople(SLOS, "pages/slos.html")


def live_page(request: HttpRequest, page: WholePage) -> HttpResponse:
    if is_htmx(request):
        return _live_part(request, page.projection)
    snapshot = configured_latest_with_incidents().snapshot()
    return page.respond(request, page.projection.context(snapshot))


def _live_part(request: HttpRequest, projection: Projection) -> HttpResponse:
    """The long way to what `opspanel.live.front` hands out at the door, but for edits:
    who comes this way gets all of it."""
    shown = configured_desks().of(projection).ready.shown()
    if request.GET.get("v") == shown.version:
        return HttpResponse(status=204)
    return answers.whole(shown, request)

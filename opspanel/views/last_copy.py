"""A page as it last was, while nobody can be asked who reads it.

For those alone whom this process let in before the database was lost, and as long as
their grace lasts: decision 51.
"""

from django.http import HttpRequest, HttpResponse

from opspanel.access.contact import configured_contact
from opspanel.database.clock import database_now
from opspanel.htmx import is_htmx
from opspanel.incidents.latest import configured_latest_with_incidents
from opspanel.live.desks import configured_desks
from opspanel.models import User
from opspanel.views.live_page import OVERVIEW_PAGE, SLOS_PAGE

_PAGES = (OVERVIEW_PAGE, SLOS_PAGE)


def last_copy(request: HttpRequest) -> HttpResponse | None:
    """None for another page, another method, another reader."""
    pages = {page.projection.path: page for page in _PAGES}
    page = pages.get(request.path)
    if page is None or request.method != "GET" or request.GET or is_htmx(request):
        return None
    grant = configured_desks().of(page.projection).known(request.COOKIES)
    if grant is None:
        return None
    configured_contact().lose(database_now())
    pk, name = grant.account
    request.user = User(pk=pk, username=name)
    snapshot = configured_latest_with_incidents().snapshot()
    context = page.projection.context(snapshot)
    return page.respond(request, context, grant.permissions)

"""For load balancers: no data, no sign-in."""

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from opspanel.access.guard import public


@require_safe
@public("load balancers have no account; it tells nothing")
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@public("load balancers have no account; it tells one word")
def readyz(request: HttpRequest) -> HttpResponse:
    """It can serve pages: its database answers and has the tables it needs."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM ops_snapshotminute LIMIT 1")
    except Error:
        return HttpResponse("not ready", status=503, content_type="text/plain")
    return HttpResponse("ready", content_type="text/plain")

"""For load balancers: no data, no sign-in."""

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from opspanel.access.guard import public
from opspanel.database.migrated import first_lacking
from opspanel.live.desks import configured_desks
from opspanel.serving import is_leaving

_WRITES = "SELECT current_setting('transaction_read_only') = 'off'"


@require_safe
@public("load balancers have no account; it tells nothing")
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@public("load balancers have no account; it tells a word or two")
def readyz(request: HttpRequest) -> HttpResponse:
    """It can serve pages: its database answers and is migrated as far as this build
    needs it, or the first migration that it lacks is named. Where it takes no writes
    pages are served all the same, by this process as by any other.
    So it is while it does not answer, as long as somebody reads the last copy here. Not
    any more once the server is to end."""
    if is_leaving():
        return _word("leaving", 503)
    try:
        with connection.cursor() as cursor:
            cursor.execute(_WRITES)
            (writable,) = cursor.fetchone()
        lacking = first_lacking()
    except Error:
        if configured_desks().serve_last_copy():
            return _word("ready, last copy")
        return _word("not ready", 503)
    return _word_of_database(lacking, writable=writable)


def _word_of_database(lacking: str | None, *, writable: bool) -> HttpResponse:
    if lacking:
        return _word(f"not migrated: {lacking}", 503)
    return _word("ready" if writable else "ready, read-only")


def _word(word: str, status: int = 200) -> HttpResponse:
    return HttpResponse(word, status=status, content_type="text/plain")

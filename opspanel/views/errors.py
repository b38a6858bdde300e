"""Error pages that say what to do, and the envelope for scripts."""

import sys

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from opspanel.database.away import AWAY, what_failed
from opspanel.database.migrated import NOT_MIGRATED, lacks_what_was_asked
from opspanel.envelope import problem, retry_later
from opspanel.htmx import is_htmx
from opspanel.panel.load import configured_panel
from opspanel.tracing import fail
from opspanel.views.incident_kept import kept_form
from opspanel.views.last_copy import last_copy


def bad_request(request: HttpRequest, exception: Exception | str) -> HttpResponse:
    message = exception if isinstance(exception, str) else "This request is not valid."
    return _error(request, 400, "bad_request", message)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 403, "insufficient_permissions", "You may not do this.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 404, "not_found", "There is nothing here.")


def server_error(request: HttpRequest) -> HttpResponse:
    # Who asks is only known from the database, which may be what failed.
    request.user = AnonymousUser()
    failure = sys.exception()
    if isinstance(failure, AWAY):
        return retry_later(_unavailable(request, what_failed(failure)))
    if lacks_what_was_asked(failure):
        return retry_later(_unavailable(request, NOT_MIGRATED))
    return _error(request, 500, "internal_error", "The panel failed. It was logged.")


def _unavailable(request: HttpRequest, why: str) -> HttpResponse:
    message = f"The panel's database {why}. Try again in a moment."
    kept = None
    if not _is_for_script(request):
        kept = last_copy(request) or kept_form(request, why)
    return kept or _error(request, 503, "service_unavailable", message)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    message = "This form has expired. Go back, reload the page and try again."
    return _error(request, 403, "csrf_failed", message, page="expired")


def _error(
    request: HttpRequest, status: int, code: str, message: str, page: str = ""
) -> HttpResponse:
    if _is_for_script(request):
        return problem(status, code, message)
    fail(code)
    context = {"panel": configured_panel(), "message": message}
    return render(request, f"errors/{page or status}.html", context, status=status)


def _is_for_script(request: HttpRequest) -> bool:
    no_page = request.path.startswith("/api/") or not request.accepts("text/html")
    return no_page or is_htmx(request)

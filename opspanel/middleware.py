"""What every request and answer passes."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from opspanel import correlation, tracing
from opspanel.access.oidc.redirect import RedirectToProvider
from opspanel.database.base import database_answers_within
from opspanel.sanitize.headers import clean_header, needs_cleaning

# Shorter than the time after which a page gives up a poll.
DATABASE_SECONDS = 2.0

type GetResponse = Callable[[HttpRequest], HttpResponse]


def correlation_id(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = correlation.accept(request.headers.get(correlation.HEADER))
        response = get_response(request)
        response[correlation.HEADER] = chosen
        _name_trace(request)
        return response

    return middleware


def _name_trace(request: HttpRequest) -> None:
    match = request.resolver_match
    route = match.route if match else "unmatched"
    method = str(request.method)
    told = {"http.request.method": method, "http.route": route}
    tracing.name_entry(f"{method} {route}", told)


def clean_headers(get_response: GetResponse) -> GetResponse:
    """Cookies are not among the headers here: they are secrets of the one they go to,
    and so is the address that leads to the identity provider.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in list(response.items()):
            if needs_cleaning(name, value) and not _leads_there(name, response):
                response[name] = clean_header(name, value)
        return response

    return middleware


def _leads_there(name: str, response: HttpResponse) -> bool:
    return name == "Location" and isinstance(response, RedirectToProvider)


def never_stored(get_response: GetResponse) -> GetResponse:
    """No browser or proxy keeps a page of the panel."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def never_hung(get_response: GetResponse) -> GetResponse:
    """A frozen database gets an error page, not a thread for as long as it is frozen."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with database_answers_within(DATABASE_SECONDS):
            return get_response(request)

    return middleware

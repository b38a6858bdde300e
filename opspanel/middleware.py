"""What every request and answer passes."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from opspanel import correlation, metering, tracing
from opspanel.access.oidc.redirect import RedirectToProvider
from opspanel.database.base import database_answers_within
from opspanel.sanitize.headers import clean_header, needs_cleaning

# Shorter than the time after which a page gives up a poll.
DATABASE_SECONDS = 2.0

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

type GetResponse = Callable[[HttpRequest], HttpResponse]


def correlation_id(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = correlation.accept(request.headers.get(correlation.HEADER))
        began = time.perf_counter()
        response = get_response(request)
        response[correlation.HEADER] = chosen
        _note(request, response, time.perf_counter() - began)
        return response

    return middleware


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """The route and never the path: of those there are as many as strangers like."""
    match = request.resolver_match
    route = match.route if match else "unmatched"
    method = request.method if request.method in METHODS else "other"
    told = {"http.request.method": str(method), "http.route": route}
    tracing.name_entry(f"{method} {route}", told)
    metering.requests.labels(route, method, response.status_code).inc()
    metering.request_seconds.labels(route).observe(seconds)
    if not response.streaming:
        metering.sent_bytes.labels("django").inc(len(response.content))


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

"""The answer to a poll: the same on the long way and on the short one."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.middleware.security import SecurityMiddleware

from opspanel.browser_policy import on_every_answer
from opspanel.build import build_id
from opspanel.database.clock import database_now
from opspanel.live.ready import Shown
from opspanel.middleware import clean_headers, never_stored

type GetResponse = Callable[[HttpRequest], HttpResponse]

# Of settings.MIDDLEWARE, those that give each answer its headers.
_OUTWARD: tuple[Callable[..., Any], ...] = (
    on_every_answer,
    ContentSecurityPolicyMiddleware,
    clean_headers,
    never_stored,
    SecurityMiddleware,
)
NOW = "X-Ops-Now"
# Tells the browser that this is ours and not a proxy's error page.
_OURS = ("X-Ops-Fragment", "1")
# Of another than the page's own nothing is let in.
BUILD = "X-Ops-Build"
# Names the text of a part, for the next poll to tell; and, of edits, the text they are of.
TEXT, EDITS_OF = "X-Ops-Text", "X-Ops-Edits-Of"
# No document, so most of what is said to browsers about pages would be for nothing.
_OF_EDITS = (
    ("Content-Type", "application/json"),
    ("Content-Encoding", "gzip"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    _OURS,
)
# Who has the newest is told nothing, so there is nothing for a policy to guard.
UNCHANGED = [("Cache-Control", "no-store")]


def server_now() -> str:
    """Milliseconds since 1970. The bytes were made a while ago; ages start from this."""
    return str(int(database_now().timestamp() * 1000))


def whole(shown: Shown, request: HttpRequest) -> HttpResponse:
    response = _whole(
        shown, gzipped="gzip" in request.headers.get("Accept-Encoding", "")
    )
    response[NOW] = server_now()
    return response


def _whole(shown: Shown, *, gzipped: bool) -> HttpResponse:
    response = HttpResponse(shown.gzipped if gzipped else shown.html)
    response[_OURS[0]] = _OURS[1]
    response[TEXT] = shown.text
    response[BUILD] = build_id()
    response["Content-Length"] = str(len(response.content))
    response["Vary"] = "Accept-Encoding, Cookie"
    if gzipped:
        response["Content-Encoding"] = "gzip"
    return response


def marks(mark: str) -> list[tuple[str, str]]:
    """Of every answer to an unattended page: ours, and what the page must be to fit."""
    return [_OURS, (BUILD, build_id()), ("X-Ops-Screen", mark)]


@lru_cache(maxsize=32)
def headers_of(shown: Shown, *, secure: bool) -> list[tuple[str, str]]:
    """Of the ready bytes, as middleware leaves them; of edits, those that edits need."""
    if shown.edits_of:
        own = [(TEXT, shown.text), (EDITS_OF, shown.edits_of), (BUILD, build_id())]
        length = ("Content-Length", str(len(shown.gzipped)))
        return [*_OF_EDITS, *own, length]
    respond: GetResponse = lambda _: _whole(shown, gzipped=True)  # noqa: E731
    for middleware in reversed(_OUTWARD):
        respond = middleware(respond)
    return list(respond(_Imagined(secure=secure)).items())


class _Imagined(HttpRequest):
    """A poll, as far as the headers of an answer depend on it."""

    def __init__(self, *, secure: bool) -> None:
        super().__init__()
        self.method = "GET"
        self._secure = secure

    def _get_scheme(self) -> str:
        return "https" if self._secure else "http"

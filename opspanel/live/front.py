"""Before Django: a poll by an admitted reader is answered with what is ready.

Everything else goes on to Django, also whatever is only doubtful: a reader without a
valid memo, a strange host, plain http where https is wanted. The long way decides and
explains; this one says what it would have said, for a fraction of the cost.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.http.cookie import parse_cookie

from opspanel import correlation, metering, tracing
from opspanel.access.admission import Grant
from opspanel.live import answers
from opspanel.live.desks import Desk, Desks, configured_desks
from opspanel.live.ready import Shown

type Environ = dict[str, Any]
type StartResponse = Callable[[str, list[tuple[str, str]]], Any]
type Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def in_front_of(
    application: Application, desks: Callable[[], Desks] = configured_desks
) -> Application:
    def front(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        here = desks()
        desk = here.at(environ["PATH_INFO"])
        if desk is None:
            return application(environ, start_response)
        answer = _answer(here, desk, environ)
        if answer is None:
            with here.turns.turn():
                return application(environ, start_response)
        status, headers, body = answer
        start_response(status, headers)
        return [body]

    return front


type Answer = tuple[str, list[tuple[str, str]], bytes]


def _answer(desks: Desks, desk: Desk, environ: Environ) -> Answer | None:
    if not _is_plain_poll(desk, environ):
        return None
    if not desks.keeper.is_awake():
        return None
    secure, shown = _door(*map(environ.get, _DOOR)), desk.ready.kept
    if secure is None or shown is None:
        return None
    grant = _grant(desk, environ)
    return _told(desk, environ, grant, shown, secure=secure) if grant else None


def _told(
    desk: Desk, environ: Environ, grant: Grant, shown: Shown, *, secure: bool
) -> Answer:
    chosen = correlation.accept(environ.get("HTTP_X_CORRELATION_ID"))
    tracing.name_entry(tracing.POLL, {"http.route": desk.projection.route})
    headers = [(correlation.HEADER, chosen)]
    if desk.projection.unattended:
        headers += answers.marks(grant.mark)
    route = desk.projection.route
    has, text = _has(desk, environ)
    if has == shown.version:
        metering.polled(route, "unchanged").inc()
        return "204 No Content", [*answers.UNCHANGED, *headers], b""
    headers.append((answers.NOW, answers.server_now()))
    metering.polled(route, "changed").inc()
    sent = desk.ready.since(text, shown)
    metering.sent_bytes.labels("door").inc(len(sent.gzipped))
    ready = answers.headers_of(sent, secure=secure)
    return "200 OK", [*(dict(ready) | dict(headers)).items()], sent.gzipped


def _has(desk: Desk, environ: Environ) -> tuple[str, str]:
    """The version that the page shows, and the text that it keeps, as pages tell them."""
    query = environ["QUERY_STRING"].removesuffix(desk.ending)
    version, _, text = query.partition("&text=")
    return version.removeprefix("v="), text


def _is_plain_poll(desk: Desk, environ: Environ) -> bool:
    return (
        environ["REQUEST_METHOD"] == "GET"
        and (desk.projection.unattended or environ.get("HTTP_HX_REQUEST") == "true")
        and environ["QUERY_STRING"].endswith(desk.ending)
        and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        # What else a browser wants it for, the long way refuses.
        and environ.get("HTTP_SEC_FETCH_DEST", "empty") == "empty"
    )


def _grant(desk: Desk, environ: Environ) -> Grant | None:
    kind = desk.admissions.kind
    cookies = parse_cookie(environ.get("HTTP_COOKIE", ""))
    key = kind.key(cookies.get(kind.cookie, ""))
    return desk.admissions.admits(key, desk.projection.permission) if key else None


_PROXY = getattr(settings, "SECURE_PROXY_SSL_HEADER", None) or (
    "HTTP_X_FORWARDED_PROTO",
    "",
)
_DOOR = ("HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme", _PROXY[0])


@lru_cache(maxsize=256)
def _door(*said: str | None) -> bool | None:
    """Whether who came in by this address is on https; None where Django would refuse
    the address or lead elsewhere."""
    given = {name: value for name, value in zip(_DOOR, said, strict=True) if value}
    request = WSGIRequest({"REQUEST_METHOD": "GET", "wsgi.input": BytesIO(), **given})
    try:
        request.get_host()
    except DisallowedHost:
        return None
    secure = bool(request.is_secure())
    return None if settings.SECURE_SSL_REDIRECT and not secure else secure

"""`/metrics`, before Django: Prometheus asks by an address that is nobody's host name, and
wants to know most when the database is away.

For whoever shows the token; without one, for this very machine, and only where no proxy
could stand between.
"""

import hmac
from collections.abc import Callable, Iterable
from typing import Any

from opspanel import correlation, env

type Environ = dict[str, Any]
type StartResponse = Callable[..., Any]
type Application = Callable[[Environ, StartResponse], Iterable[bytes]]

PATH = "/metrics"
_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_FORWARDED = ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_FOR")


def with_metrics(
    application: Application,
    figures: Callable[[], bytes],
    *,
    token: str | None,
    behind_proxy: bool,
) -> Application:
    def door(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "GET":
            return application(environ, start_response)
        chosen = correlation.accept(environ.get("HTTP_X_CORRELATION_ID"))
        headers = [
            (correlation.HEADER, chosen),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        if _may(environ, token, behind_proxy=behind_proxy):
            start_response("200 OK", [("Content-Type", _TEXT), *headers])
            return [figures()]
        headers += [("Content-Type", "text/plain"), ("WWW-Authenticate", "Bearer")]
        start_response("401 Unauthorized", headers)
        return [b"OPSPANEL_METRICS_TOKEN opens this.\n"]

    return door


def _may(environ: Environ, token: str | None, *, behind_proxy: bool) -> bool:
    if token is not None:
        scheme, _, shown = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        right = hmac.compare_digest(shown.strip().encode(), token.encode())
        return scheme.lower() == "bearer" and right
    forwarded = behind_proxy or any(name in environ for name in _FORWARDED)
    return not forwarded and env.is_loopback(environ.get("REMOTE_ADDR"))

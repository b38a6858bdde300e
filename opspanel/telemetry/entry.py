"""Around the WSGI application: a span for each request.

It says the route and the status, and never what was asked for: an address holds numbers,
names and now and then a token.
"""

from collections.abc import Callable, Iterable
from typing import Any

from opentelemetry.trace import Tracer

from opspanel.tracing import POLL, answered, entered, is_on

type Environ = dict[str, Any]
type StartResponse = Callable[..., Any]
type Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def traced(
    application: Application, *, trusts_callers: bool, tracer: Tracer | None = None
) -> Application:
    """`trusts_callers`: in front stands a proxy of ours, and it drops the headers of a
    trace that strangers send; whoever is not trusted begins a trace of his own."""
    if tracer is None and not is_on():
        return application

    def entry(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        carrier = _carrier(environ) if trusts_callers else {}
        with entered(_name(environ), carrier, tracer=tracer) as begun:

            def start(status: str, *rest: Any) -> Any:
                answered(begun, int(status[:3]))
                return start_response(status, *rest)

            return application(environ, start)

    return entry


def _carrier(environ: Environ) -> dict[str, str]:
    return {"traceparent": environ.get("HTTP_TRACEPARENT", "")}


def _name(environ: Environ) -> str:
    """Until the route is known."""
    asks_again = environ.get("QUERY_STRING", "").startswith("v=")
    return POLL if asks_again and environ["REQUEST_METHOD"] == "GET" else "request"

"""Spans: what was done, in which trace. Until `opspanel.telemetry` is set up, nothing.

A span holds names of the code's own, ids and codes, and no value of a request. One that
fails says so with a code of the catalogue; the text of an error stays out of it.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus

from opentelemetry import context as contexts
from opentelemetry import propagate, trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from opspanel import correlation, error_codes


@dataclass(frozen=True, slots=True)
class Tenant:
    """Whose work it is. The authenticated edge says so, and never the client."""

    org_id: str
    project_id: str = ""


type Attributes = Mapping[str, str | int | bool]

SCOPE = "opspanel"
# The name of what comes in again and again; few of it are recorded.
POLL = "poll"
# Even a span that nobody records costs twice what a poll does.
_is_on = threading.Event()
_failed: ContextVar[str] = ContextVar("failed_with", default="")
_tenant: ContextVar["Tenant | None"] = ContextVar("tenant", default=None)
_entry: ContextVar[Span] = ContextVar("entry_span", default=trace.INVALID_SPAN)


def switch_on() -> None:
    """From now on there is somebody who records."""
    _is_on.set()


def is_on() -> bool:
    return _is_on.is_set()


@contextmanager
def span(
    name: str,
    attributes: Attributes | None = None,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    tracer: Tracer | None = None,
) -> Iterator[Span]:
    """A part of what is being done. An exception marks it, and goes on."""
    if tracer is None and not _is_on.is_set():
        yield trace.INVALID_SPAN
        return
    with (tracer or trace.get_tracer(SCOPE)).start_as_current_span(
        name,
        kind=kind,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as begun:
        try:
            yield begun
        except Exception as error:
            begun.set_attribute("error.type", type(error).__name__)
            _mark(begun, getattr(error, "code", error_codes.INTERNAL))
            raise


@contextmanager
def entered(
    name: str,
    carrier: Mapping[str, str],
    *,
    kind: SpanKind = SpanKind.SERVER,
    tracer: Tracer | None = None,
    tenant: Tenant | None = None,
) -> Iterator[Span]:
    """Where a request, a message or a command comes in. `carrier`: what came with it of
    a trace that may be gone on with."""
    if tracer is None and not _is_on.is_set():
        yield trace.INVALID_SPAN
        return
    failed, before = _failed.set(""), _tenant.set(tenant)
    token = contexts.attach(propagate.extract(carrier, contexts.Context()))
    try:
        with span(name, kind=kind, tracer=tracer) as begun:
            entry = _entry.set(begun)
            try:
                yield begun
            finally:
                # Whoever came in was given his id meanwhile.
                begun.set_attribute("correlation_id", correlation.current_id() or "")
                _entry.reset(entry)
    finally:
        contexts.detach(token)
        _failed.reset(failed)
        _tenant.reset(before)


def name_entry(name: str, attributes: Attributes | None = None) -> None:
    """What came in turned out to be this."""
    _entry.get().update_name(name)
    _entry.get().set_attributes(attributes or {})


def fail(code: str) -> None:
    """What is being done has failed, and so has what it is a part of."""
    _failed.set(code)
    _mark(trace.get_current_span(), code)


def answered(entry: Span, status: int) -> None:
    """The HTTP status of what came in; one that tells of a failure, with its code."""
    entry.set_attribute("http.response.status_code", status)
    if status >= HTTPStatus.BAD_REQUEST:
        _mark(entry, _failed.get() or error_codes.of_status(status))


def note(attributes: Attributes) -> None:
    trace.get_current_span().set_attributes(attributes)


@contextmanager
def calling(name: str, host: str) -> Iterator[dict[str, str]]:
    """A call to another system; yields the headers that tell it whose call it is."""
    with span(name, {"server.address": host}, kind=SpanKind.CLIENT):
        yield carried()


def tenant() -> Tenant | None:
    """Of what came in; None for work of the platform itself."""
    return _tenant.get()


def carried() -> dict[str, str]:
    """What goes along with a call or a message, to be gone on with at the other end."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    if current := correlation.current_id():
        carrier[correlation.HEADER] = current
    return carrier


def ids() -> dict[str, str]:
    """Of the present span, for a log line; empty outside of one."""
    here = trace.get_current_span().get_span_context()
    if not here.is_valid:
        return {}
    return {
        "trace_id": trace.format_trace_id(here.trace_id),
        "span_id": trace.format_span_id(here.span_id),
    }


def _mark(begun: Span, code: str) -> None:
    begun.set_status(Status(StatusCode.ERROR))
    begun.set_attribute("error_code", error_codes.known(code))

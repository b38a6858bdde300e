"""What leaves with a span is clean, or does not leave."""

import secrets
from contextlib import suppress

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import (
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.trace import Status, StatusCode

from opspanel.sanitize import reasons
from opspanel.telemetry.export import OWN_ATTRIBUTES, CleanExporter, clean_copy
from opspanel.tracing import SCOPE

TOKEN = f"ghp_{secrets.token_hex(18)}"


class Kept(SpanExporter):
    """Stands at the end of the wire."""

    def __init__(self):
        self.spans = []

    def export(self, spans):
        self.spans += spans
        return SpanExportResult.SUCCESS


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def provider(kept):
    made = TracerProvider(resource=Resource({"service.name": "test"}))
    made.add_span_processor(SimpleSpanProcessor(CleanExporter(kept)))
    yield made
    made.shutdown()


def test_a_secret_is_replaced_wherever_a_library_puts_it(provider, kept):
    """Name, attributes, lists, events with their exception, status, links."""
    tracer = provider.get_tracer("some.library")
    with (
        suppress(ValueError),
        tracer.start_as_current_span(
            f"GET /login?token={TOKEN}", attributes={"http.url": f"/x?token={TOKEN}"}
        ) as span,
    ):
        span.set_attribute("tags", ["fine", TOKEN])
        span.add_event("retry", {"reason": f"Bearer {TOKEN}"})
        span.set_status(Status(StatusCode.ERROR, f"refused {TOKEN}"))
        int(TOKEN)
    (span,) = kept.spans
    assert TOKEN not in span.to_json()
    assert "[REDACTED]" in span.attributes["http.url"]
    assert span.attributes["tags"][0] == "fine"
    assert [event.name for event in span.events] == ["retry", "exception"]


def test_our_own_spans_say_only_what_was_agreed(provider, kept):
    """A key that is not on the list keeps its place and loses its value."""
    with provider.get_tracer(SCOPE).start_as_current_span("read") as span:
        span.set_attribute("source", "nats")
        span.set_attribute("customer", "Ada")
    (span,) = kept.spans
    assert span.attributes == {"source": "nats", "customer": "[REDACTED]"}
    assert "source" in OWN_ATTRIBUTES


def test_ids_and_times_stay_what_they_were(provider, kept):
    """A trace is still a trace."""
    tracer = provider.get_tracer(SCOPE)
    with tracer.start_as_current_span("outer") as outer:
        tracer.start_span("inner").end()
    inner = next(span for span in kept.spans if span.name == "inner")
    assert inner.parent.span_id == outer.get_span_context().span_id
    assert inner.context.trace_id == outer.get_span_context().trace_id
    assert 0 < inner.start_time <= inner.end_time
    assert inner.resource.attributes["service.name"] == "test"


def test_what_cannot_be_cleaned_stays_here():
    """It is counted, and nothing is raised into the thread that sends."""
    before = reasons.counts().get("span withheld", 0)
    assert clean_copy(Unreadable("x")) is None
    assert reasons.counts()["span withheld"] == before + 1


class Unreadable(ReadableSpan):
    @property
    def attributes(self):
        raise RuntimeError(TOKEN)

"""Each request is an entry of a trace: its own, or that of a proxy that is trusted."""

import secrets

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from opspanel import correlation, tracing
from opspanel.telemetry.entry import traced
from opspanel.telemetry.setup import Belonging
from tests.telemetry.test_export import Kept

TRACE = secrets.token_hex(16)


KEPT = Kept()
PROVIDER = TracerProvider()
PROVIDER.add_span_processor(Belonging())
PROVIDER.add_span_processor(SimpleSpanProcessor(KEPT))
TRACER = PROVIDER.get_tracer(tracing.SCOPE)


@pytest.fixture
def spans():
    KEPT.spans.clear()
    return KEPT.spans


def ask(application, *, trusts_callers=False, **environ):
    given = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/admin/ops/incidents",
        "QUERY_STRING": "q=somebody",
        "HTTP_TRACEPARENT": f"00-{TRACE}-{'1' * 16}-01",
    } | environ
    answered = []
    entry = traced(application, trusts_callers=trusts_callers, tracer=TRACER)
    entry(given, lambda status, *_: answered.append(status))
    return answered


def answers(status):
    def application(environ, start_response):
        correlation.accept("a-known-request")
        tracing.name_entry("GET incidents", {"http.route": "incidents"})
        start_response(status, [])
        return []

    return application


def trace_of(span):
    return trace.format_trace_id(span.context.trace_id)


def test_a_strangers_trace_is_not_gone_on_with(spans):
    """Who is not trusted could join any trace, or decide what is recorded."""
    assert ask(answers("200 OK")) == ["200 OK"]
    (span,) = spans
    assert trace_of(span) != TRACE
    assert span.parent is None


def test_a_trusted_proxys_trace_is_gone_on_with(spans):
    """OPSPANEL_TRUST_TRACES."""
    ask(answers("200 OK"), trusts_callers=True)
    assert trace_of(spans[0]) == TRACE


def test_a_span_tells_route_status_and_id_and_nothing_of_the_address(spans):
    """Not the path with its numbers, nor what was searched for."""
    ask(answers("200 OK"))
    (span,) = spans
    assert span.name == "GET incidents"
    assert span.attributes == {
        "http.route": "incidents",
        "http.response.status_code": 200,
        "correlation_id": "a-known-request",
    }


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("403 Forbidden", "insufficient_permissions"),
        ("404 Not Found", "not_found"),
        ("405 Method Not Allowed", "bad_request"),
        ("503 Service Unavailable", "service_unavailable"),
        ("500 Internal Server Error", "internal_error"),
    ],
)
def test_a_failure_has_a_code_also_where_nobody_gave_one(spans, status, code):
    """Refusals of the framework itself, too."""
    ask(answers(status))
    assert spans[0].attributes["error_code"] == code
    assert not spans[0].status.is_ok


def test_the_code_that_was_given_counts(spans):
    """It says more than a status; and it does not stay for the next request."""

    def refusing(environ, start_response):
        tracing.fail("second_factor_required")
        start_response("403 Forbidden", [])
        return []

    ask(refusing)
    ask(answers("403 Forbidden"))
    codes = [span.attributes["error_code"] for span in spans]
    assert codes == ["second_factor_required", "insufficient_permissions"]


def test_an_exception_marks_its_span_and_is_not_quoted(spans):
    """It goes on to whoever handles it; the span has its type and a code."""
    with pytest.raises(ZeroDivisionError), tracing.span("part", tracer=TRACER):
        1 / 0  # noqa: B018
    (span,) = spans
    assert span.attributes["error.type"] == "ZeroDivisionError"
    assert span.attributes["error_code"] == "internal_error"
    assert "division" not in span.to_json()

"""A failure is worth telling also where its trace was not to be recorded.

How a span ends is not known when it begins. What a tenant has too many of is recorded and
kept back; of that, what failed is sent after all, up to a limit of its own.
"""

from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanContext, StatusCode, TraceFlags

from opspanel.telemetry.buckets import Buckets

FAILURES_PER_SECOND = 5.0
FAILURES_AT_ONCE = 20.0
PLATFORM = "platform"


def of_failures() -> Buckets:
    return Buckets(FAILURES_PER_SECOND, FAILURES_AT_ONCE)


class FailuresToo(BatchSpanProcessor):
    def __init__(self, exporter: Any, failures: Buckets, **limits: Any) -> None:
        super().__init__(exporter, **limits)
        self._failures = failures

    def on_end(self, span: ReadableSpan) -> None:
        here = span.context
        if here is None or here.trace_flags.sampled:
            super().on_end(span)
        elif span.status.status_code == StatusCode.ERROR:
            whose = str((span.attributes or {}).get("org_id", PLATFORM))
            if self._failures.take(whose):
                super().on_end(_sampled(span, here))


def _sampled(span: ReadableSpan, here: SpanContext) -> ReadableSpan:
    """A copy whose context says that it is sent."""
    flags = TraceFlags(here.trace_flags | TraceFlags.SAMPLED)
    return ReadableSpan(
        name=span.name,
        context=SpanContext(
            here.trace_id, here.span_id, here.is_remote, flags, here.trace_state
        ),
        parent=span.parent,
        resource=span.resource,
        attributes=span.attributes,
        events=span.events,
        links=span.links,
        kind=span.kind,
        status=span.status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )

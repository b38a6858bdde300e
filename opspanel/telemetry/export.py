"""The way out for spans: each leaves as a clean copy, or not at all.

Here and not in a processor: a span that ended cannot be changed, and what a processor
raises reaches the code that was traced.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status

from opspanel.sanitize import PLACEHOLDER, reasons
from opspanel.sanitize.spans import clean_span
from opspanel.tracing import SCOPE

# All that the code's own spans may say. Other libraries' are cleaned only.
OWN_ATTRIBUTES = frozenset(
    {
        "action",
        "attempt",
        "correlation_id",
        "error.type",
        "error_code",
        "event.id",
        "event.type",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "org_id",
        "permission",
        "project_id",
        "resource_name",
        "result",
        "sampling.bucket",
        "server.address",
        "source",
        "subject",
    }
)


class CleanExporter(SpanExporter):
    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        cleaned = [copy for span in spans if (copy := clean_copy(span))]
        return self._inner.export(cleaned) if cleaned else SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)


def clean_copy(span: ReadableSpan) -> ReadableSpan | None:
    """None where it cannot be cleaned; that is counted."""
    try:
        return _clean_copy(span)
    except Exception:  # noqa: BLE001 - whatever it was, the span stays here
        reasons.count("span withheld")
        return None


def _clean_copy(span: ReadableSpan) -> ReadableSpan:
    said = clean_span(
        {
            "name": span.name,
            "attributes": dict(span.attributes or {}),
            "events": [
                {"name": event.name, "attributes": dict(event.attributes or {})}
                for event in span.events
            ],
            "links": [
                {"attributes": dict(link.attributes or {})} for link in span.links
            ],
            "status": span.status.description,
        }
    )
    return ReadableSpan(
        name=str(said["name"]),
        context=span.get_span_context(),
        parent=span.parent,
        resource=span.resource,
        attributes=_allowed(span, said["attributes"]),
        events=[
            Event(str(clean["name"]), clean["attributes"], event.timestamp)
            for event, clean in zip(span.events, said["events"], strict=True)
        ],
        links=[
            Link(link.context, clean["attributes"])
            for link, clean in zip(span.links, said["links"], strict=True)
        ],
        kind=span.kind,
        status=Status(span.status.status_code, said["status"]),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _allowed(span: ReadableSpan, attributes: Mapping[str, Any]) -> dict[str, Any]:
    scope = span.instrumentation_scope
    if scope is None or scope.name != SCOPE:
        return dict(attributes)
    return {
        name: value if name in OWN_ATTRIBUTES else PLACEHOLDER
        for name, value in attributes.items()
    }

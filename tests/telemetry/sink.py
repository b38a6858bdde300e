"""A collector of our own: a real HTTP server that takes OTLP and keeps what it got."""

import gzip

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)

from tests.receiver import Receiver


class Seen:
    """One span, as it came."""

    def __init__(self, resource, span):
        self.service = attributes(resource)["service.name"]
        self.name = span.name
        self.trace_id = span.trace_id.hex()
        self.span_id = span.span_id.hex()
        self.parent_id = span.parent_span_id.hex()
        self.attributes = attributes(span)
        self.failed = span.status.code == 2
        self.status = span.status.message
        self.events = [(event.name, attributes(event)) for event in span.events]

    def __repr__(self):
        return f"{self.service}: {self.name}"


def attributes(part):
    return {
        each.key: getattr(each.value, each.value.WhichOneof("value") or "string_value")
        for each in part.attributes
    }


class Sink(Receiver):
    def __init__(self):
        self.bodies = []
        super().__init__()

    def take(self, headers, body, path):
        zipped = headers.get("Content-Encoding") == "gzip"
        self.bodies.append(gzip.decompress(body) if zipped else body)
        return 200, {}

    @property
    def spans(self):
        return [
            Seen(each.resource, span)
            for body in list(self.bodies)
            for each in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in each.scope_spans
            for span in scope.spans
        ]

    def trace(self, trace_id):
        return [span for span in self.spans if span.trace_id == trace_id]

"""A collector of our own: a real HTTP server that takes OTLP and keeps what it got."""

import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)


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


class Sink:
    def __init__(self):
        self.bodies = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                owner.bodies.append(body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

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

"""What records and sends. It is heavy: only who has a collector imports it."""

import threading
import time

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer

from opspanel import correlation, env, tracing
from opspanel.telemetry.export import CleanExporter
from opspanel.telemetry.sampling import sampler
from opspanel.telemetry.tenant_limits import TenantLimits
from opspanel.telemetry.tenant_sampling import FailuresAnyway
from opspanel.tracing import SCOPE

# A collector that is away must not hold up a process that ends: what is tried once more
# then is given up after this.
EXPORT_SECONDS = 1.0
MOST_WAITING = 2048
AT_ONCE = 256
EVERY_MS = 2000

_setting_up = threading.Lock()
_batches: BatchSpanProcessor | None = None
# One for all services of a process, as a tenant is one.
_limits = TenantLimits(time.monotonic)


def tracer_of(service_name: str, endpoint: str) -> Tracer:
    """Spans of this service go to `endpoint`."""
    provider = _provider(service_name, endpoint)
    with _setting_up:
        if not isinstance(trace.get_tracer_provider(), TracerProvider):
            trace.set_tracer_provider(provider)
            tracing.switch_on()
            # A retry or a child is a part of what asked for it: no links for parents.
            instrumentor = CeleryInstrumentor()  # type: ignore[no-untyped-call]  # it has no types
            instrumentor.instrument(use_span_links=False)
    return provider.get_tracer(SCOPE)


def _provider(service_name: str, endpoint: str) -> TracerProvider:
    resource = Resource({"service.name": service_name})
    provider = TracerProvider(sampler(env.trace_ratio(), _limits), resource)
    provider.add_span_processor(Belonging())
    sent = _sent_in_batches(endpoint)
    provider.add_span_processor(sent)
    provider.add_span_processor(FailuresAnyway(_limits, sent))
    return provider


def _sent_in_batches(endpoint: str) -> BatchSpanProcessor:
    """One for all services of a process."""
    global _batches  # noqa: PLW0603 - a process has one
    with _setting_up:
        if _batches is None:
            exporter = OTLPSpanExporter(
                endpoint=f"{endpoint.rstrip('/')}/v1/traces",
                headers=env.otlp_headers(),
                timeout=EXPORT_SECONDS,
            )
            _batches = BatchSpanProcessor(
                CleanExporter(exporter),
                max_queue_size=MOST_WAITING,
                max_export_batch_size=AT_ONCE,
                schedule_delay_millis=EVERY_MS,
            )
        return _batches


class Belonging(SpanProcessor):
    """Each span says which request it belongs to, and whose that is."""

    def on_start(self, span: Span, parent_context: object = None) -> None:
        if current := correlation.current_id():
            span.set_attribute("correlation_id", current)
        if whose := tracing.tenant():
            span.set_attribute("org_id", whose.org_id)
            if whose.project_id:
                span.set_attribute("project_id", whose.project_id)

    def on_end(self, span: ReadableSpan) -> None:
        """Nothing more."""

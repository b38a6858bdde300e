"""OpenTelemetry: set up once a process, cleaned on its way out, harmless when nobody
listens. What is traced is said in the code itself, by `opspanel.tracing`."""

from opentelemetry import propagate, trace
from opentelemetry.trace import Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from opspanel import env
from opspanel.tracing import SCOPE

__all__ = ["setup_otel"]


def setup_otel(service_name: str) -> Tracer:
    """Once for each service of a process, after it forked. Returns the service's tracer.

    Without OTEL_EXPORTER_OTLP_ENDPOINT nothing is recorded, and it costs next to nothing.
    The first service of a process is whose spans they are where none is named.
    """
    propagate.set_global_textmap(TraceContextTextMapPropagator())
    endpoint = env.otlp_endpoint()
    if endpoint is None:
        return trace.get_tracer(SCOPE)
    # Half a second and 15 MiB for who has somebody to send to.
    from opspanel.telemetry.setup import tracer_of  # noqa: PLC0415

    return tracer_of(service_name, endpoint)

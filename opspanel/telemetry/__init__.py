"""OpenTelemetry: set up once a process, cleaned on its way out, harmless when nobody
listens. What is traced is said in the code itself, by `opspanel.tracing`."""

from opspanel.telemetry.setup import setup_otel

__all__ = ["setup_otel"]

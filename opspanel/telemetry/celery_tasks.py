"""Tasks go on with the trace, and the correlation id, of who asked for them."""

from typing import Any

from celery.signals import before_task_publish, task_prerun
from opentelemetry.instrumentation.celery import CeleryInstrumentor

from opspanel import correlation

# Not `correlation_id`: that property of a message is Celery's own, and names the task.
HEADER = "ops_correlation_id"


def trace_tasks() -> None:
    """Once a process."""
    # A retry or a child is a part of what asked for it: no links instead of parents.
    instrumentor = CeleryInstrumentor()  # type: ignore[no-untyped-call]  # it has no types
    instrumentor.instrument(use_span_links=False)


@before_task_publish.connect
def send_along(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None:
        headers[HEADER] = correlation.current_id() or correlation.fresh()


# Before the instrumentation's own, which connects later: its span names the id.
@task_prerun.connect
def take_over(task: Any = None, **_: Any) -> None:
    correlation.accept(getattr(getattr(task, "request", None), HEADER, None))

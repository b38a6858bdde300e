"""Tasks go on under the correlation id of who asked for them, traced or not."""

from typing import Any

from celery.signals import before_task_publish, task_prerun

from opspanel import correlation

# Not `correlation_id`: that property of a message is Celery's own, and names the task.
HEADER = "ops_correlation_id"


def connect() -> None:
    """Before the instrumentation, which connects later: its spans name the id."""
    before_task_publish.connect(send_along)
    task_prerun.connect(take_over)


def send_along(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None:
        headers[HEADER] = correlation.current_id() or correlation.fresh()


def take_over(task: Any = None, **_: Any) -> None:
    correlation.accept(getattr(getattr(task, "request", None), HEADER, None))

"""Tasks go on under the id of whoever asked for them."""

from opspanel import correlation
from opspanel.telemetry.celery_tasks import HEADER, send_along, take_over


def sent():
    headers = {}
    send_along(headers=headers)
    return headers[HEADER]


def test_a_task_that_nobody_asked_for_has_an_id_of_its_own():
    """What beat sends is no one long conversation."""
    correlation._current.set(None)
    assert sent() != sent()
    assert correlation.current_id() is None


def test_a_task_that_a_request_asked_for_has_its_id():
    with correlation.under("a-known-request"):
        assert sent() == "a-known-request"


def test_the_worker_takes_it_over():
    class Task:
        class request:  # noqa: N801 - Celery's name
            """As a task finds its headers."""

    setattr(Task.request, HEADER, "a-known-request")
    with correlation.under(None):
        take_over(task=Task)
        assert correlation.current_id() == "a-known-request"

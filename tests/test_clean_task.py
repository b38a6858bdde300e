"""The real Celery app: what reaches the broker, and what comes out of a task."""

import base64
import json
import traceback

import pytest
import redis
from celery.exceptions import Retry
from django.conf import settings

from opspanel.celery import app
from opspanel.clean_task import CleanTask, TaskFailedError, UncleanArgumentsError
from opspanel.sanitize import PLACEHOLDER
from tests.servers import own_name

WORD = "falcon7battery"


@app.task(name="tests.echo")
def echo(value=None, **named):
    return {"given": value, "password": WORD, "stream": "BILLING"}


@app.task(name="tests.fail")
def fail(text):
    word = {"secret": WORD, "plain": "no answer"}[text]
    raise ValueError(f"password={word}" if text == "secret" else word)


@app.task(name="tests.again", bind=True, max_retries=1)
def again(self):
    try:
        fail.run("secret")
    except ValueError as error:
        raise self.retry(exc=error, countdown=0) from error


@app.task(name="tests.over")
def over():
    try:
        fail.run("secret")
    except ValueError as error:
        raise Retry("later") from error  # noqa: EM101


def sent(*args, **kwargs):
    """Bytes that the broker holds after the task was sent."""
    queue = own_name("queue")
    client = redis.Redis.from_url(settings.REDIS_URL)
    with app.connection_for_write(settings.REDIS_URL) as connection:
        try:
            echo.apply_async(args, kwargs, connection=connection, queue=queue)
        finally:
            held = b"".join(client.lrange(queue, 0, -1))
            client.delete(queue)
    return held


def test_harmless_arguments_reach_the_broker():
    """Names and numbers are sent as they are."""
    message = json.loads(sent("BILLING", attempt=3))
    body = json.loads(base64.b64decode(message["body"]))
    assert body[:2] == [["BILLING"], {"attempt": 3}]


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((f"password={WORD}",), {}),
        ((), {"api_key": WORD}),
        (({"refresh_token": [WORD]},), {}),
    ],
)
def test_an_argument_with_a_secret_is_refused(args, kwargs):
    """Before it reaches the broker; the refusal names the task and not the value."""
    with pytest.raises(UncleanArgumentsError, match=r"tests\.echo") as refused:
        sent(*args, **kwargs)
    assert WORD not in str(refused.value)


def test_a_result_is_cleaned():
    """What a task returns goes to a backend, to events and to logs."""
    result = echo.apply(("x",)).get()
    assert result == {"given": "x", "password": PLACEHOLDER, "stream": "BILLING"}


def test_a_failure_is_told_without_its_secret():
    """Its type and harmless words stay, in the traceback too."""
    failed = fail.apply(("secret",))
    assert isinstance(failed.result, TaskFailedError)
    assert str(failed.result) == f"ValueError: password={PLACEHOLDER}"
    assert WORD not in failed.traceback


def test_a_harmless_failure_stays_what_it_is():
    """Code that waits for a ValueError gets one."""
    failed = fail.apply(("plain",))
    assert type(failed.result) is ValueError
    assert str(failed.result) == "no answer"


def test_the_reason_of_a_retry_is_cleaned():
    """Celery writes it to logs, events and the result."""
    retried = again.apply()
    told = f"{retried.result!r} {retried.traceback}"
    assert WORD not in told
    assert f"password={PLACEHOLDER}" in told


def test_what_a_retry_was_raised_over_is_not_told():
    """Python chains the error in whose handler it was raised; Celery logs the chain."""
    with pytest.raises(Retry) as retried:
        over()
    assert WORD not in "".join(traceback.format_exception(retried.value))


def test_every_task_of_the_panel_has_this_base():
    """The app gives it to all, also to those that are declared without an app."""
    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if name.startswith("opspanel.")]
    assert ours
    assert all(isinstance(task, CleanTask) for task in ours)

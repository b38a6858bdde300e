"""Real loggers, the real formatter, and what ends up in the line."""

import io
import json
import logging
import logging.handlers
import queue
import subprocess
import sys

import pytest

from opspanel.logs import LineFormatter, LineHandler
from opspanel.sanitize import PLACEHOLDER
from tests.servers import environment, own_name

WORD = "falcon7battery"
TOKEN = "gh" + "p_" + "Zk3vQ9xWb7Lr2TnY8sHd4JmC6uFp1GaE5iKo"


@pytest.fixture
def written():
    """A child logger of a logger of our own, and what its parent's handler wrote."""
    stream = io.StringIO()
    handler = LineHandler(stream)
    handler.setFormatter(LineFormatter())
    parent = logging.getLogger(own_name("logs"))
    parent.addHandler(handler)
    parent.propagate = False
    yield parent.getChild("child"), stream
    parent.removeHandler(handler)


def line(stream):
    shown = stream.getvalue()
    assert WORD not in shown
    assert TOKEN not in shown
    return json.loads(shown)


def test_a_child_logger_is_cleaned_by_its_parents_handler(written):
    """No filter of its own is needed, and harmless words stay."""
    logger, stream = written
    logger.warning("relay: password=%s refused by %s", WORD, "billing-worker")
    said = line(stream)
    assert said["message"] == f"relay: password={PLACEHOLDER} refused by billing-worker"
    assert said["logger"] == logger.name
    assert said["level"] == "WARNING"


def test_an_exception_is_told_without_its_secrets(written):
    """In its arguments, notes, attributes, cause and group, and never its source."""
    logger, stream = written
    try:
        raise failure()
    except ExceptionGroup:
        logger.exception("a pass failed")
    said = line(stream)
    assert said["exception"]["type"] == "ExceptionGroup"
    assert said["exception"]["exceptions"][0]["type"] == "ValueError"
    assert "test_logs.py" in said["exception"]["traceback"][0]


def test_a_refused_request_is_one_short_line(client):
    """A stranger's host name is told by name, without the panel's own code."""
    stream = io.StringIO()
    handler = LineHandler(stream)
    handler.setFormatter(LineFormatter())
    logger = logging.getLogger("django.security.DisallowedHost")
    logger.addHandler(handler)
    client.get("/healthz", headers={"host": "stranger.example"})
    logger.removeHandler(handler)
    said = line(stream)
    assert "stranger.example" in said["message"]
    assert "exception" not in said


def test_extras_are_cleaned_by_their_names(written):
    """`extra` reaches the line under its own names; a credential's value does not."""
    logger, stream = written
    logger.info("signed in", extra={"password": WORD, "stream": "BILLING"})
    said = line(stream)
    assert said["password"] == PLACEHOLDER
    assert said["stream"] == "BILLING"


def failure():
    error = ValueError(f"GET with {TOKEN} failed", {"password": WORD})
    error.add_note(f"the password is {WORD}")
    error.refresh_token = WORD
    error.__cause__ = KeyError(f"api_key={WORD}")
    return ExceptionGroup("two", [error])


class Connection:
    def __init__(self):
        self.password = WORD

    def __repr__(self):
        return f"<Connection {self.password}>"


def test_objects_are_never_asked_for_their_own_text(written):
    """An argument's `repr` may show anything; its clean attributes are shown instead."""
    logger, stream = written
    logger.info("open: %s %r", Connection(), Connection(), extra={"via": Connection()})
    said = line(stream)
    assert said["message"].count(PLACEHOLDER) == 2
    assert said["via"] == "<Connection>"


def test_a_stack_and_a_finished_traceback_are_cleaned(written):
    """Records that came through a queue carry their exception as text."""
    logger, stream = written
    through: queue.SimpleQueue = queue.SimpleQueue()
    shop = logging.handlers.QueueHandler(through)
    error = failure()
    made = logging.makeLogRecord(
        {
            "msg": "a pass failed",
            "levelno": logging.ERROR,
            "exc_info": (type(error), error, None),
            "stack_info": f"Stack, password={WORD}",
        }
    )
    logger.handle(shop.prepare(made))
    said = line(stream)
    assert PLACEHOLDER in str(said)


def test_a_format_that_does_not_fit_shows_nothing(written):
    """Python would print the raw arguments on standard error; here nothing is shown."""
    logger, stream = written
    record = {"msg": "count %d", "args": (f"password={WORD}",)}
    logger.parent.handlers[0].handle(logging.makeLogRecord(record))
    assert line(stream)["message"] == PLACEHOLDER


def test_a_line_that_cannot_be_written_is_not_shown_elsewhere(capfd):
    """A closed stream loses the line, not the secret."""
    stream = io.StringIO()
    handler = LineHandler(stream)
    stream.close()
    handler.handle(logging.makeLogRecord({"msg": "password=%s", "args": (WORD,)}))
    assert WORD not in "".join(capfd.readouterr())


CELERY = f"""
import django
from celery.utils.log import get_task_logger
from opspanel.celery import app
django.setup()
app.log.setup(loglevel="INFO")
get_task_logger("opspanel.tasks.x").warning("password=%s for %s", "{WORD}", "BILLING")
"""


def test_celerys_task_logger_writes_our_lines():
    """Celery sets up no handlers of its own, whose format would clean nothing."""
    made = subprocess.run(
        [sys.executable, "-c", CELERY],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert WORD not in made.stdout + made.stderr
    said = json.loads(made.stderr.splitlines()[-1])
    assert said["message"] == f"password={PLACEHOLDER} for BILLING"
    assert said["logger"] == "opspanel.tasks.x"

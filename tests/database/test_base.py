"""What waits on the panel's own Postgres, and for how long."""

import os
import signal
import time
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connections

from opspanel.database.base import DatabaseWrapper, database_answers_within


@pytest.fixture
def wrapper(django_db_blocker):
    """A connection of our own to the real server."""
    with django_db_blocker.unblock():
        yield from unblocked()


def unblocked():
    made = DatabaseWrapper(connections["default"].settings_dict | {"NAME": "postgres"})
    DatabaseWrapper.rest_until = 0.0
    yield made
    made.close()


def asked(wrapper, statement="SELECT 1"):
    with wrapper.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


@contextmanager
def frozen(pid):
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def seconds_below(limit):
    began = time.monotonic()
    yield
    assert time.monotonic() - began < limit


def test_a_frozen_server_holds_nobody(wrapper):
    """A statement that gets no answer ends at the deadline, and the next works."""
    pid = asked(wrapper, "SELECT pg_backend_pid()")
    with (
        frozen(pid),
        seconds_below(2),
        database_answers_within(0.3),
        pytest.raises(OperationalError, match="did not answer in time"),
    ):
        asked(wrapper)
    wrapper.close()
    with database_answers_within(5):
        assert asked(wrapper) == 1


def test_an_error_of_the_server_stays_what_it_is(wrapper):
    """In time, a refusal arrives as the refusal, and the connection lives on."""
    with database_answers_within(5):
        with pytest.raises(Exception, match="division by zero"):
            asked(wrapper, "SELECT 1/0")
        assert asked(wrapper) == 1


def test_an_inner_deadline_cannot_put_off_an_outer_one(wrapper):
    """Who has 0.3 s has no more in a part that may take 30."""
    asked(wrapper)
    with (
        seconds_below(5),
        database_answers_within(0.3),
        database_answers_within(30),
        pytest.raises(OperationalError),
    ):
        asked(wrapper, "SELECT pg_sleep(20)")


def test_only_waits_count(wrapper):
    """Whoever computes for longer than the deadline finds the database patient still."""
    asked(wrapper)
    with database_answers_within(0.3):
        time.sleep(0.5)
        assert asked(wrapper) == 1


def test_waits_add_up(wrapper):
    """Many short waits are one long one, also those of parts that are over."""

    def ask_often():
        for _ in range(20):
            with database_answers_within(5):
                asked(wrapper, "SELECT pg_sleep(0.1)")

    asked(wrapper)
    with database_answers_within(0.5), pytest.raises(OperationalError, match="in time"):
        ask_often()


def test_a_command_may_take_its_time(wrapper):
    """Outside a deadline nothing is cut."""
    with database_answers_within(0.1):
        pass
    assert asked(wrapper, "SELECT 7 FROM pg_sleep(0.3)") == 7


def test_threads_do_not_queue_up_at_a_server_that_gave_no_answer(wrapper):
    """After a connect in vain, the next ones of a while fail at once."""
    DatabaseWrapper.rest_until = time.monotonic() + 30
    with (
        seconds_below(3),
        database_answers_within(5),
        pytest.raises(OperationalError),
    ):
        asked(wrapper)
    DatabaseWrapper.rest_until = 0.0


def test_a_connection_that_the_server_ended_is_not_used_again(wrapper):
    """It is known before a statement fails on it, so that no reader sees an error."""
    pid = asked(wrapper, "SELECT pg_backend_pid()")
    assert wrapper.is_usable()
    for other in unblocked():
        assert asked(other, f"SELECT pg_terminate_backend({pid}, 5000)")
    assert not wrapper.is_usable()

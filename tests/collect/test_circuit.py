"""How long a source that fails is left alone."""

from datetime import UTC, datetime, timedelta

import pytest

from opspanel.circuit import CLOSED

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def at(seconds):
    return NOON + timedelta(seconds=seconds)


def failing(*seconds, retry_after=0.0):
    circuit = CLOSED
    for each in seconds:
        circuit = circuit.after_failure(at(each), retry_after)
    return circuit


def test_the_third_failure_within_a_minute_opens_it_for_half_a_minute():
    """Two failures leave it closed; with the third nobody asks for 30 seconds."""
    assert not failing(0, 5).is_open(at(5))
    opened = failing(0, 5, 10)
    assert opened.open_until == at(40)
    assert opened.is_open(at(39.9))
    assert not opened.is_open(at(40))


def test_failures_that_are_far_apart_do_not_add_up():
    """Three failures in more than a minute are three single ones."""
    apart = failing(0, 31, 62)
    assert not apart.is_open(at(62))
    assert apart.failures == 3


def test_a_probe_that_fails_opens_it_again():
    """After the pause one failure is enough."""
    again = failing(0, 5, 10, 71)
    assert again.open_until == at(101)
    assert again.failures == 4


@pytest.mark.parametrize(
    ("asked", "given"),
    [(20, 20), (60, 60), (3600, 60), (1e300, 60), (0, 0), (-30, 0)],
)
def test_what_the_source_asks_for_is_given_up_to_a_minute(asked, given):
    """`Retry-After` holds from the first failure, and for 60 seconds at most."""
    circuit = failing(0, retry_after=asked)
    assert circuit.is_open(at(given - 0.1)) is (given > 0)
    assert not circuit.is_open(at(given))


def test_a_short_wish_does_not_shorten_the_pause():
    """Whoever failed three times is left alone for 30 seconds, also if it says 2."""
    assert failing(0, 5, 10, retry_after=2).open_until == at(40)


def test_a_clock_that_went_back_leaves_no_source_alone_for_long():
    """A pause that ends in more than a minute was written by a clock that was ahead."""
    assert not failing(600, 605, 610).is_open(at(0))

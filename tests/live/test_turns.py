"""Whole pages take turns, and a slow one holds up nobody for long."""

import threading
import time
from contextlib import suppress

from opspanel.live.turns import Turns

ENDLESS = 30.0


def waiting(turns, name, told):
    """A thread that wants a turn, and stands in the queue when this returns."""
    before = len(turns._waiting)

    def take():
        with turns.turn():
            told.append(name)

    thread = threading.Thread(target=take)
    thread.start()
    ends = time.monotonic() + ENDLESS
    while len(turns._waiting) == before and time.monotonic() < ends:
        time.sleep(0.001)
    return thread


def test_they_go_in_the_order_in_which_they_came():
    turns, told = Turns(ENDLESS), []
    with turns.turn():
        threads = [waiting(turns, name, told) for name in "abcdef"]
        assert told == []
    for thread in threads:
        thread.join(ENDLESS)
    assert told == list("abcdef")


def test_who_waited_long_enough_goes_ahead():
    """A page that hangs is no reason for others to hang."""
    turns, told = Turns(0.01), []
    with turns.turn():
        waiting(turns, "a", told).join(ENDLESS)
        assert told == ["a"]
    with turns.turn():
        told.append("b")
    assert told == ["a", "b"]


def test_a_page_that_fails_passes_its_turn_on():
    turns, told = Turns(ENDLESS), []
    with suppress(ValueError), turns.turn():
        thread = waiting(turns, "a", told)
        raise ValueError
    thread.join(ENDLESS)
    assert told == ["a"]


def test_no_two_have_a_turn_at_once():
    turns, inside, most = Turns(ENDLESS), [], []

    def take():
        for _ in range(50):
            with turns.turn():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(ENDLESS)
    assert max(most) == 1
    assert len(most) == 400

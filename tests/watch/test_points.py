"""Rows become points on a grid, and what is wrong with them is told."""

from datetime import timedelta
from math import inf, nan

import pytest

from opspanel.watch.points import on_grid, slot_of, start_of
from tests.watch.given import SUNDAY

FIVE = timedelta(minutes=5)


def test_each_row_goes_to_its_five_minutes_and_the_rest_are_gaps():
    rows = [(SUNDAY - 2 * FIVE, 1.0), (SUNDAY + timedelta(seconds=299), 3.0)]
    found = on_grid(rows, until=SUNDAY, slots=4)
    assert found.values == [None, 1.0, None, 3.0]
    assert start_of(found.last) == SUNDAY


def test_of_two_rows_in_one_slot_the_later_counts():
    rows = [(SUNDAY, 1.0), (SUNDAY + timedelta(seconds=10), 2.0)]
    assert on_grid(rows, until=SUNDAY, slots=1).values == [2.0]


@pytest.mark.parametrize("odd", [nan, inf, -inf, 2.0**64 - 1])
def test_what_is_no_number_is_a_gap_and_told(odd):
    """The last of them is how 64 bits say that there is no limit."""
    found = on_grid([(SUNDAY, odd), (SUNDAY - FIVE, 1)], until=SUNDAY, slots=2)
    assert found.values == [1.0, None]
    assert "1 points were not a number" in found.remarks


def test_rows_of_a_clock_that_was_ahead_are_left_out_and_told():
    found = on_grid([(SUNDAY + 3 * FIVE, 9.0)], until=SUNDAY, slots=2)
    assert found.values == [None, None]
    assert "a clock went back" in found.remarks[0]


def test_a_silence_at_the_end_tells_how_long_it_lasts():
    found = on_grid([(SUNDAY - 9 * FIVE, 9.0)], until=SUNDAY, slots=10)
    assert found.remarks == ("no point for 45 min",)


def test_no_rows_at_all_are_no_points():
    assert on_grid([], until=SUNDAY, slots=3).remarks == ("no points",)


def test_rows_older_than_the_grid_are_left_out():
    found = on_grid([(SUNDAY - 5 * FIVE, 9.0), (SUNDAY, 1)], until=SUNDAY, slots=2)
    assert found.values == [None, 1.0]


def test_a_slot_is_the_same_whatever_zone_its_moment_is_told_in():
    elsewhere = SUNDAY.astimezone(tz=None)
    assert slot_of(elsewhere) == slot_of(SUNDAY)

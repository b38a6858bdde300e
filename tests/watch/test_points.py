"""Rows become points on a grid, and what is wrong with them is told."""

from datetime import timedelta
from math import inf, nan

import pytest

from opspanel.watch.points import on_grid, slot_of, start_of
from tests.watch.given import LAST, SUNDAY


def test_each_row_goes_to_its_five_minutes_and_the_rest_are_gaps():
    rows = [(LAST - 2, 1.0), (LAST, 3.0)]
    found = on_grid(rows, last=LAST, slots=4)
    assert found.values == [None, 1.0, None, 3.0]
    assert start_of(found.last) == SUNDAY


def test_of_two_rows_in_one_slot_the_later_counts():
    rows = [(LAST, 1.0), (LAST, 2.0)]
    assert on_grid(rows, last=LAST, slots=1).values == [2.0]


@pytest.mark.parametrize("odd", [nan, inf, -inf, 2.0**64 - 1])
def test_what_is_no_number_is_a_gap_and_told(odd):
    """The last of them is how 64 bits say that there is no limit."""
    found = on_grid([(LAST, odd), (LAST - 1, 1)], last=LAST, slots=2)
    assert found.values == [1.0, None]
    assert "1 points were not a number" in found.remarks


def test_rows_of_a_clock_that_was_ahead_are_left_out_and_told():
    found = on_grid([(LAST + 3, 9.0)], last=LAST, slots=2)
    assert found.values == [None, None]
    assert "a clock went back" in found.remarks[0]


def test_a_silence_at_the_end_tells_how_long_it_lasts():
    found = on_grid([(LAST - 9, 9.0)], last=LAST, slots=10)
    assert found.remarks == ("no point for 45 min",)


def test_no_rows_at_all_are_no_points():
    assert on_grid([], last=LAST, slots=3).remarks == ("no points",)


def test_rows_older_than_the_grid_are_left_out():
    found = on_grid([(LAST - 5, 9.0), (LAST, 1)], last=LAST, slots=2)
    assert found.values == [None, 1.0]


def test_a_slot_is_five_minutes_of_the_clock():
    assert slot_of(SUNDAY) == slot_of(SUNDAY + timedelta(seconds=299)) == LAST
    assert slot_of(SUNDAY + timedelta(seconds=300)) == LAST + 1


def test_a_slot_is_the_same_whatever_zone_its_moment_is_told_in():
    elsewhere = SUNDAY.astimezone(tz=None)
    assert slot_of(elsewhere) == slot_of(SUNDAY)

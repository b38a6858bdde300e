"""Verdicts of single moments: what is told, and when nothing is."""

import pytest
from hypothesis import given as any_of
from hypothesis import settings
from hypothesis import strategies as st

from opspanel.terms import Detector, Unit, WatchKind, WatchState
from opspanel.watch.points import DAY, HOUR, Points, on_grid
from opspanel.watch.rule import Standing
from tests.watch.given import LAST, points, rule, verdict, verdicts


def test_a_surge_tells_what_happens_what_is_usual_and_by_how_much():
    found = verdict(rule(), points(at_the_end=[120, 122, 125]))
    assert found.state is WatchState.RAISED
    assert found.found.detector is Detector.SURGE
    assert found.line == (
        "login failures 367 in 15 min, usual for Sunday 18:45 is 138 "
        "\N{PLUS-MINUS SIGN} 14, 2.7\N{MULTIPLICATION SIGN}"
    )


def test_one_high_point_is_no_surge():
    assert verdict(rule(), points(at_the_end=[500])).state is WatchState.QUIET


@pytest.mark.parametrize(
    "end", [[60, 60, 60], [70, 46, 70]], ids=["not so much more", "not in a row"]
)
def test_every_gate_has_to_be_passed(end):
    assert verdict(rule(), points(at_the_end=end)).state is WatchState.QUIET


def test_a_difference_that_is_not_worth_telling_is_not_told():
    few = points(value=2.0, at_the_end=[8, 8, 8])
    assert verdict(rule(more=7), few).state is WatchState.QUIET
    assert verdict(rule(more=1), few).state is WatchState.RAISED


def test_last_weeks_incident_does_not_make_todays_usual():
    values = points().values
    week = 7 * DAY
    values[-week - 12 : -week + 12] = [400.0] * 24
    values[-3:] = [120.0, 122.0, 125.0]
    found = verdict(rule(), Points(first=LAST - len(values) + 1, values=values))
    assert found.state is WatchState.RAISED


def test_growth_that_a_day_shows_is_usual_by_now():
    """The level of the last day lifts what three weeks say."""
    end = [80.0] * (DAY + 2 * HOUR)
    assert verdict(rule(), points(at_the_end=end)).state is WatchState.QUIET


def test_a_ramp_is_found_that_no_three_points_in_a_row_give_away():
    end = [62, 62, 51] * 12 + [62, 62]
    found = verdict(rule(counts=False), points(at_the_end=end))
    assert found.found.detector is Detector.RAMP


def test_more_of_few_events_is_found_by_their_sum():
    end = [6] * HOUR
    found = verdict(rule(more=20), points(value=2.0, at_the_end=end))
    assert found.found.detector is Detector.MORE_OF_FEW
    assert "72 in 1 h, usual for Sunday 18:45 is 24" in found.line


def test_it_says_how_much_it_has_learnt():
    found = verdict(rule(), points(days=5, at_the_end=[500, 500, 500]))
    assert found.state is WatchState.LEARNING
    assert found.line.endswith("learning: 5 of 14 days")


def test_it_is_raised_until_it_was_calm_for_half_an_hour():
    end = [200] * 6 + [46] * 12
    states = [each.state for each in verdicts(rule(), points(at_the_end=end), last=18)]
    began = states.index(WatchState.RAISED)
    assert states[began : 6 + 5] == [WatchState.RAISED] * (11 - began)
    assert states[11] is WatchState.QUIET


def test_it_tells_how_long_it_lasts_and_that_it_ended():
    end = [200] * 9 + [46] * 6
    lines = [each.line for each in verdicts(rule(), points(at_the_end=end), last=15)]
    assert any(", for 30 min" in line for line in lines)
    assert "ended after" in lines[-1]


def test_what_ended_is_not_raised_again_within_an_hour():
    found = verdict(
        rule(),
        points(at_the_end=[200, 200, 200]),
        Standing(ended=LAST - HOUR + 1),
    )
    assert found.state is WatchState.COOLING
    later = verdict(
        rule(), points(at_the_end=[200, 200, 200]), Standing(ended=LAST - HOUR)
    )
    assert later.state is WatchState.RAISED


def test_silence_is_told_and_neither_raises_nor_ends_anything():
    gone = points(gaps=range(8))
    assert verdict(rule(), gone).state is WatchState.SILENT
    assert "cannot be judged" in verdict(rule(), gone).line
    still = verdict(rule(), gone, Standing(raised=LAST - 20))
    assert still.state is WatchState.RAISED
    assert "no point now" in still.line


def test_a_suspended_detector_finds_nothing():
    end = points(at_the_end=[200, 200, 200])
    silenced = {Detector.SURGE, Detector.RAMP, Detector.MORE_OF_FEW}
    assert verdict(rule(), end, suspended=silenced).state is WatchState.QUIET


class TestRare:
    def test_too_many_for_chance_are_told_with_that_chance(self):
        values = [0.0] * (28 * DAY)
        for day in range(28):
            values[day * DAY + 7] = 4.0
        values[-4:] = [2.0, 1.0, 2.0, 1.0]
        found = verdict(
            rule(WatchKind.RARE), Points(first=LAST - 28 * DAY + 1, values=values)
        )
        assert found.found.detector is Detector.TOO_MANY
        assert "6 in an hour, usual is 0.17" in found.line

    def test_the_first_for_weeks_is_told(self):
        found = verdict(
            rule(WatchKind.RARE), points(days=30, value=0.0, at_the_end=[1])
        )
        assert found.found.detector is Detector.FIRST_SEEN
        assert "the first in 29 days or more" in found.line

    def test_one_of_what_happens_daily_is_nothing(self):
        values = [0.0] * (28 * DAY)
        for day in range(28):
            values[day * DAY + 7] = 1.0
        values[-1] = 1.0
        found = verdict(
            rule(WatchKind.RARE), Points(first=LAST - 28 * DAY + 1, values=values)
        )
        assert found.state is WatchState.QUIET

    def test_what_must_never_happen_is_told_at_once_without_any_history(self):
        found = verdict(rule(WatchKind.ANY), points(days=1, value=0, at_the_end=[1]))
        assert found.found.detector is Detector.ANY


class TestLimits:
    def test_three_points_at_the_limit_are_told(self):
        full = rule(WatchKind.LIMIT, limit=1000, name="ack window")
        found = verdict(full, points(days=1, at_the_end=[1000, 1000, 1000]))
        assert found.line == "ack window 1,000, limit 1,000"
        assert (
            verdict(full, points(days=1, at_the_end=[1000, 999, 1000])).state
            is WatchState.QUIET
        )

    def test_growth_is_the_last_quarter_of_an_hour_above_the_one_an_hour_ago(self):
        grows = rule(WatchKind.GROWS, name="residue")
        end = [3, 3, 3, 10, 12, 14, 16, 18, 20, 30, 35, 40]
        found = verdict(grows, points(days=1, value=3, at_the_end=end))
        assert found.line == "residue grew from 3 to 40 in an hour"
        sunk = verdict(grows, points(days=1, value=3, at_the_end=[*end[:-1], 3]))
        assert sunk.state is WatchState.QUIET

    def test_a_deadline_is_told_in_time(self):
        certificate = rule(
            WatchKind.RUNS_OUT,
            name="certificate",
            unit=Unit.SECONDS,
            counts=False,
            limit=14 * 86_400,
        )
        left = points(days=1, value=9 * 86_400)
        assert "ends in 9 d;" in verdict(certificate, left).line
        over = points(days=1, value=-5.0)
        assert "ends now, or before" in verdict(certificate, over).line


class TestFilling:
    filling = rule(
        WatchKind.FILLS, name="PAYMENTS", unit=Unit.BYTES, counts=False, limit=100.0
    )

    def of(self, values):
        return verdict(
            self.filling, Points(first=LAST - len(values) + 1, values=values)
        )

    def test_it_tells_a_range_of_the_two_slopes(self):
        values = [70 + 10 * step / (2 * DAY) for step in range(2 * DAY)]
        found = self.of(values)
        assert found.found.detector is Detector.EXHAUSTION
        assert "full in 4 d at the slopes" in found.line
        assert "(80%)" in found.line

    def test_slopes_that_do_not_agree_tell_nothing(self):
        values = [70.0] * (2 * DAY - 6 * HOUR)
        values += [70 + step / HOUR for step in range(6 * HOUR)]
        assert self.of(values).state is WatchState.QUIET

    def test_what_is_less_than_60_percent_full_is_not_told(self):
        values = [10 + 45 * step / (2 * DAY) for step in range(2 * DAY)]
        assert self.of(values).state is WatchState.QUIET

    def test_what_was_emptied_is_measured_anew_and_says_so(self):
        values = [70 + 10 * step / (2 * DAY) for step in range(2 * DAY - HOUR)]
        values += [30.0] * HOUR
        found = self.of(values)
        assert found.state is WatchState.QUIET
        assert "emptied 1 h ago, measured anew since" in found.line

    def test_it_is_full_says_so(self):
        assert "is full" in self.of([100.0] * DAY).line


@settings(max_examples=100, deadline=None)
@any_of(st.data())
def test_no_points_make_it_fail(any_):
    """Whatever was stored, there is a verdict with a line."""
    counts, kind = any_.draw(st.booleans()), any_.draw(st.sampled_from(WatchKind))
    unit, limit = (
        any_.draw(st.sampled_from(Unit)),
        any_.draw(st.none() | st.floats(0, 1e18)),
    )
    values = any_.draw(st.lists(st.none() | st.floats(), max_size=60))
    days = any_.draw(st.integers(0, 30))
    whole = [*[3.0] * (days * DAY), *values]
    rows = [(LAST - back, value) for back, value in enumerate(whole[::-1])]
    asked = rule(kind, unit=unit, counts=counts, limit=limit)
    for found in verdicts(asked, on_grid(rows, last=LAST, slots=28 * DAY), last=8):
        assert found.line

"""Trends as drawings."""

import random
import re
from itertools import accumulate

from opspanel.snapshot.schema import Trend
from opspanel.templatetags.sparkline import sparkline_svg
from opspanel.terms import Unit
from tests import snapshots


def drawn(*points, limit=None):
    trend = Trend(
        unit=Unit.RATIO, ends_at=snapshots.NOW, step_seconds=30, points=points
    )
    return sparkline_svg(trend, limit)


def line(svg):
    return re.search(r'class="line" d="([^"]*)"', svg)[1]


def heights(path):
    """Of the points of one stretch."""
    begin, _, steps = path.partition("l")
    rises = [int(step.partition(",")[2]) for step in steps.split()]
    return list(accumulate([int(begin.split()[1]), *rises]))


def test_gaps_stay_gaps():
    """Where nothing was sampled the pen is lifted, and the label counts it."""
    svg = drawn(0.1, 0.2, None, 0.2)
    assert line(svg).count("M") == 2
    assert "1 of 4 points missing" in svg


def test_noise_below_a_limit_stays_low():
    """The scale reaches to the limit, so a small share of errors looks small."""
    assert min(heights(line(drawn(0.001, 0.002, limit=0.02)))) > 80


def test_points_are_where_they_were_measured():
    """Each is drawn from the last, and no rounding adds up."""
    dice = random.Random(5)
    points = [dice.random() for _ in range(60)]
    expected = [round(95 - point / max(points) * 90) for point in points]
    assert heights(line(drawn(*points))) == expected


def test_a_point_alone_is_a_dash():
    """With nothing beside it there is no line to draw."""
    assert line(drawn(None, 0.1, None, 0.1, 0.1)) == "M1 5h.1M3 5l1,0"


def test_nothing_known_is_said_in_words():
    """An empty trend is not a flat line at zero."""
    assert "no history" in drawn(None, None)
    assert "<svg" not in drawn(None, None)


def test_all_zero_is_a_line_at_the_bottom():
    """Zero is drawn; it is not missing."""
    assert line(drawn(0.0, 0.0)) == "M0 95l1,0"


def test_it_is_told_to_those_who_do_not_see_it():
    """Span, range and latest value, in words."""
    assert 'aria-label="Last 90 s: from 10% to 30%, now 20%"' in drawn(0.1, 0.3, 0.2)

"""Figures over time: few points whatever the span, and never without their gaps."""

from datetime import timedelta

import pytest
from django.utils import timezone

from opspanel.history.charts import MOST_ROWS, SPANS, charts, joined
from opspanel.models import Deploy, FigureRollup
from opspanel.snapshot.rollups import STEPS, Fold
from tests import snapshots
from tests.snapshot.test_rollups import NAME, fold
from tests.views.test_past import FAULT, stored, viewer

__all__ = ["viewer"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_snapshots")]
PAGE = "/admin/ops/charts"
MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)


def pending(found):
    (chart,) = [chart for chart in found.charts if chart.name == NAME]
    return chart


def test_no_span_reads_more_than_a_few_hundred_points():
    """And each has a step that is kept."""
    for span in SPANS.values():
        assert 60 <= span.points <= 300
        assert span.step in STEPS


def test_means_stand_at_their_place_and_gaps_stay(viewer):
    """Two passes of one minute are one point; a minute without any is none."""
    for seconds, value in ((0, 2.0), (20, 4.0), (120, 9.0)):
        fold(value, FAULT + timedelta(seconds=seconds))
    found = charts(SPANS["1h"], FAULT + 2 * MINUTE)
    assert pending(found).means.points[-3:] == (3.0, None, 9.0)
    assert found.gaps == 58


def test_the_same_time_of_last_week_is_beside_it(db):
    """Point for point; and not for spans of more than a week."""
    fold(5.0, FAULT - WEEK)
    fold(2.0, FAULT)
    for name in ("1h", "4h", "1d", "7d"):
        earlier = pending(charts(SPANS[name], FAULT)).earlier
        assert earlier.points[-1] == 5.0, name
    assert pending(charts(SPANS["90d"], FAULT)).earlier is None


def test_the_table_says_what_the_line_says(db):
    """In few rows, each with all that came within it."""
    for minute in range(8):
        fold(float(minute), FAULT + (minute - 7) * MINUTE)
    for span in SPANS.values():
        chart = pending(charts(span, FAULT))
        assert len(chart.rows) <= MOST_ROWS
        assert joined(row.fold for row in chart.rows) == Fold(8, 0.0, 7.0, 28.0)


def test_each_chart_is_a_picture_and_a_table(viewer):
    """The picture says in words what it shows."""
    fold(4.0, timezone.now())
    page = viewer.get(PAGE, {"span": "1h"}).text
    chart = page.partition(f">{NAME}</h2>")[2].partition("</section>")[0]
    assert (
        'role="img" aria-label="from 4 to 4, at the end 4, 59 of 60 points missing'
        in chart
    )
    assert "<table>" in chart


def test_what_happened_is_marked_in_every_chart(viewer):
    """And listed once, with the way to its moment."""
    stored(snapshots.healthy, FAULT - 20 * MINUTE)
    stored(snapshots.unhealthy, FAULT - 10 * MINUTE)
    minute = FAULT.replace(second=0) - 5 * MINUTE
    Deploy.objects.create(service="api", version="1.4.2", minute=minute, told_by="x")
    page = viewer.get(PAGE, {"span": "1h", "until": "2026-11-22T14:05Z"}).text
    figures = page.count('class="panel chart"')
    assert figures > 1
    assert page.count('class="mark deploy"') == 1 + figures
    assert page.count('class="mark state"') == 1 + figures
    assert "?at=2026-11-22T14:00Z" in page
    assert "Healthy → Unhealthy" in page


def test_without_history_nothing_is_drawn_and_it_says_so(viewer):
    page = viewer.get(PAGE).text
    assert "Nothing was collected in this span" in page
    assert '<svg class="spark"' not in page


def test_many_figures_are_some_on_a_page(viewer, monkeypatch):
    """The first, and a link to the next ones."""
    monkeypatch.setattr("opspanel.history.charts.MOST", 2)
    fold(4.0, timezone.now())
    all_of_them = charts(SPANS["1h"], timezone.now())
    assert len(all_of_them.charts) == 2
    rest = charts(SPANS["1h"], timezone.now(), first=2)
    assert rest.more == all_of_them.more - len(rest.charts)
    assert not {chart.name for chart in rest.charts} & {
        chart.name for chart in all_of_them.charts
    }
    for first in ("-1", "x", "9" * 30, "99999"):
        assert viewer.get(PAGE, {"first": first}).status_code == 200


def test_a_damaged_step_is_a_gap(viewer):
    """And no error."""
    fold(4.0, timezone.now())
    FigureRollup.objects.filter(step=60).update(body=b"no zlib")
    assert viewer.get(PAGE, {"span": "1h"}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"span": "2y"}, "`span`"),
        ({"span": ""}, "`span`"),
        ({"until": "then"}, "`until`"),
        ({"until": "\0"}, "`until`"),
    ],
)
def test_what_is_no_span_or_moment_is_refused_in_words(viewer, asked, told):
    response = viewer.get(PAGE, asked)
    assert response.status_code == 400
    assert told in response.text


@pytest.mark.parametrize("until", ["2999-01-01T00:00Z", "0002-01-01T00:00Z"])
def test_far_moments_are_an_empty_page(viewer, until):
    assert viewer.get(PAGE, {"until": until}).status_code == 200


def test_strangers_see_no_charts(client):
    assert client.get(PAGE).status_code == 302

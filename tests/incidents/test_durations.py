"""How long things took: between which two moments, of how many, and of how many not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from opspanel.incidents import (
    Draft,
    Move,
    acknowledge,
    correct_time,
    declare,
    durations,
    listing,
    move,
)
from opspanel.models import Incident
from opspanel.terms import IncidentStatus as Status
from tests.incidents.conftest import person

NOW = timezone.now()
MINUTE = timedelta(minutes=1)


def test_durations_name_their_timestamps_and_what_is_missing(by):
    """Median and 90th percentile, of how many, and of how many not."""
    for minutes in (10, 20, 60):
        began = NOW - 2 * minutes * MINUTE
        draft = Draft(title="T", started_at=began, resolved_at=began + minutes * MINUTE)
        declare(draft, by(now=NOW))
    declare(Draft(title="open"), by(now=NOW))
    declare(Draft(title="drill", is_drill=True), by(now=NOW))
    tta, ttm, ttr = durations.durations(NOW, NOW + MINUTE)
    assert (tta.name, tta.begins, tta.ends) == ("TTA", "declared_at", "acknowledged_at")
    assert (tta.n, tta.missing, tta.median, tta.p90) == (0, 4, None, None)
    assert (ttr.n, ttr.missing, ttr.median, ttr.p90) == (3, 1, 1200, 3120)
    assert ttm.median == 1200
    assert Incident.objects.count() == 5


def test_each_measure_of_one_incident_lies_between_two_moments(by):
    """To acknowledge from the declaration, the others from the start; or not yet."""
    began = NOW - 30 * MINUTE
    made = declare(Draft(title="T", started_at=began), by(now=NOW))
    acknowledge(made.id, by(now=NOW + 4 * MINUTE))
    move(made.id, Move(to=Status.MITIGATED), by(now=NOW + 10 * MINUTE))
    told = durations.took(listing.whole(made.id, NOW).incident)
    assert [(one.name, one.begins, one.ends, one.seconds) for one in told] == [
        ("TTA", "declared_at", "acknowledged_at", 4 * 60.0),
        ("TTM", "started_at", "mitigated_at", 40 * 60.0),
        ("TTR", "started_at", "resolved_at", None),
    ]


def test_a_corrected_time_counts_as_corrected(by):
    """What was wrong does not stay in the figures."""
    began = NOW - 60 * MINUTE
    made = declare(Draft(title="T", started_at=began, resolved_at=NOW), by(now=NOW))
    wanted = ("started_at", NOW - 20 * MINUTE)
    correct_time(made.id, wanted, "the graph says so", by(now=NOW), seen=1)
    assert durations.usual(NOW + MINUTE).durations[2].median == 20 * 60


def test_what_was_declared_before_the_span_or_is_void_is_left_out(made):
    """A span has an end on both sides."""
    made(Status.VOID)
    old = made(Status.RESOLVED)
    Incident.objects.filter(pk=old.pk).update(declared_at=NOW - timedelta(days=99))
    told = durations.usual(timezone.now())
    assert [(one.n, one.missing) for one in told.durations] == [(0, 0)] * 3
    longer = durations.usual(timezone.now(), timedelta(days=365))
    assert longer.durations[2].n == 1
    assert longer.days == 365


@pytest.mark.parametrize("days", ["7", "30", "90", "365", ""])
def test_the_list_shows_them_for_a_span(client, by, made, days):
    """With n and missing beside each; another filter does not narrow them."""
    client.force_login(person("vera", "viewer"))
    made()
    answer = client.get("/admin/ops/incidents", {"days": days, "severity": "1"})
    assert answer.context["took"].days == int(days or 90)
    assert "time to acknowledge" in answer.text
    assert [one.missing for one in answer.context["took"].durations] == [1, 1, 1]


def test_a_span_that_is_not_offered_is_refused(client, db):
    """Nobody makes the database add up a thousand years."""
    client.force_login(person("vera", "viewer"))
    assert client.get("/admin/ops/incidents", {"days": "365000"}).status_code == 400


def test_who_was_at_it_before_it_was_declared_took_no_time(by):
    """A correction never makes a duration negative, here or in the median."""
    start = timezone.now() - timedelta(hours=1)
    made = declare(Draft(title="Checkout", started_at=start), by())
    acknowledge(made.id, by())
    when = ("acknowledged_at", timezone.now() - timedelta(minutes=30))
    correct_time(made.id, when, "The pager has it", by(), seen=made.version + 1)
    now = timezone.now()
    own, *_ = durations.took(listing.whole(made.id, now).incident)
    usual, *_ = durations.usual(now, timedelta(days=1)).durations
    assert (own.seconds, usual.median) == (0, 0)

"""What pages read: open ones first, counted honestly, clean."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from opspanel.incidents import (
    Draft,
    Move,
    acknowledge,
    change,
    declare,
    listing,
    move,
    note,
)
from opspanel.incidents.listing import Filter
from opspanel.terms import IncidentStatus as Status

NOW = timezone.now()
MINUTE = timedelta(minutes=1)


def test_what_is_not_over_comes_first_and_the_worst_on_top(made):
    """An old SEV1 that is open stands above everything that is over."""
    worst = made(severity=1)
    over, minor = made(Status.RESOLVED), made(Status.MITIGATED, severity=4)
    found = listing.overview(NOW)
    assert [one.id for one in found.recent] == [worst.pk, minor.pk, over.pk]
    assert (found.open, found.highest_severity, found.read_at) == (2, 1, NOW)


def test_a_drill_is_shown_and_not_counted(made):
    """Nobody is alarmed by an exercise."""
    made(severity=1, is_drill=True)
    found = listing.overview(NOW)
    assert (found.open, found.highest_severity, found.not_shown) == (0, None, 0)
    assert found.recent[0].is_drill


def test_more_than_fit_are_counted(made):
    """25 are shown; that there are more is said."""
    for _ in range(27):
        made()
    found = listing.overview(NOW)
    assert (len(found.recent), found.not_shown, found.open) == (25, 2, 27)


@pytest.mark.parametrize(
    ("severity", "minutes", "told_after", "overdue"),
    [
        (1, 14, None, False),
        (1, 16, None, True),
        (1, 44, 15, False),
        (1, 46, 15, True),
        (2, 29, None, False),
        (2, 31, None, True),
        (2, 89, 30, False),
        (2, 91, 30, True),
        (3, 9999, None, False),
        (4, 9999, None, False),
    ],
)
def test_an_update_is_due_by_the_platforms_cadence(
    by, severity, minutes, told_after, overdue
):
    """SEV1: within 15 minutes, then each 30; SEV2: 30, then 60; the count agrees."""
    number = declare(Draft(title="T", severity=severity), by(now=NOW)).id
    acknowledge(number, by(now=NOW + MINUTE))  # tells nobody anything
    if told_after:
        note(number, "Looking", by(now=NOW + told_after * MINUTE))
    found = listing.overview(NOW + minutes * MINUTE)
    assert found.recent[0].overdue == overdue
    assert found.overdue == overdue


def test_silence_after_an_acknowledgement_ages(by):
    """Acknowledged and forgotten: since when is told, until it is over."""
    number = declare(Draft(title="T"), by(now=NOW)).id
    assert listing.overview(NOW).recent[0].silent_since is None
    acknowledge(number, by(now=NOW + MINUTE))
    assert listing.overview(NOW).recent[0].silent_since == NOW + MINUTE
    note(number, "Looking", by(now=NOW + 5 * MINUTE))
    assert listing.overview(NOW).recent[0].silent_since == NOW + 5 * MINUTE
    move(number, Move(to=Status.RESOLVED), by(now=NOW + 9 * MINUTE))
    assert listing.overview(NOW).recent[0].silent_since is None


def test_a_timeline_stands_in_the_order_in_which_things_happened(by):
    """What was written down later has its place where it happened."""
    number = declare(Draft(title="T", started_at=NOW - 9 * MINUTE), by(now=NOW)).id
    note(number, "second", by())
    note(number, "first", by(), occurred_at=NOW - 5 * MINUTE)
    told = [event.body for event in listing.whole(number, NOW).timeline]
    assert told == ["first", "", "second"]


def test_one_incident_is_told_whole(made, by):
    """Fields, links, changes and who made them."""
    kept, gone = made(severity=2, services={"api": "down"}), made(title="Other")
    change(
        kept.pk, {"severity": 1, "summary": "a\nb", "is_drill": True}, by("ben"), seen=1
    )
    move(
        gone.pk,
        Move(to=Status.VOID, closure_reason="duplicate", merged_into=kept.pk),
        by(),
    )
    told = listing.whole(kept.pk, NOW)
    assert (told.summary, told.incident.services[0].impact) == ("a\nb", "down")
    assert [one.ref for one in told.duplicates] == [gone.ref]
    severity = next(event for event in told.timeline if event.type == "severity")
    assert (severity.changes[0].old, severity.changes[0].new) == (2, 1)
    assert severity.actor == "ben"
    assert listing.whole(gone.pk, NOW).merged_into.ref == kept.ref
    assert listing.whole(2**62, NOW) is None


def test_text_is_cleaned_again_on_show(made):
    """What came into the tables past the panel shows no secret either."""
    incident = made()
    leak = "password=hunter2hunter2"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ops_incident SET title = %s, summary = %s", [leak, leak])
    shown = repr(listing.whole(incident.pk, NOW)) + repr(listing.overview(NOW))
    assert "hunter2" not in shown


def test_pages_lead_from_the_newest_to_the_oldest(made):
    """Each incident stands on exactly one page."""
    numbers = [made().pk for _ in range(52)]
    first = listing.page(Filter(), None, NOW)
    second = listing.page(Filter(), first.older, NOW)
    found = [one.id for one in (*first.incidents, *second.incidents)]
    assert found == numbers[::-1]
    assert (len(first.incidents), second.older) == (50, None)


def test_a_list_can_be_narrowed(made):
    """By status, severity, service, owner, words and time."""
    wanted = made(
        Status.RESOLVED, title="Pay 100% fails", severity=2, services={"api": "down"}
    )
    made()
    for narrowed in (
        Filter(statuses=[Status.RESOLVED]),
        Filter(severities=[2]),
        Filter(service="api"),
        Filter(words="100%"),
        Filter(owner_id=wanted.owner_id, severities=[1, 2]),
        Filter(
            since=wanted.declared_at,
            until=wanted.declared_at + MINUTE / 1e6,
            severities=[2],
        ),
    ):
        assert [one.id for one in listing.page(narrowed, None, NOW).incidents] == [
            wanted.pk
        ]

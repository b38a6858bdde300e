"""Two stored moments side by side, and the changes between them in the order of time."""

from datetime import timedelta
from html import escape

import pytest
from django.utils import timezone

from opspanel.history import changes
from opspanel.models import SnapshotMinute, StateChange
from opspanel.snapshot.postgres import PostgresStore
from opspanel.snapshot.states import states
from opspanel.templatetags.moments import subject_words
from opspanel.templatetags.ops import because
from opspanel.terms import Health, StateKind
from tests import snapshots
from tests.views.test_past import FAULT, OVERVIEW, shown, stored, viewer

__all__ = ["viewer"]
pytestmark = pytest.mark.usefixtures("no_snapshots")
SOON = timedelta(minutes=3)


def overall(since, until):
    found = changes.between(since, until).listed
    return [one for one in found if one.subject.kind is StateKind.OVERALL]


def test_a_change_is_written_down_once(db):
    """With the moment, what it was and what it became; nothing while all stays."""
    for minutes in range(3):
        stored(snapshots.healthy, FAULT + timedelta(minutes=minutes))
    broke = FAULT + SOON
    stored(snapshots.unhealthy, broke)
    stored(snapshots.unhealthy, broke)
    (change,) = overall(FAULT, broke + SOON)
    assert (change.at, change.was, change.status) == (
        broke,
        Health.HEALTHY,
        Health.UNHEALTHY,
    )


def test_what_is_seen_first_has_not_changed(db):
    """A new panel, or one whose history was trimmed, tells of no changes."""
    stored(snapshots.unhealthy, FAULT)
    assert StateChange.objects.filter(was="").count() == len(
        states(snapshots.unhealthy(FAULT))
    )
    assert changes.between(FAULT - SOON, FAULT + SOON).listed == ()


def test_old_changes_are_trimmed_a_few_at_a_time(db):
    """What was long ago goes, and what is now is known still."""
    stored(snapshots.unhealthy, FAULT)
    store = PostgresStore(history_days=1)
    for days in (2, 3):
        store.save(snapshots.unhealthy(FAULT + timedelta(days=days)))
    assert not StateChange.objects.filter(at__lte=FAULT).exists()
    assert changes.between(FAULT, FAULT + timedelta(days=4)).listed == ()


def test_a_clock_that_jumps_back_breaks_nothing(db):
    """What came before the jump is compared with, whatever was written after it."""
    stored(snapshots.healthy, FAULT)
    stored(snapshots.unhealthy, FAULT + SOON)
    stored(snapshots.degraded, FAULT + timedelta(minutes=1))
    (first, second) = overall(FAULT, FAULT + SOON)
    assert (first.was, first.status) == (Health.HEALTHY, Health.DEGRADED)
    assert second.status is Health.UNHEALTHY


@pytest.mark.parametrize("turned", [False, True])
def test_two_moments_stand_side_by_side(viewer, turned):
    """In the order of time, whichever was named first; what differs is on top."""
    then, later = (
        stored(snapshots.healthy, FAULT),
        stored(snapshots.unhealthy, FAULT + SOON),
    )
    sides = ["2026-11-22T14:05Z", "2026-11-22T14:08Z"]
    at, other = reversed(sides) if turned else sides
    response = shown(viewer, at, **{"with": other})
    page = response.content.decode()
    assert response.status_code == 200
    assert page.index(escape(because(then.decision))) < page.index(
        escape(because(later.decision))
    )
    rows = page.partition('id="states"')[2].partition('id="figures"')[0]
    differ = [row for row in rows.split("<tr")[2:] if "differs" in row]
    assert differ == rows.split("<tr")[2 : 2 + len(differ)]
    changed = [
        one for one in states(later) if states(then).get(one) != states(later)[one]
    ]
    assert len(differ) == len(changed)


def test_what_changed_first_is_told_in_order(viewer):
    """Each with its moment, which is a link."""
    stored(snapshots.healthy, FAULT)
    stored(snapshots.degraded, FAULT + timedelta(minutes=1))
    stored(snapshots.unhealthy, FAULT + SOON)
    page = shown(viewer, "2026-11-22T14:05Z", **{"with": "2026-11-22T14:08Z"})
    told = page.content.decode().partition('id="first"')[2].partition("</ol>")[0]
    moments = [at.partition('"')[0] for at in told.split("?at=")[1:]]
    assert moments == sorted(moments)
    assert set(moments) == {"2026-11-22T14:06Z", "2026-11-22T14:08Z"}
    for one in changes.between(FAULT, FAULT + SOON).listed:
        assert f"<b>{escape(subject_words(one.subject))}</b>" in told
    # Between three stored minutes one is missing.
    assert "Of 1 minute between" in page.content.decode()


def test_a_moment_is_compared_with_now(viewer):
    stored(snapshots.unhealthy, FAULT)
    stored(snapshots.healthy, timezone.now())
    page = shown(viewer, "2026-11-22T14:05Z", **{"with": "now"}).content.decode()
    assert '<span class="chip">now</span>' in page
    assert (
        "Healthy" in page.partition('aria-label="Later"')[2].partition("</section>")[0]
    )


def test_a_side_that_was_not_stored_is_said(viewer):
    """The other one is shown still, and nothing is compared."""
    stored(snapshots.healthy, FAULT)
    response = shown(viewer, "2026-11-22T14:05Z", **{"with": "2026-11-22T14:44Z"})
    page = response.content.decode()
    assert response.status_code == 404
    assert "Nothing was stored in this minute. It cannot be compared." in page
    assert 'id="first"' not in page


def test_a_side_of_another_version_is_said(viewer):
    stored(snapshots.healthy, FAULT)
    SnapshotMinute.objects.create(
        minute=FAULT.replace(minute=9, second=0), taken_at=FAULT, schema=1, body=b"?"
    )
    response = shown(viewer, "2026-11-22T14:05Z", **{"with": "2026-11-22T14:09Z"})
    assert response.status_code == 404
    assert "another version of the panel" in response.content.decode()


def test_now_without_a_snapshot_is_said(viewer):
    response = shown(viewer, "now", **{"with": "2026-11-22T14:05Z"})
    assert response.status_code == 404


@pytest.mark.parametrize("other", ["yesterday", "<b>", "\0", "9999-12-31T23:59Z"])
def test_what_is_no_moment_is_refused(viewer, other):
    response = shown(viewer, "2026-11-22T14:05Z", **{"with": other})
    assert response.status_code == 400
    assert "2026-11-22T14:05Z" in response.content.decode()


def test_the_past_leads_to_the_changes_around_it(viewer):
    """To the one before and the next one, over whatever lies between."""
    stored(snapshots.healthy, FAULT - timedelta(hours=5))
    stored(snapshots.degraded, FAULT - timedelta(hours=3))
    stored(snapshots.degraded, FAULT)
    stored(snapshots.healthy, FAULT + timedelta(hours=2))
    page = shown(viewer, "2026-11-22T14:05Z").content.decode()
    assert 'href="?at=2026-11-22T11:05Z" data-key="p"' in page
    assert 'href="?at=2026-11-22T16:05Z" data-key="n"' in page


def test_strangers_compare_nothing(client):
    assert client.get(OVERVIEW, {"at": "now", "with": "now"}).status_code == 302

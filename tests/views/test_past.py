"""The overview as it was at a stored minute, and what is said of minutes that are not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from opspanel.incidents import Draft, Submission, declare
from opspanel.models import Incident, SnapshotMinute, User
from opspanel.snapshot.codec import to_json
from opspanel.snapshot.postgres import PostgresStore
from opspanel.snapshot.schema import SCHEMA, CleanText
from opspanel.templatetags.ops import because
from tests import snapshots

pytestmark = pytest.mark.usefixtures("no_snapshots")
OVERVIEW = "/admin/ops/overview"
FAULT = datetime(2026, 11, 22, 14, 5, 10, tzinfo=UTC)


def stored(build, moment):
    snapshot = replace(build(moment), taken_at=moment)
    PostgresStore(history_days=36500).save(snapshot)
    return snapshot


@pytest.fixture
def viewer(client):
    user = User.objects.create_user("viewer", password="a long pass phrase")
    user.groups.add(Group.objects.get(name="viewer"))
    client.force_login(user)
    return client


def a_recorder():
    user = User.objects.create_user("olga", password="a long pass phrase")
    user.groups.add(Group.objects.get(name="on-call"))
    return user


def shown(client, at, **more):
    return client.get(OVERVIEW, {"at": at, **more})


@pytest.mark.parametrize(
    "at",
    [
        "2026-11-22T14:05Z",
        "2026-11-22T14:05",
        "2026-11-22T14:05:59.9Z",
        "2026-11-22T15:05+01:00",
        " 2026-11-22 14:05Z ",
    ],
)
def test_a_minute_shows_what_the_page_showed_then(viewer, at):
    """However it is written; the present is another."""
    then = stored(snapshots.unhealthy, FAULT)
    stored(snapshots.healthy, timezone.now())
    response = shown(viewer, at)
    page = response.content.decode()
    assert response.status_code == 200
    assert escape(because(then.decision)) in page
    assert 'data-status="unhealthy"' in page
    assert viewer.get(f"{OVERVIEW}.json", {"at": at}).content == to_json(then)


def test_it_is_marked_as_the_past_and_never_changes(viewer):
    """No poll, no script of the living page, and the way back to it."""
    stored(snapshots.unhealthy, FAULT)
    page = shown(viewer, "2026-11-22T14:05Z").content.decode()
    assert "<strong>The past</strong>" in page
    assert "<title>Past: 2026-11-22 14:05 UTC" in page
    assert f'href="{OVERVIEW}">Now</a>' in page
    assert "hx-get" not in page
    assert "overview" not in "".join(page.split("<script")[1:]).split("</script")[0]


def test_what_was_fresh_then_is_not_called_stale_now(viewer):
    """Ages are those of that moment."""
    stored(snapshots.healthy, FAULT)
    page = shown(viewer, "2026-11-22T14:05Z").content.decode()
    assert 'data-status="healthy"' in page
    assert "data-stale>" not in page


def test_incidents_are_those_of_then(viewer):
    """One that was declared since is only jumped to."""
    stored(snapshots.healthy, FAULT)
    declared = declare(Draft(title="disk full"), Submission.person(a_recorder()))
    now = timezone.now()
    stored(snapshots.healthy, now)
    page = shown(viewer, "2026-11-22T14:05Z").content.decode()
    assert "disk full" not in page.partition('id="live"')[2]
    near = shown(viewer, f"{now:%Y-%m-%dT%H:%MZ}").content.decode()
    assert f"/incidents/{declared.id}" in near.partition('id="live"')[0]


@pytest.mark.parametrize(
    ("schema", "body", "words"),
    [
        (SCHEMA - 1, b"whatever it was", "another version of the panel"),
        (SCHEMA, b"no zlib", "cannot be read"),
    ],
)
def test_what_cannot_be_shown_is_said(viewer, schema, body, words):
    """Neither a blank nor an error."""
    minute = FAULT.replace(second=0)
    SnapshotMinute.objects.create(
        minute=minute, taken_at=FAULT, schema=schema, body=body
    )
    response = shown(viewer, "2026-11-22T14:05Z")
    assert response.status_code == 404
    assert words in response.content.decode()
    told = viewer.get(f"{OVERVIEW}.json", {"at": "2026-11-22T14:05Z"})
    assert told.status_code == 404
    assert words in told.json()["message"]


def test_a_gap_names_its_neighbours(viewer):
    """The nearest stored minutes, not the nearest guesses."""
    stored(snapshots.healthy, FAULT - timedelta(hours=3))
    stored(snapshots.healthy, FAULT + timedelta(minutes=7))
    page = shown(viewer, "2026-11-22T14:05Z").content.decode()
    assert "Nothing was stored in this minute" in page
    assert "?at=2026-11-22T11:05Z" in page
    assert "?at=2026-11-22T14:12Z" in page
    assert 'id="live"' not in page


def test_the_future_is_not_a_gap(viewer):
    page = shown(viewer, "2999-01-01T00:00Z").content.decode()
    assert "has not happened yet" in page


@pytest.mark.parametrize(
    "at",
    [
        "",
        "yesterday",
        "2026-02-30T10:00Z",
        "2026-11-22T15:05 01:00",
        "0001-01-01T00:00Z",
        "9999-12-31T23:59Z",
        "0001-01-01T00:00+14:00",
        "<b>2026</b>",
        "\0",
    ],
)
def test_what_is_no_moment_is_refused_in_words(viewer, at):
    response = shown(viewer, at)
    assert response.status_code == 400
    assert "2026-11-22T14:05Z" in response.content.decode()
    assert viewer.get(f"{OVERVIEW}.json", {"at": at}).status_code == 400


def test_strangers_and_people_without_a_role_see_no_past(client):
    stored(snapshots.unhealthy, FAULT)
    assert shown(client, "2026-11-22T14:05Z").status_code == 302
    client.force_login(User.objects.create_user("nobody"))
    assert shown(client, "2026-11-22T14:05Z").status_code == 403


def test_words_that_were_taken_back_are_gone_from_the_past_too(viewer):
    """Stored minutes keep what was shown; what is shown of them follows a redaction."""
    made = declare(Draft(title="Nodes of Ada Lovelace fail"), Submission.system())
    snapshot = snapshots.unhealthy(FAULT)
    first, *others = snapshot.incidents.recent
    named = replace(first, id=made.id, title=CleanText("Nodes of Ada Lovelace fail"))
    incidents = replace(snapshot.incidents, recent=(named, *others))
    kept = replace(snapshot, taken_at=FAULT, incidents=incidents)
    PostgresStore(history_days=36500).save(kept)
    assert "Ada Lovelace" in shown(viewer, "2026-11-22T14:05Z").content.decode()
    Incident.objects.filter(pk=made.id).update(title="[REDACTED]")
    for address in (OVERVIEW, f"{OVERVIEW}.json"):
        then = viewer.get(address, {"at": "2026-11-22T14:05Z"}).content.decode()
        assert "Ada Lovelace" not in then

"""A screen is not a person: what its cookie opens, and what a session does beside it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from opspanel.access import screens
from opspanel.incidents import Draft, Submission, acknowledge, declare
from opspanel.models import AuditEvent, Screen, User
from opspanel.snapshot.latest import configured_latest
from tests import snapshots
from tests.live.conftest import shown_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_snapshots")]
WALL, POLL = "/admin/ops/wall", "/admin/ops/wall/board"


def test_a_screen_sees_the_wall(wall_client, collect):
    """The page, and its live part alone for a poll; both say whose they are."""
    collect(snapshots.unhealthy)
    page, part = wall_client.get(WALL), wall_client.get(POLL)
    assert (page.status_code, part.status_code) == (200, 200)
    assert "<html" in page.text
    assert "<html" not in part.text
    for answer in (page, part):
        assert answer["X-Ops-Fragment"] == "1"
        assert len(answer["X-Ops-Build"]) == 12
        assert answer["X-Ops-Screen"] == f"{wall_client.screen.pk}.1"
        assert answer["Cache-Control"] == "no-store"


def test_nothing_new_is_204_and_marked_too(wall_client, collect):
    """A proxy's empty answer is told from ours."""
    collect()
    answer = wall_client.get(POLL, {"v": shown_version()})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["X-Ops-Fragment"] == "1"


def test_the_live_part_holds_no_script_and_no_htmx(wall_client, collect):
    """Ready-made bytes for all screens: nothing in it may act or needs a nonce."""
    collect(snapshots.unhealthy)
    part = wall_client.get(POLL).text
    for word in ("<script", "hx-", "nonce", "<form", "<a ", "<button", "Lobby"):
        assert word not in part


def test_a_screen_opens_nothing_else(wall_client):
    """On every page for people it is a stranger."""
    for name in ("overview", "audit", "screens", "account", "wall-demo"):
        answer = wall_client.get(reverse(f"ops:{name}"))
        assert answer.status_code == 302
        assert "/admin/ops/sign-in" in answer["Location"]
    assert wall_client.get(reverse("ops:overview-json")).status_code == 401


def test_a_session_opens_no_wall(person):
    """An admin at a browser that is no screen gets a code like anybody."""
    answer = person("admin").get(WALL)
    assert answer.status_code == 401
    assert "This screen is not paired" in answer.text
    assert "admin" not in answer.text.replace("/admin/", "").replace("An admin", "")


def test_two_cookies_never_add_up(person, wall_client, collect):
    """A viewer at a paired browser: a wall on wall pages, a viewer elsewhere."""
    collect()
    both = person("viewer")
    both.cookies["ops_wall"] = wall_client.cookies["ops_wall"].value
    assert both.get(reverse("ops:audit")).status_code == 403
    assert both.get(reverse("ops:overview")).status_code == 200
    page = both.get(WALL)
    assert page.wsgi_request.user.is_anonymous
    assert "viewer" not in page.text
    screens.revoke(wall_client.screen, timezone.now())
    assert both.get(WALL).status_code == 401
    assert both.get(reverse("ops:overview")).status_code == 200


def test_a_wall_never_shows_a_form(client, wall_client):
    """Unpaired, expired, revoked: a code, and nothing to type into."""
    Screen.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "approval has ended" in wall_client.get(WALL).text
    screens.revoke(wall_client.screen, timezone.now())
    assert "was revoked" in wall_client.get(WALL).text
    for browser in (client, wall_client):
        for address in (WALL, POLL):
            text = browser.get(address).text
            assert "<form" not in text
            assert "<input" not in text


def test_revoked_holds_at_the_next_poll(wall_client, collect):
    """401, no figure in it, and marked as ours so that the wall obeys."""
    snapshot = collect()
    assert wall_client.get(POLL).status_code == 200
    screens.revoke(wall_client.screen, timezone.now())
    answer = wall_client.get(POLL)
    assert (answer.status_code, answer["X-Ops-Fragment"]) == (401, "1")
    assert answer["X-Ops-Screen"] == ""
    assert snapshot.decision.sentence not in answer.text


def test_a_poll_tells_when_and_which_page_was_seen(wall_client):
    """Only a build of our own making is believed."""
    build = wall_client.get(WALL)["X-Ops-Build"]
    wall_client.get(POLL, {"build": build})
    seen = Screen.objects.get()
    assert seen.build == build
    assert timezone.now() - seen.seen_at < timedelta(minutes=1)
    wall_client.get(POLL, {"build": "<script>1234"})
    assert Screen.objects.get().build == ""


def test_a_weekly_token_reaches_the_browser(wall_client):
    """The poll that is a week late sets the next cookie, and goes on with it."""
    first = wall_client.cookies["ops_wall"].value
    week = timezone.now() - timedelta(days=8)
    wall_client.screen.tokens.update(issued_at=week, settled_at=week)
    wall_client.get(POLL)
    assert wall_client.cookies["ops_wall"].value != first
    assert wall_client.get(POLL).status_code == 200


def test_a_copied_token_is_written_down_as_the_screens(wall_client):
    """Even where a person is signed in on the same browser, the act is the screen's."""
    long_ago = timezone.now() - timedelta(days=1)
    wall_client.screen.tokens.update(spent_at=long_ago)
    assert wall_client.get(POLL).status_code == 401
    row = AuditEvent.objects.get(action="screen.reuse")
    assert row.actor_label == f"screen {wall_client.screen.pk}"


def test_no_persons_word_is_on_a_wall(wall_client, collect):
    """Neither who owns an incident nor what somebody called it: severity and state only."""
    collect()
    priya = User.objects.create_user("Priya")
    made = declare(Draft(title="Webhooks are late"), Submission.person(priya))
    acknowledge(made.id, Submission.person(priya))
    text = wall_client.get(POLL).text
    assert made.ref in text
    assert "acknowledged" in text
    assert "Priya" not in text
    assert "Webhooks are late" not in text


def test_an_old_snapshot_is_never_green(wall_client, collect):
    """The server itself says unknown when nothing new was collected."""
    collect(minutes=2)
    text = wall_client.get(POLL).text
    assert "data-stale" in text
    assert 'data-status="unknown"' in text


def test_before_the_first_pass_it_says_so(wall_client):
    """Nothing yet is unknown, not healthy."""
    configured_latest.cache_clear()
    text = wall_client.get(WALL).text
    assert "Nothing was collected yet" in text
    assert 'data-status="unknown"' in text


def test_demo_is_for_people_and_says_what_it_is(person, client):
    """Each state has a mark that nothing real has; strangers are asked to sign in."""
    viewer = person("viewer")
    led = viewer.get(WALL, {"demo": "stale"})
    assert led["Location"] == "/admin/ops/wall/demo?demo=stale"
    page = viewer.get(led["Location"])
    assert "Demo: none of this is real" in page.text
    assert "data-stale" in page.text
    assert "poll.js" not in page.text
    assert client.get(led["Location"]).status_code == 302
    assert viewer.get("/admin/ops/wall/demo?state=nosuch").status_code == 400

"""Every face of the wall in a real Chromium, and how each comes and goes."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from opspanel.access import screens
from opspanel.views import wall as wall_views
from tests import snapshots

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("no_snapshots"),
]
HEADLINE = ".overall h1 .current"
LOST = re.compile(r"No contact since \d\d:\d\d:\d\d UTC")


@pytest.fixture
def wall(settled, collect, opened):
    """A paired wall that shows a healthy platform, polling at the door."""
    collect()
    page = opened(settled())
    expect(page.locator(HEADLINE)).to_have_text("Healthy")
    return page


def recovers(page, front):
    """With the fault gone, by itself, to the full picture."""
    front.act = "well"
    front.released.set()
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator(HEADLINE)).to_be_visible()
    expect(page).to_have_title("Healthy · demo wall")
    assert "INTRUDER" not in page.content()
    assert page.faults == []


def is_lost(page):
    expect(page.locator("#lost")).to_be_visible()
    assert LOST.search(page.locator("#lost").inner_text())
    assert page.title().startswith("Disconnected")
    assert "unknown" in page.locator("#icon").get_attribute("href")
    expect(page.locator(HEADLINE)).to_be_hidden()


def test_a_change_arrives_and_the_clock_ticks(wall, collect):
    """All-green looks alive; the next snapshot replaces it whole."""
    clock = wall.locator(".clock time")
    before = clock.inner_text()
    expect(clock).not_to_have_text(before)
    collect(snapshots.unhealthy)
    expect(wall.locator(HEADLINE)).to_have_text("Unhealthy")
    expect(wall).to_have_title("Unhealthy · demo wall")
    assert "unhealthy" in wall.locator("#icon").get_attribute("href")
    assert wall.locator("#live").count() == 1
    assert wall.faults == []


@pytest.mark.parametrize("fault", ["never", "bad_gateway", "captive", "sign_in"])
def test_no_sound_answer_is_lost_contact(wall, front, fault):
    """Hung, failing, a stranger's page, a way to a form: hatched, frozen, named; and
    over by itself."""
    front.act = fault
    is_lost(wall)
    assert wall.url == front.url
    assert wall.locator("input").count() == 0
    recovers(wall, front)


def test_a_killed_server_is_lost_contact(wall, front):
    """Nothing listens any more; then it is started again."""
    front.stop()
    is_lost(wall)
    front.start()
    recovers(wall, front)


def test_names_that_no_longer_resolve_are_lost_contact(wall):
    """DNS or the cable: the browser itself has no network."""
    wall.context.set_offline(True)
    is_lost(wall)
    wall.context.set_offline(False)
    expect(wall.locator("#lost")).to_be_hidden()


def test_a_silent_collector_is_an_old_picture(opened, approved, collect):
    """The server answers well, but the snapshot is old: another face than no contact."""
    collect(minutes=1)
    wall = opened(approved()[1])
    expect(wall.locator(".overall h1 .outdated")).to_be_visible()
    expect(wall.locator(HEADLINE)).to_be_hidden()
    expect(wall.locator("#lost")).to_be_hidden()
    assert wall.title().startswith("Stale")
    collect()
    expect(wall.locator(HEADLINE)).to_have_text("Healthy")


def test_it_grows_old_without_the_server(wall, front):
    """Its age is counted in the browser, whatever a frozen server says."""
    front.act = "bad_gateway"
    age = wall.locator(".pulse .age")
    first = age.inner_text()
    expect(age).not_to_have_text(first)


def test_a_failed_source_has_a_face_of_its_own(wall, collect):
    """Named and hatched; the rest goes on."""
    collect(snapshots.held_over)
    silent = wall.locator(".silent")
    expect(silent).to_contain_text("NATS JetStream: no answer")
    expect(wall.locator(".queues .row").first).to_contain_text("held over")
    assert wall.locator(".actions .held").count() == 1


def test_revoked_is_blank(wall, collect):
    """What stood there is gone from the document, and no form takes its place. That it
    is within ten seconds is told by the door's own clock, in test_fast_path.py."""
    snapshot = collect()
    screens.revoke(screens.Screen.objects.get(), timezone.now())
    revoked = wall.locator("h1", has_text="This screen was revoked")
    expect(revoked).to_be_visible(timeout=30_000)
    assert snapshot.decision.sentence not in wall.content()
    assert wall.locator("input").count() == 0


def test_a_lost_cookie_shows_a_code(wall):
    """Signed out, as a wall is: not paired, and again with no form."""
    wall.context.clear_cookies()
    expect(wall.locator("h1")).to_have_text("This screen is not paired")
    expect(wall).to_have_title("Not paired · wall")


def test_pairing_from_end_to_end(person, opened, collect, front):
    """Code on the wall, typed by an admin at a browser; the board comes by itself."""
    collect()
    admin = person("admin")
    wall = opened()
    code = wall.locator(".code").inner_text().replace("\n", "")
    wall.reload()
    assert wall.locator(".code").inner_text().replace("\n", "") == code
    fields = {"code": code, "name": "Lobby", "place": "Bonn", "boards": 1, "days": 9}
    assert admin.post(reverse("ops:screen-approve"), fields).status_code == 302
    expect(wall.locator(HEADLINE)).to_have_text("Healthy")
    expect(wall.locator("footer")).to_have_text("Lobby Bonn")
    assert wall.locator("html").get_attribute("data-boards") == "1"
    kept = {each["name"]: each for each in wall.context.cookies()}
    assert kept["ops_wall"]["httpOnly"]
    assert kept["ops_wall"]["value"] not in wall.content() + wall.url
    assert wall.faults == []


def test_a_renamed_screen_shows_it(wall, front):
    """The page loads itself anew when an admin has changed it."""
    screens.change(screens.Screen.objects.get(), "Kitchen", "Bonn", 2)
    expect(wall.locator("footer")).to_have_text("Kitchen Bonn", timeout=30_000)
    assert wall.locator("html").get_attribute("data-boards") == "2"


def test_a_new_build_is_loaded_and_never_mixed_in(wall, front, collect):
    """Its parts are not let into the old page, which says so and loads itself anew."""
    with wall.expect_event("load"):
        front.act = "another_build"
        collect(snapshots.unhealthy)
        # At once: soon it is loaded anew.
        wall.wait_for_selector("#newer:not([hidden])")
        expect(wall.locator(HEADLINE)).to_have_text("Healthy")
    front.act = "well"
    expect(wall.locator(HEADLINE)).to_have_text("Unhealthy")
    expect(wall.locator("#newer")).to_be_hidden()


def test_a_dead_server_is_never_loaded_from(wall, front):
    """With a new build announced and the server away, the old page stays."""
    wall.evaluate("window.old = true")
    front.act = "another_build"
    # At once: soon it would be loaded anew.
    wall.wait_for_selector("#newer:not([hidden])")
    front.act = "bad_gateway"
    is_lost(wall)
    wall.wait_for_timeout(6_000)
    assert wall.evaluate("window.old")


def test_markup_from_the_platform_stays_text(opened, approved, collect):
    """Every text of a hostile snapshot is inert, in the page and in what polls bring."""
    collect(snapshots.hostile)
    page = opened(approved()[1])
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    collect(snapshots.hostile)
    page.wait_for_timeout(1_500)
    assert page.evaluate("window.hit") is None
    assert page.locator("#live img, #live script").count() == 0
    ours = ("/admin/ops/wall/board", "/static/img/status-")
    assert [url for url in asked if not any(part in url for part in ours)] == []
    assert page.faults == []


def test_a_board_with_script_in_it_does_not_run(wall, front, collect):
    """Were markup to get through: parsed without running, then under the policy."""
    collect(snapshots.unhealthy)
    part = wall.evaluate("fetch('/admin/ops/wall/board').then(a => a.text())")
    evil = "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'>"
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("X-Ops-Fragment", "1"),
        ("X-Ops-Build", wall.locator("html").get_attribute("data-build")),
        ("X-Ops-Screen", wall.locator("html").get_attribute("data-screen")),
    ]
    body = part.replace("<header", f"{evil}<header", 1).encode()
    front.canned = iter(lambda: ("200 OK", headers, body), None)
    front.act = "canned"
    wall.wait_for_selector("#live script", state="attached")
    wall.wait_for_timeout(500)
    assert wall.evaluate("window.hit") is None


def test_after_a_sleep_it_trusts_nothing_until_the_first_answer(
    wall, front, collect, monkeypatch
):
    """The monotonic clock slept too: the other one gives it away, long before eleven
    silent seconds would."""
    monkeypatch.setattr(wall_views, "POLL_SECONDS", 5.0)
    wall.reload()
    front.act = "never"
    wall.evaluate("{ const now = Date.now; Date.now = () => now() + 8 * 3600e3; }")
    wall.wait_for_selector("#lost:not([hidden])", timeout=8_000)
    collect()
    recovers(wall, front)


def test_a_signed_in_person_changes_nothing(wall, front, person):
    """Somebody signs in at the kiosk: the wall is the same wall."""
    session = person("admin").cookies["ops_session"].value
    where = front.url.removesuffix("/admin/ops/wall")
    wall.context.add_cookies([{"name": "ops_session", "value": session, "url": where}])
    wall.reload()
    expect(wall.locator(HEADLINE)).to_have_text("Healthy")
    assert "Sign out" not in wall.content()

"""A wall that begins while no server answers, with what its browser had kept."""

import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Error, expect, sync_playwright

from opspanel.access import screens
from opspanel.views.wall_start import PARTS
from tests import snapshots
from tests.chromium import FLAGS, chromium
from tests.wall.conftest import cookie

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("no_snapshots"),
]
HEADLINE = ".overall h1 .current"
WORKER, START = "/admin/ops/wall/worker.js", "/admin/ops/wall/start"
HASH = re.compile(r"\.[0-9a-f]{12}(?=\.)")
STATE = """navigator.serviceWorker.getRegistration()
  .then((one) => one?.active?.state ?? "none")"""
CACHES = "caches.keys()"
KEPT = """caches.keys().then((names) => Promise.all(names.map(async (name) => {
  const kept = await caches.open(name);
  return (await kept.keys()).map((request) => new URL(request.url).pathname);
}))).then((lists) => lists.flat())"""


@pytest.fixture
def kiosk(front, tmp_path, monkeypatch):
    """`with kiosk() as page`: a browser begins with the profile that the last one left."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:

        @contextmanager
        def begun():
            context = playwright.chromium.launch_persistent_context(
                tmp_path / "profile", executable_path=chromium(), args=FLAGS
            )
            try:
                yield context.pages[0]
            finally:
                context.close()

        yield begun
        connections.close_all()


@pytest.fixture
def wall(settled, collect, opened):
    """A paired wall that shows a healthy platform, and whose worker is there."""
    collect()
    page = opened(settled())
    becomes(page, STATE, "activated")
    return page


def becomes(page, asked, wanted):
    """Playwright's own way of waiting takes a promise for a yes."""
    for _ in range(150):
        if (found := page.evaluate(asked)) == wanted:
            return
        page.wait_for_timeout(100)
    assert found == wanted


# It asks ever more seldom: after the fourth try it rests for up to sixteen seconds.
PATIENCE = 60_000


def waits(page, why):
    expect(page.locator("h1")).to_have_text("Waiting for the panel")
    expect(page.locator("#said")).to_have_text(why, timeout=PATIENCE)


def paired(page, admin):
    """As an admin does who reads the code off the wall."""
    code = page.locator(".code").inner_text().replace("\n", "")
    fields = {"code": code, "name": "Lobby", "place": "Bonn", "boards": 1, "days": 9}
    assert admin.post(reverse("ops:screen-approve"), fields).status_code == 302
    expect(page.locator(HEADLINE)).to_have_text("Healthy")


def test_a_new_browser_waits_and_then_shows_the_board(kiosk, front, collect, person):
    """Paired, and ended. Begun again while nothing listens; then a proxy is there, then
    the panel: the same screen, by itself, with what is now and nothing of before."""
    collect()
    admin = person("admin")
    with kiosk() as page:
        page.goto(front.url)
        paired(page, admin)
        becomes(page, STATE, "activated")
    front.stop()
    with kiosk() as page:
        page.goto(front.url)
        waits(page, f"Nothing answers at localhost:{front.port}.")
        assert page.title() == "Waiting for the panel · wall"
        expect(page.locator(".age")).to_have_text(re.compile(r"^[1-9]\d* s$"))
        for word in ("Healthy", "Lobby", "Bonn", "demo"):
            assert word not in page.content()
        front.instead = lambda path: "502 Bad Gateway"
        front.start()
        behind = "answers, but the panel is not ready (502)."
        waits(page, f"localhost:{front.port} {behind}")
        collect(snapshots.unhealthy)
        front.instead = lambda path: None
        expect(page.locator(HEADLINE)).to_have_text("Unhealthy", timeout=PATIENCE)
        expect(page.locator("footer")).to_have_text("Lobby Bonn")
    assert screens.Screen.objects.count() == 1


def test_no_failure_is_a_page_of_a_wall_and_a_refusal_is(wall, front):
    """Of a panel that is ready but for its wall: this page is not left in vain, and no
    proxy's words are shown. What was revoked meanwhile is told so."""
    front.instead = {"/admin/ops/wall": "503 Service Unavailable"}.get
    wall.reload()
    wall.evaluate("window.same = true")
    waits(wall, re.compile(r"not ready \(503\)"))
    assert "INTRUDER" not in wall.content()
    screens.revoke(screens.Screen.objects.get(), timezone.now())
    assert wall.evaluate("window.same")
    front.instead = lambda path: None
    expect(wall.locator("h1")).to_have_text("This screen was revoked")
    assert wall.faults == []


def test_what_is_not_marked_as_the_panels_is_no_panel(wall, front):
    """A proxy that has lost its backend, and a network that asks to sign in to it: the
    wall waits, keeps what it waits with, and opens its board once the panel is there."""
    answers = ("404 Not Found", "200 OK", "302 Found")
    for answer, told in zip(answers, ("404", "200", "a redirect"), strict=True):
        front.instead = lambda path, answer=answer: answer
        wall.reload()
        waits(wall, f"localhost:{front.port} answers, but not as the panel ({told}).")
        assert "INTRUDER" not in wall.content()
        assert wall.evaluate(STATE) == "activated"
    front.instead = lambda path: None
    expect(wall.locator(HEADLINE)).to_have_text("Healthy")
    assert wall.faults == []


def test_it_touches_no_other_page_and_keeps_nothing_else(wall, front, person):
    """Pages of people come from their server or not at all, and no board is kept."""
    home = front.url.removesuffix("/admin/ops/wall")
    session = person("viewer").cookies["ops_session"].value
    wall.context.add_cookies([cookie(front, "ops_session", session)])
    answer = wall.reload()
    assert answer.from_service_worker
    assert "worker-src 'self'" in answer.headers["content-security-policy"]
    names = {HASH.sub("", path) for path in wall.evaluate(KEPT)}
    parts = {f"/static/{part}" for part in PARTS}
    assert names == {reverse("ops:wall-start"), *parts}
    demo = "/admin/ops/wall?demo=healthy"  # leads to one, and a redirect bears no mark
    others = ("/admin/ops/overview", "/admin/ops/wall/demo?state=healthy", demo)
    for path in others:
        answer = wall.goto(f"{home}{path}")
        assert (answer.status, answer.from_service_worker) == (200, False)
        assert "worker-src" not in answer.headers["content-security-policy"]
    front.stop()
    for path in (*others, "/admin/ops/walls"):
        # In a window of its own: an error's page may come when another is wanted already.
        other = wall.context.new_page()
        with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
            other.goto(f"{home}{path}")
    wall.goto(front.url)
    waits(wall, re.compile("Nothing answers"))
    front.start()


def test_it_goes_with_its_build_and_with_its_script(wall, front, monkeypatch):
    """Another build brings its own page, and what the old one kept goes. Once the panel
    has the script no longer, the worker goes, too; and comes again with it."""
    monkeypatch.setattr("opspanel.views.wall_start.build_id", lambda: "0123456789ab")
    wall.reload()
    becomes(wall, CACHES, ["wall-start-0123456789ab"])
    front.instead = {WORKER: "410 Gone"}.get
    wall.route("**/wall/restart.*", lambda route: route.abort())
    wall.reload()
    becomes(wall, CACHES, [])
    becomes(wall, STATE, "none")
    expect(wall.locator(HEADLINE)).to_have_text("Healthy")
    front.instead = lambda path: None
    wall.unroute_all()
    wall.reload()
    becomes(wall, CACHES, ["wall-start-0123456789ab"])


def test_it_keeps_nothing_of_two_builds(front, settled, collect, opened):
    """Two of them answer in turns, the page of one and the script of another: nothing is
    kept, and the next load tries again."""
    collect()
    asked = set()
    front.instead = asked.add
    front.of_another_build = {START}
    page = opened(settled())
    for _ in range(150):
        if START in asked:
            break
        page.wait_for_timeout(100)
    becomes(
        page, "navigator.serviceWorker.getRegistrations().then((all) => all.length)", 0
    )
    assert page.evaluate(CACHES) == []
    front.of_another_build = set()
    page.reload()
    becomes(page, STATE, "activated")
    assert START in page.evaluate(KEPT)


def test_a_page_can_have_no_other_worker(wall):
    """The browser refuses what is not the policy's, and another policy by its name."""
    tried = """(script) => navigator.serviceWorker.register(script)
      .then(() => "registered", (error) => error.name)"""
    assert wall.evaluate(tried, WORKER) == "TypeError"
    made = """() => { try { trustedTypes.createPolicy("wall", {}); return "made"; }
      catch (error) { return error.name; } }"""
    assert wall.evaluate(made) == "TypeError"


def test_the_script_names_the_addresses_of_the_routes(client):
    """They are written there, for no page to hand it others; and by the header a worker
    from there may have no more than the wall."""
    script = Path("static/js/wall/restart.js")
    script = (Path(__file__).parents[2] / script).read_text()
    assert f'const WALL = "{reverse("ops:wall")}";' in script
    assert reverse("ops:wall-worker") == WORKER
    assert client.get(WORKER)["Service-Worker-Allowed"] == reverse("ops:wall")

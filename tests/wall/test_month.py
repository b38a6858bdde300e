"""Thirty days of a wall in a real Chromium, in short: time leaps on both sides alike.

Hours pass at a leap, with the network cut in every way, deploys, a silent collector and
the weekly token among them. What the screen shows is sampled all the while.
"""

import random
import time
from datetime import timedelta
from threading import Event

import pytest
from django.contrib.staticfiles import storage
from playwright.sync_api import Error, expect

from opspanel.build import build_id
from opspanel.live.desks import Desks
from opspanel.models import Screen
from tests import snapshots
from tests.servers import environment
from tests.wall.front import KeeperWithAnEnd
from tests.wall.test_weeks import Calendar

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("no_snapshots"),
]
# `make soak` asks for all thirty.
DAYS = float(environment.get("WALL_DAYS", "1.5"))
STEP = timedelta(hours=4)
PATIENCE = 60_000
HEADLINE = ".overall h1 .current"
FACES = {snapshots.healthy: "Healthy", snapshots.unhealthy: "Unhealthy"}

# Both clocks of the browser leap with the server's; the steady one starts anew with each
# page, as it does. What looks fresh must be so, but for the second until ages tick.
LEAPS = """(() => {
  const [date, steady] = [Date.now.bind(Date), performance.now.bind(performance)];
  const kept = (name) => Number(sessionStorage[name] ?? 0);
  let here = 0;
  Date.now = () => date() + kept("ahead");
  performance.now = () => steady() + here;
  window.leap = (to) => {
    here += to - kept("ahead");
    sessionStorage.ahead = to;
  };
  let wrong = 0;
  const looksFresh = () => {
    const live = document.getElementById("live");
    const lost = document.documentElement.dataset.contact === "lost";
    return live?.dataset.taken && !lost && !live.hasAttribute("data-stale") && live;
  };
  const isFresh = (live) => {
    const age = Date.now() - Date.parse(live.dataset.taken);
    const cut = kept("cut") && Date.now() - kept("cut");
    return age < 1000 * live.dataset.staleAfter + 2500 && cut < 4500;
  };
  const sample = () => {
    if (!document.body) return;
    sessionStorage.samples = kept("samples") + 1;
    const live = looksFresh();
    wrong = live && !isFresh(live) ? wrong + 1 : 0;
    const form = document.querySelector("form, input, textarea");
    if (form || wrong >= 30) sessionStorage.found = form ? "a form" : "old, and looks fresh";
  };
  setInterval(sample, 50);
})();"""


class Month:
    """A wall, its server and the time of both."""

    def __init__(self, page, front, collect, calendar):
        self.page, self.front = page, front
        self._collect, self._calendar = collect, calendar
        self.build = snapshots.healthy
        self.deploys = 0

    def leap(self, far):
        self._calendar.ahead += far
        self._tell("to => leap(to)", self._calendar.ahead.total_seconds() * 1000)

    def _tell(self, script, value=None):
        """Also to a page that just loads itself anew; twice is as good as once."""
        for _ in range(5):
            try:
                return self.page.evaluate(script, value)
            except Error:
                self.page.wait_for_timeout(500)
        return self.page.evaluate(script, value)

    def is_well(self):
        """The newest snapshot, on a page of the newest build, and nothing else; while
        the collector goes on."""
        shown = self.page.locator(f"html[data-build='{build_id()}'] {HEADLINE}")
        ends = time.monotonic() + PATIENCE / 1000
        while not (shown.is_visible() and shown.inner_text() == FACES[self.build]):
            assert time.monotonic() < ends, "it did not become well again"
            self._collect(self.build)
            self.page.wait_for_timeout(1_000)
        expect(self.page.locator("#lost")).to_be_hidden()

    def cut(self, act):
        self.front.released = Event()
        self.front.act = act
        self._tell("sessionStorage.cut = Date.now()")

    def heal(self):
        self.front.act = "well"
        self.front.released.set()
        self._tell("delete sessionStorage.cut")

    def is_lost(self):
        expect(self.page.locator("#lost")).to_be_visible(timeout=PATIENCE)
        expect(self.page.locator(HEADLINE)).to_be_hidden()


def network(act):
    def happens(month):
        month.cut(act)
        month.leap(STEP / 2)
        month.is_lost()
        month.heal()
        month.leap(STEP / 2)

    return happens


def no_names(month):
    """DNS or the cable."""
    month.page.context.set_offline(True)
    network("well")(month)
    month.page.context.set_offline(False)


def restart(month):
    month.front.stop()
    month.cut("well")
    month.leap(STEP)
    month.is_lost()
    month.front.start()
    month.heal()


def deploy(month):
    """Another build, served by a process that knows nobody yet."""
    month.deploys += 1
    storage.staticfiles_storage.manifest_hash = f"deploy {month.deploys}"
    build_id.cache_clear()
    month.front.desks.keeper.stop()
    month.front.desks = Desks(KeeperWithAnEnd)
    month.leap(STEP)


def silent_collector(month):
    """The server answers, and has nothing new."""
    month.leap(STEP)
    expect(month.page.locator(".overall h1 .outdated")).to_be_visible(timeout=PATIENCE)
    expect(month.page.locator(HEADLINE)).to_be_hidden()


def change(month):
    """Of the platform."""
    healthy = month.build is snapshots.healthy
    month.build = snapshots.unhealthy if healthy else snapshots.healthy
    month.leap(STEP)


EVENTS = (
    *map(network, ("bad_gateway", "never", "captive", "sign_in")),
    no_names,
    restart,
    deploy,
    silent_collector,
    change,
)


@pytest.fixture
def month(settled, opened, collect, front, monkeypatch):
    monkeypatch.setattr(storage.staticfiles_storage, "manifest_hash", "the first")
    build_id.cache_clear()
    calendar = Calendar(monkeypatch)
    collect()
    page = opened(settled())
    page.context.add_init_script(LEAPS)
    page.reload()
    yield Month(page, front, collect, calendar)
    build_id.cache_clear()


def events(count):
    """Each as often as the others, in no order."""
    dice = random.Random(6)
    drawn = []
    while len(drawn) < count:
        drawn += dice.sample(EVENTS, len(EVENTS))
    return drawn[:count]


def test_days_of_trouble_never_show_a_form_or_an_old_screen(month, record_property):
    """It is well again after each event, with no hand, and was honest all the while."""
    month.is_well()
    page = month.page
    happening = events(round(timedelta(days=DAYS) / STEP))
    for happens in happening:
        happens(month)
        month.is_well()
        assert page.evaluate("sessionStorage.found") is None
        assert page.url == month.front.url
    screen = Screen.objects.get()
    spent = screen.tokens.exclude(spent_at=None).count()
    record_property("days", DAYS)
    record_property("events", len(happening))
    record_property("deploys", month.deploys)
    record_property("tokens", spent + 1)
    record_property("samples", page.evaluate("sessionStorage.samples"))
    assert screen.revoked_at is None
    assert spent >= DAYS // 8

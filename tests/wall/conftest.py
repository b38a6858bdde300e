"""A wall: the application, a browser, and a screen that an admin has approved."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connections
from django.test import Client
from django.utils import timezone
from playwright.sync_api import sync_playwright

from opspanel.access import screens
from opspanel.models import Screen, User
from opspanel.snapshot.latest import configured_stores
from opspanel.snapshot.store import save_to_all
from opspanel.views import wall as wall_views
from tests import snapshots
from tests.chromium import FLAGS, chromium
from tests.wall import front as fronts


@pytest.fixture
def approved(db):
    """Makes a screen as an admin's approval does; returns it and its token."""

    def make(name="Lobby", boards=4, now=None):
        began = now or timezone.now()
        screen = Screen.objects.create(
            name=name,
            place="Berlin, ground floor",
            boards=boards,
            approved_at=began,
            expires_at=began + timedelta(days=90),
        )
        return screen, screens.issue(screen, began)

    return make


@pytest.fixture
def settled(approved):
    """Makes a screen whose token has come back, and gives the token."""

    def make(name="Lobby"):
        screen, token = approved(name)
        screen.tokens.update(settled_at=timezone.now())
        return token

    return make


@pytest.fixture
def wall_client(approved):
    """A wall's browser as Django's test client; `.screen` is who it is."""
    client = Client()
    client.screen, token = approved()
    client.cookies["ops_wall"] = token
    return client


@pytest.fixture
def person(db):
    """A signed-in browser of somebody with a role."""

    def make(role):
        user = User.objects.create_user(role, password="a long pass phrase")
        user.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def collect(no_snapshots):
    """`collect(build, **ago)`: stores a snapshot, taken just now or some time ago."""

    def store(build=snapshots.healthy, **ago):
        snapshot = build(timezone.now() - timedelta(**ago))
        save_to_all(configured_stores(), snapshot)
        return snapshot

    return store


@pytest.fixture
def front(transactional_db, monkeypatch):
    """Polls come every half second, so that a test need not wait for long."""
    monkeypatch.setattr(wall_views, "POLL_SECONDS", 0.5)
    with fronts.running() as front:
        yield front


@pytest.fixture
def browser(front, monkeypatch):
    """While it is there, its event loop runs in this thread. No work of Django's is in
    that loop, so a test may ask the database between two looks at the page; only the
    connection is another one than before."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()
        connections.close_all()


@pytest.fixture
def opened(browser, front):
    """`opened(token, **options)`: the wall in a window of its own."""
    contexts = []

    def open_page(token=None, path="", clock=None, **options):
        viewport = {"width": 1920, "height": 1080}
        context = browser.new_context(**{"viewport": viewport, **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        if token:
            context.add_cookies([cookie(front, "ops_wall", token)])
        page = context.new_page()
        if clock:
            page.clock.install(time=clock)
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda line: _note(page, line))
        page.goto(front.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def cookie(front, name, value):
    address = front.url.removesuffix("/admin/ops/wall")
    return {"name": name, "value": value, "url": address, "sameSite": "Strict"}


def _note(page, line):
    # That a poll was refused is what the tests are about.
    if line.type == "error" and "Failed to load resource" not in line.text:
        page.faults.append(line.text)

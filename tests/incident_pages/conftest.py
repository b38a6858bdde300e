"""People who record, the panel they do it in, and a real server with a real browser."""

from threading import Thread
from uuid import uuid4
from wsgiref.simple_server import make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client
from django.urls import reverse
from playwright.sync_api import sync_playwright

from opspanel.incidents import Draft, Submission, declare
from opspanel.models import Incident
from tests.chromium import FLAGS, chromium
from tests.incidents.conftest import person
from tests.pages.stage import Quiet, Threaded

HTMX = {"HX-Request": "true"}


class Recorder:
    """Somebody at a browser without script, who reads and posts forms."""

    def __init__(self, name="ana", role="on-call"):
        self.user = person(name, role)
        self.client = Client()
        self.client.force_login(self.user)

    def page(self, number, **query):
        return self.client.get(reverse("ops:incident", args=[number], query=query))

    def declares(self, title="Checkout fails", *, headers=None, **fields):
        sent = {"client_key": str(uuid4()), "title": title, **fields}
        address = reverse("ops:incident-declare")
        return self.client.post(address, sent, headers=headers)

    def posts(self, number, act, *, headers=None, **fields):
        sent = {"client_key": str(uuid4()), **fields}
        address = reverse(f"ops:incident-{act}", args=[number])
        return self.client.post(address, sent, headers=headers)


@pytest.fixture
def ana(db, no_snapshots):
    return Recorder("ana")


@pytest.fixture
def ben(db):
    return Recorder("ben")


@pytest.fixture
def vera(db):
    return Recorder("vera", "viewer")


@pytest.fixture
def open_incident(db):
    """One that ana declared."""

    def make(**draft):
        sent = Submission.person(person("ana"), uuid4())
        made = declare(Draft(**{"title": "Checkout fails", **draft}), sent)
        return Incident.objects.get(pk=made.id)

    return make


class Site:
    """The whole application behind a real server, which can die and come back."""

    def __init__(self):
        self.application = get_wsgi_application()
        self.port = 0
        self.start()

    def start(self):
        self.server = make_server(
            "127.0.0.1", self.port, self.application, Threaded, Quiet
        )
        self.port = self.server.server_port
        self.thread = Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}
        )
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join(5)
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def site(transactional_db, no_snapshots, monkeypatch):
    # A thread ends with its request, and must take its connection with it.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    site = Site()
    yield site
    site.stop()


@pytest.fixture
def browser(site):
    """Begins when the database is set up and ends before it is emptied: a connection
    belongs to the event loop that runs in the tests' own thread meanwhile."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        connections.close_all()
        browser.close()


@pytest.fixture
def browser_of(browser, site):
    """`browser_of(name)`: a signed-in window; `faults` is what went wrong there."""
    contexts = []

    def make(name="ana", role="on-call", **options):
        context = browser.new_context(base_url=site.url, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        session = Recorder(name, role).client.cookies["ops_session"].value
        context.add_cookies(
            [{"name": "ops_session", "value": session, "url": site.url}]
        )
        return context

    yield make
    for context in contexts:
        context.close()


def tab(context, path="/admin/ops/overview"):
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda line: _note(page, line))
    page.goto(path)
    return page


def _note(page, line):
    if line.type == "error":
        page.faults.append(line.text)

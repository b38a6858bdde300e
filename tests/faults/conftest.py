"""A panel whose upstreams stand behind proxies, and a browser that looks at it."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from opspanel.collect import Collector
from opspanel.incidents import Draft, Submission, declare
from opspanel.live.desks import start_anew
from opspanel.panel.load import configured_panel
from opspanel.snapshot.latest import configured_stores
from opspanel.upstreams import open_sources
from tests.faults.liar import Liar
from tests.faults.no_script import Browser
from tests.faults.proxy import Proxy
from tests.viewer import browsing

UPSTREAMS = {
    "prometheus": "PROMETHEUS_URL",
    "nats": "NATS_URL",
    "database": "NODE_TASKS_DATABASE_URL",
}
# What no page and no log may show of an upstream's words.
WORDS = f"ghp_{secrets.token_hex(18)}"
NOISE = f"HTTP/1.1 200 OK\r\n\r\n{{<script>{WORDS}</script> at 10.1.2.3:5432".encode()


class Panel:
    """One collector, run by hand; its passes share connections as a worker's do."""

    def __init__(self, proxies):
        self.proxies = proxies
        # Not in the tests' thread: there Playwright's event loop runs.
        self._worker = ThreadPoolExecutor(1)
        self._collector = self._do(self._made)

    def _made(self):
        panel = configured_panel()
        return Collector(open_sources(panel), configured_stores(), panel)

    def _do(self, work):
        def apart():
            try:
                return work()
            finally:
                connections.close_all()

        return self._worker.submit(apart).result(timeout=60)

    def run_pass(self, ago=0):
        """As of `ago` seconds before now."""
        now = timezone.now() - timedelta(seconds=ago)
        return self._do(lambda: self._collector.run_pass(now))

    def renewed(self):
        """With the addresses that are in the settings by now."""
        self._do(self._collector.__exit__)
        self._collector = self._do(self._made)
        return self

    def close(self):
        self._do(self._collector.__exit__)
        self._worker.shutdown()


@pytest.fixture
def panel(transactional_db, no_snapshots, settings):
    proxies = {}
    for name, setting in UPSTREAMS.items():
        parts = urlsplit(getattr(settings, setting))
        proxy = proxies[name] = Proxy(parts.hostname, parts.port, NOISE)
        userinfo = parts.netloc.rpartition("@")[0]
        place = f"{userinfo}@" * bool(userinfo) + f"127.0.0.1:{proxy.port}"
        setattr(settings, setting, urlunsplit(parts._replace(netloc=place)))
    made = Panel(proxies)
    yield made
    made.close()
    for proxy in proxies.values():
        proxy.close()


@pytest.fixture
def liar(settings):
    """It stands in Prometheus' place from the panel's next `renewed()` on."""
    made = Liar()
    settings.PROMETHEUS_URL = made.url
    yield made
    made.close()


@pytest.fixture
def look(panel, monkeypatch):
    """`look()` opens the overview anew as a viewer sees it."""
    with browsing(monkeypatch) as context:
        page = context.new_page()
        statuses = []
        page.on("response", lambda answer: statuses.append(answer.status))

        def overview():
            start_anew()  # not a second later
            page.goto("/admin/ops/overview")
            assert all(status < 500 for status in statuses)
            return page

        yield overview


@pytest.fixture
def browser(own_postgres):
    start_anew()
    yield Browser()
    start_anew()


@pytest.fixture
def incident(browser):
    return declare(Draft(title="Checkout"), Submission.person(browser.user, uuid4()))

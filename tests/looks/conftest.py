"""All faces, rendered once, and a browser that needs no server to show them.

The pages are rendered first because a browser's event loop, once it runs, has database
connections of its own.
"""

import mimetypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Route, sync_playwright

from opspanel.views.live_page import OVERVIEW_PAGE, SLOS_PAGE
from tests import snapshots
from tests.chromium import FLAGS, chromium
from tests.looks import faces as made

SITE = "http://localhost"
# What was collected is two seconds old.
NOW = snapshots.NOW + timedelta(seconds=2)


@pytest.fixture(scope="session")
def rendered():
    """Filled by the first test that wants faces."""
    return {}


@pytest.fixture
def faces(rendered, no_snapshots, monkeypatch):
    """`{name: face}`."""
    if not rendered:
        monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
        for whole in (OVERVIEW_PAGE, SLOS_PAGE):
            monkeypatch.setattr(whole, "_clock", lambda: NOW)
        rendered |= made.rendered()
    return rendered


class Window:
    """A page of a browser that shows faces; `paper` is an empty one."""

    def __init__(self, page: Page, paper: Page) -> None:
        self.page, self.paper = page, paper
        self.faults: list[str] = []
        self._face = made.Face("", 200, {}, b"")
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            file = Path(settings.STATIC_ROOT) / path.removeprefix("/static/")
            kind, _ = mimetypes.guess_type(path)
            route.fulfill(body=file.read_bytes(), content_type=kind)
        elif route.request.is_navigation_request():
            face = self._face
            route.fulfill(status=face.status, headers=face.headers, body=face.body)
        else:
            route.fulfill(status=204)

    def show(self, face: made.Face) -> Page:
        self._face = face
        self.page.goto(f"{SITE}{made.OPS}/{face.path}")
        return self.page


@pytest.fixture
def window(faces) -> Iterator[Callable]:
    """`with window(**options) as shown`: a window of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield lambda **options: opened(browser, **options)
        browser.close()


@contextmanager
def opened(browser: Browser, *, script: Path | None = None, **options) -> Iterator:
    context = browser.new_context(**options)
    if script:
        context.add_init_script(path=script)
    yield Window(context.new_page(), context.new_page())
    context.close()

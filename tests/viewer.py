"""A viewer's browser on the whole application."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connections
from django.test import Client
from playwright.sync_api import BrowserContext, sync_playwright

from opspanel.models import User
from tests.chromium import FLAGS, chromium
from tests.site import running


@contextmanager
def browsing(monkeypatch: pytest.MonkeyPatch) -> Iterator[BrowserContext]:
    """As `vera`, who signed in. Needs a database in which others see what is written."""
    user = User.objects.create_user("vera")
    user.groups.add(Group.objects.get(name="viewer"))
    client = Client()
    client.force_login(user)
    # Playwright's event loop is in the tests' thread, and it is idle at those moments.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with running() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = browser.new_context(base_url=site)
        context.set_default_timeout(15_000)
        name = settings.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": site}])
        yield context
        browser.close()
        connections.close_all()  # within the loop, the thread has one of its own

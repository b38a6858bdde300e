"""An admin's browser on the whole panel, watched."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import connections
from playwright.sync_api import sync_playwright

from opspanel.env import DEMO_PANEL_TOML
from opspanel.models import User
from tests.chromium import FLAGS, chromium
from tests.site import running
from tests.xss.watch import Watch


@pytest.fixture
def slow_panel(settings, tmp_path):
    """One whose page does not poll by itself, nor grow old while it is looked at."""
    demo = Path(DEMO_PANEL_TOML).read_text()
    slow = demo.replace("interval_seconds = 5", "interval_seconds = 3600")
    assert slow != demo
    path = tmp_path / "panel.toml"
    path.write_text(slow)
    settings.OPSPANEL_CONFIG = str(path)


@pytest.fixture
def watch(transactional_db, no_snapshots, slow_panel, monkeypatch):
    user = User.objects.create_user("ada", password="a long pass phrase")
    user.groups.add(Group.objects.get_or_create(name="admin")[0])
    # Playwright's event loop is in the tests' thread, and it is idle at those moments.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with running() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield Watch(browser.new_context(), site, user)
        browser.close()
        connections.close_all()  # within the loop, the thread has one of its own

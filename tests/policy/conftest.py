"""The whole panel and a browser."""

import pytest
from playwright.sync_api import sync_playwright

from tests.chromium import FLAGS, chromium
from tests.site import running


@pytest.fixture
def site(transactional_db, no_snapshots):
    with running() as address:
        yield address


@pytest.fixture
def window(site):
    """Closed before the database is emptied: its event loop bars that."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser.new_context()
        browser.close()

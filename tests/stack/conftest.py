"""A whole stack, and a viewer's browser on it, for the tests of one module.

Not longer: while a browser is driven its event loop runs in the thread of the tests.
"""

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.chromium import FLAGS, chromium
from tests.embedded.up import Up

FIRST_HEALTHY_MS = 120_000


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    up = Up(tmp_path_factory.mktemp("stack"))
    up.ready = up.start()
    yield up
    up.process.terminate()
    up.process.wait(timeout=60)


@pytest.fixture(scope="module")
def page(stack):
    """The overview as the viewer sees it after signing in by the form."""
    account = next(a for a in stack.ready["accounts"] if a["role"] == "viewer")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(f"{stack.ready['url']}/")
        page.get_by_label("Username").fill(account["username"])
        page.get_by_label("Password").fill(account["password"])
        page.keyboard.press("Enter")
        expect(page).to_have_title(
            "Healthy · demo operations", timeout=FIRST_HEALTHY_MS
        )
        yield page
        browser.close()

"""A stage, a browser, and pages of it."""

import pytest
from playwright.sync_api import sync_playwright

from tests.chromium import FLAGS, chromium
from tests.pages import stage as stages


@pytest.fixture
def stage():
    with stages.running() as stage:
        yield stage


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, stage):
    """`opened(**options)`: the stage in a new window; `faults` is what went wrong there."""
    contexts = []

    def open_page(**options):
        context = browser.new_context(**options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda line: _note(page, line))
        page.goto(stage.url)
        return page

    yield open_page
    for context in contexts:
        context.close()


def _note(page, line):
    if line.type == "error":
        page.faults.append(line.text)

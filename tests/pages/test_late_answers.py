"""Answers that come late, or from a process that knows less than another."""

import pytest
from playwright.sync_api import expect

from tests import snapshots
from tests.pages.test_page_live import HEADLINE, a_minute_passes, polled


@pytest.fixture(autouse=True)
def healthy_platform(stage):
    stage.show(snapshots.healthy)


def test_a_late_answer_is_no_answer(opened, stage):
    """Neither what it shows nor what time it says it is counts; the next one does."""
    page = opened()
    stage.act = "late"
    stage.show(snapshots.degraded)
    polled(page, stage, 1)
    # As when the tab is frozen, or the computer sleeps, with a question on its way.
    a_minute_passes(page)
    page.evaluate(
        "() => document.addEventListener('ops:answered', () => window.believed = true)"
    )
    stage.act = "never"
    with page.expect_event("requestfinished"):
        stage.released.set()
    page.wait_for_timeout(200)
    assert page.evaluate("window.believed") is None
    expect(page.locator(HEADLINE)).to_have_text("Healthy")
    stage.act = "well"
    expect(page.locator(HEADLINE)).to_have_text("Degraded")


def test_a_slow_answer_makes_nothing_younger(opened, stage):
    """It says what time it was when it was sent, seconds ago."""
    stage.interval = 3
    page = opened()
    polled(page, stage, 1)
    stage.act = "late"
    stage.show(snapshots.degraded)
    stage.collects = False
    polled(page, stage, 1)
    page.wait_for_timeout(3400)
    stage.act = "never"
    stage.released.set()
    expect(page.locator(HEADLINE)).to_have_text("Degraded")
    age = (stage.now() - stage.collected.taken_at).total_seconds()
    shown = page.locator(".fact-age .age").inner_text()
    assert int(shown.removesuffix(" s")) >= age - 2.7  # whole seconds, once a second


def test_older_news_do_not_replace_newer(opened, stage):
    """The server is heard, but what it knows is less than what is shown."""
    page = opened()
    stage.act = "behind"
    polled(page, stage, 3)
    expect(page.locator(HEADLINE)).to_have_text("Healthy")
    expect(page.locator("#lost")).to_be_hidden()
    stage.act = "well"
    stage.show(snapshots.unhealthy)
    expect(page.locator(HEADLINE)).to_have_text("Unhealthy")


def test_one_question_at_a_time(opened, stage):
    """However often it is asked for, so that no answer can overtake another."""
    page = opened()
    stage.act = "late"
    polled(page, stage, 1)
    seen = stage.polls
    for _ in range(5):
        page.keyboard.press("r")
    page.wait_for_timeout(500)
    assert stage.polls == seen
    stage.act = "well"
    stage.released.set()
    polled(page, stage, 1)

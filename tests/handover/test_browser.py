"""The digest in a real Chromium, with script and without."""

import pytest
from playwright.sync_api import expect

from opspanel.incidents import Draft, Submission, declare
from opspanel.models import Look
from tests.incident_pages.conftest import browser, browser_of, site, tab
from tests.incidents.conftest import person

__all__ = ["browser", "browser_of", "site"]  # fixtures

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
HOSTILE = '<img src=x onerror="window.hit=1">'


def test_who_takes_over_reads_copies_and_marks_it(browser_of):
    """From the list, one click each; the Markdown is in the clipboard."""
    declare(Draft(title=HOSTILE), Submission.person(person("ben")))
    context = browser_of(permissions=["clipboard-read", "clipboard-write"])
    page = tab(context, "/admin/ops/incidents")
    page.get_by_role("link", name="Since I last looked").click()
    expect(page.locator(".followed h3")).to_contain_text(HOSTILE)
    page.locator("summary").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("# Incidents since ")
    page.get_by_role("button", name="Mark as looked").click()
    expect(page.locator(".said")).to_contain_text("Noted")
    assert Look.objects.count() == 1
    assert page.evaluate("window.hit") is None
    assert page.faults == []


def test_it_works_without_script(browser_of):
    """The text stands there to be selected, and the mark is a plain form."""
    declare(Draft(title="Checkout fails"), Submission.person(person("ben")))
    page = tab(browser_of(java_script_enabled=False), "/admin/ops/incidents/since")
    page.locator("summary").click()
    expect(page.locator("#as-markdown")).to_contain_text("Checkout fails")
    expect(page.locator("[data-copies]")).to_be_hidden()
    page.get_by_role("button", name="Mark as looked").click()
    expect(page.locator(".said")).to_contain_text("Noted")


@pytest.mark.parametrize("width", [320, 390, 3840])
def test_nothing_sticks_out(browser_of, width):
    """With the longest title there can be, from a small phone to a wall."""
    declare(Draft(title="W" * 200), Submission.person(person("ben")))
    options = {"viewport": {"width": width, "height": 900}}
    page = tab(browser_of(**options), "/admin/ops/incidents/since")
    page.locator("summary").click()
    overhang = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overhang == 0

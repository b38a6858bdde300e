"""Single sign-on at a real browser, whose policy must let it go and come back."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect, sync_playwright

from tests.access.oidc.conftest import Provider, start
from tests.chromium import FLAGS, chromium

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
OVERVIEW = "/admin/ops/overview"


@pytest.fixture
def near_provider(site, trusting):
    """A provider that leads back to this very server."""
    process = start(f"{site}{reverse('ops:sign-on-callback')}")
    provider = Provider(process.stdout.readline().strip())
    trusting(provider.issuer)
    yield provider
    provider.browser.close()
    process.stdin.close()
    process.wait(10)
    process.stdout.close()


@pytest.fixture
def page(site, near_provider, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(base_url=site)
        page.set_default_timeout(15_000)
        page.faults = []
        page.on("console", lambda said: page.faults.append(said.text))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        yield page
        browser.close()


@pytest.mark.usefixtures("no_snapshots")
def test_there_and_back_and_there_again_to_prove_it(page, site, near_provider):
    """Two forms lead to another origin, and nothing is blocked."""
    near_provider.expect("ada-1", ["ops-viewers"], preferred_username="ada")
    page.goto(OVERVIEW)
    page.get_by_role("button", name="Sign in with Example ID").click()
    expect(page).to_have_url(f"{site}{OVERVIEW}")
    expect(page).to_have_title("Unknown · demo operations")
    page.goto(reverse("ops:prove"))
    page.get_by_role("button", name="Sign in with Example ID").click()
    expect(page).to_have_title("Unknown · demo operations")
    page.goto(reverse("ops:account"))
    expect(page.get_by_role("heading", name="ada")).to_be_visible()
    assert page.faults == []


def test_the_policy_lets_it_go_to_no_other_origin(page, near_provider):
    """A form that somebody smuggled in gets nowhere."""
    page.goto(reverse("ops:sign-in"))
    with page.expect_console_message(lambda said: "form-action" in said.text):
        page.evaluate(
            "document.forms[0].action = 'http://localhost:1/';"
            "document.forms[0].submit()"
        )
    assert page.url.endswith(reverse("ops:sign-in"))

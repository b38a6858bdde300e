"""Signing in at a real browser, with its virtual passkeys and an authenticator app."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import expect, sync_playwright

from opspanel.models import User
from tests.access import totp
from tests.access.conftest import PASSWORD
from tests.chromium import FLAGS, chromium

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


@pytest.fixture(autouse=True)
def required(settings):
    settings.OPSPANEL_MFA_REQUIRED = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False


def note(page, said):
    # It also tells, as a mere remark, that signing out cleared what it kept.
    if said.type in {"error", "warning"}:
        page.faults.append(said.text)


@pytest.fixture
def page(site, member):
    """An admin's browser on the panel, under a name: passkeys know no addresses."""
    member("admin")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        page.set_default_timeout(15_000)
        page.site = site
        page.faults = []
        page.on("console", lambda said: note(page, said))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        made = devtools.send(
            "WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR}
        )
        page.nobody_there = lambda: devtools.send(
            "WebAuthn.setUserVerified",
            {"authenticatorId": made["authenticatorId"], "isUserVerified": False},
        )
        yield page
        browser.close()


def open_page(page, name):
    page.goto(page.site + reverse(name))


def give_password(page):
    open_page(page, "ops:sign-in")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def sign_out(page):
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def is_on_overview(page):
    expect(page).to_have_url(page.site + reverse("ops:overview"))
    expect(page).to_have_title(re.compile(r"· demo operations$"))


def test_a_passkey_is_added_and_signs_in_alone_and_as_second_factor(page):
    """Led to enrol, enrolled, then in by the key alone, and by password and key."""
    give_password(page)
    page.get_by_role("link", name="Add one").click()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    open_page(page, "ops:overview")
    is_on_overview(page)
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()
    is_on_overview(page)
    sign_out(page)

    give_password(page)
    page.get_by_role("button", name="Use a passkey").click()
    is_on_overview(page)
    assert page.faults == []


def test_a_passkey_without_finger_or_pin_opens_nothing(page):
    """Possession alone is one factor only."""
    give_password(page)
    page.get_by_role("link", name="Add one").click()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    sign_out(page)
    page.nobody_there()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("status")).to_contain_text("No passkey")
    open_page(page, "ops:overview")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def elsewhere(act):
    """In a thread of its own: in this one the browser's event loop bars the database."""

    def do():
        act()
        connection.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(do).result()


@pytest.mark.parametrize(
    "close",
    [
        lambda user: user.authenticator_set.all().delete(),
        lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
        lambda user: user.delete(),
    ],
    ids=["passkey removed", "account deactivated", "account deleted"],
)
def test_a_passkey_opens_nothing_that_is_closed(page, close):
    """The browser still has it; the panel calmly has not."""
    give_password(page)
    page.get_by_role("link", name="Add one").click()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    sign_out(page)
    elsewhere(lambda: close(User.objects.get(username="admin")))
    # The question comes by script before the proof is sent by a form.
    with page.expect_navigation() as sent:
        page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert sent.value.status < 500
    open_page(page, "ops:overview")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_authenticator_app_is_set_up_and_asked_for(page):
    """The page shows a picture and a key; its codes open the panel from then on."""
    give_password(page)
    page.get_by_role("link", name="Set one up").click()
    picture = page.locator("img.code")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)")
    secret = page.locator("#secret").inner_text()
    totp.await_room(10)  # a code of the step before is good within this one only
    page.get_by_label("Authenticator code").fill(totp.code(secret, -1))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    sign_out(page)
    give_password(page)
    page.get_by_label("Code").fill(totp.code(secret))
    page.keyboard.press("Enter")
    is_on_overview(page)
    assert page.faults == []

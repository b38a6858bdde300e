"""What a real Chromium makes of the headers."""

import pytest
from django.conf import settings as live
from django.contrib.auth.models import Group
from django.test import Client
from playwright.sync_api import expect

from opspanel import browser_policy
from opspanel.models import User

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
ATTACKER = "http://attacker.example/"


@pytest.fixture
def signed_in(site):
    """The cookie of an admin's session, for a browser."""
    user = User.objects.create_user("ada", password="a long pass phrase")
    user.groups.add(Group.objects.get(name="admin"))
    client = Client()
    client.force_login(user)
    name = live.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": site}


@pytest.fixture
def page(signed_in, window):
    window.add_cookies([signed_in])
    window.set_default_timeout(15_000)
    return window.new_page()


def sign_out(page):
    page.get_by_role("button", name="Sign out", exact=True).click()


def test_signing_out_takes_along_what_the_browser_kept(page, site):
    """The session's cookie, and anything that a script may have put aside."""
    page.goto(f"{site}/admin/ops/account")
    page.evaluate("localStorage.kept = sessionStorage.kept = 'something'")
    sign_out(page)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    names = {cookie["name"] for cookie in page.context.cookies()}
    assert live.SESSION_COOKIE_NAME not in names


def test_a_violation_is_reported(page, site, caplog):
    """By the browser itself, to the address that the policy names."""
    page.goto(f"{site}/admin/ops/account?private=1")
    with page.expect_request(f"{ATTACKER}x"):
        page.evaluate(
            "(src) => document.body.append(Object.assign(new Image(), { src }))",
            f"{ATTACKER}x",
        )
    found = []
    while not found:  # pytest's own patience ends it
        page.wait_for_timeout(50)
        found = [r for r in caplog.records if r.msg == "malicious_csp_violation"]
    assert (found[0].directive, found[0].blocked) == ("img-src", ATTACKER[:-1])
    assert found[0].page == "/admin/ops/account"


def of_attacker(page, body):
    """A page of another site that a signed-in person was led to."""
    page.context.route(
        f"{ATTACKER}**", lambda r: r.fulfill(body=body, content_type="text/html")
    )
    page.goto(ATTACKER)


def test_a_form_of_another_site_changes_nothing(page, site):
    """Refused before anything else looks at it, with a page that says why."""
    action = f"{site}/admin/ops/sign-out"
    of_attacker(page, f"<form method=post action={action}><button>Win</button></form>")
    page.get_by_role("button", name="Win").click()
    expect(page.get_by_text("This request came from another site")).to_be_visible()
    page.goto(f"{site}/admin/ops/overview")
    expect(page.get_by_text("ada")).to_be_visible()


def test_another_site_embeds_nothing_of_ours(page, site):
    """Neither a page in a frame, nor as little as an image."""
    image = f"{site}/static/img/status-healthy.svg"
    of_attacker(
        page, f"<iframe src={site}/admin/ops/sign-in></iframe><img src={image}>"
    )
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.images[0].naturalWidth") == 0
    framed = page.frames[1]
    assert not framed.url.startswith(site) or not framed.locator("h1").count()


def test_another_site_is_not_told_where_its_visitor_was(page, site):
    """A link to a runbook sends no Referer, though our own addresses get one."""
    page.goto(f"{site}/admin/ops/account")
    page.context.route(f"{ATTACKER}**", lambda route: route.fulfill(body="there"))
    with page.expect_request(ATTACKER) as asked:
        page.evaluate("(there) => location.assign(there)", ATTACKER)
    assert "referer" not in asked.value.all_headers()


@pytest.fixture
def no_referrer(settings, monkeypatch):
    settings.SECURE_REFERRER_POLICY = "no-referrer"
    monkeypatch.setitem(browser_policy.HEADERS, "Referrer-Policy", "no-referrer")


def test_a_stricter_referrer_policy_would_break_our_own_forms(no_referrer, page, site):
    """Why it is not no-referrer: our form then looks like one of nobody's."""
    page.goto(f"{site}/admin/ops/account")
    sign_out(page)
    expect(page.get_by_role("heading", name="This form has expired")).to_be_visible()

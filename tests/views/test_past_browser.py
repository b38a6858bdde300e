"""Walking through the past in a browser: by form, by slider, by key, and back to now."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import expect

from opspanel.incidents import Draft, Submission, declare
from opspanel.models import User
from opspanel.snapshot import latest
from opspanel.snapshot.postgres import PostgresStore
from opspanel.snapshot.redis import RedisStore
from tests import snapshots
from tests.viewer import browsing

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("no_snapshots"),
]


@pytest.fixture
def page(transactional_db, monkeypatch):
    with browsing(monkeypatch) as context:
        yield context.new_page()


def a_fault_of_yesterday(*minutes):
    """Stored from noon on, a minute each; now all is well. Returns that noon."""
    now = timezone.now()
    noon = (now - timedelta(days=1)).replace(hour=12, minute=0, second=30)
    store = PostgresStore(history_days=9)
    for minute, build in enumerate(minutes):
        store.save(build(noon + timedelta(minutes=minute)))
    store.save(snapshots.healthy(now))
    RedisStore(settings.REDIS_URL).save(snapshots.healthy(now))
    latest.configured_latest.cache_clear()
    return noon


@pytest.fixture
def on_call():
    """Lets the reader record, and declares an incident."""

    def declared(title):
        user = User.objects.get(username="vera")
        user.groups.add(Group.objects.get(name="on-call"))
        declare(Draft(title=title), Submission.person(user))

    return declared


def test_a_fault_of_yesterday_is_found_again(page):
    """From the living page to a minute, on by slider and key, and back."""
    noon = a_fault_of_yesterday(
        snapshots.healthy, snapshots.unhealthy, snapshots.degraded
    )
    live = page.locator("#live")

    page.goto("/admin/ops/overview")
    page.get_by_label("The overview as it was").fill(f"{noon:%Y-%m-%dT%H:%M}")
    page.get_by_label("The overview as it was").press("Enter")
    expect(page.get_by_text("The past", exact=True)).to_be_visible()
    expect(live).to_have_attribute("data-status", "healthy")

    page.get_by_label("Minute of the day").press("ArrowRight")
    expect(page).to_have_url(re.compile("at=.*12%3A01"))
    expect(live).to_have_attribute("data-status", "unhealthy")

    page.locator("main").press("ArrowRight")
    expect(page).to_have_url(re.compile("at=.*12:02Z"))
    expect(live).to_have_attribute("data-status", "degraded")

    page.get_by_role("link", name="Now", exact=True).click()
    expect(page).to_have_url(re.compile("/admin/ops/overview$"))


def test_a_fault_is_scrubbed_to_compared_with_now_and_pinned(page, on_call):
    """What is seen of a past fault ends as a line of the incident that it caused."""
    noon = a_fault_of_yesterday(snapshots.healthy, snapshots.unhealthy)
    on_call("Checkout fails")
    page.goto(f"/admin/ops/overview?at={noon:%Y-%m-%dT%H:%MZ}")
    page.get_by_label("Minute of the day").press("ArrowRight")
    expect(page).to_have_url(re.compile("at=.*12%3A01"))
    expect(page.locator("#live")).to_have_attribute("data-status", "unhealthy")
    expect(page.locator(".was")).to_contain_text("API errors 14% > 10%")

    page.get_by_role("link", name="Compare with now").click()
    firsts = page.locator(".firsts")
    expect(firsts.locator("li").first).to_contain_text("became")
    expect(page.get_by_role("region", name="States of both")).to_contain_text("differs")
    page.get_by_role("link", name="The earlier one whole").click()

    page.get_by_text("Pin this moment to an incident").click()
    page.get_by_role("button", name="Pin to INC-").click()
    line = page.locator(".event.kind-pinned")
    expect(line).to_contain_text("API errors 14% > 10%")
    line.get_by_role("link", name="The overview of").click()
    expect(page).to_have_url(re.compile(r"at=.*12:01Z$"))
    expect(page.locator("#live")).to_have_attribute("data-status", "unhealthy")

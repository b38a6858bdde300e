"""The page of what fires."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from opspanel.alerts import listing
from opspanel.models import User
from opspanel.panel.load import configured_panel
from tests.alerts.conftest import alert

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    """`page(role)`: its text, as somebody of that role sees it."""

    def get(role="on-call"):
        user = User.objects.create_user(f"a-{role}")
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return client.get(reverse("ops:alerts")).text

    return get


def test_before_any_delivery_nothing_is_known(page):
    """It says so, and never that nothing fires."""
    text = page()
    assert "No alert was ever delivered here" in text
    assert "What fires is not known" in text
    assert "Nothing fires" not in text


def test_without_a_watchdog_quiet_means_nothing(page, deliver):
    """An Alertmanager that has nothing to tell and one that is gone look the same."""
    assert configured_panel().alerts.watchdog is None
    deliver(alert(ended=4))
    text = page()
    assert "No watchdog is named" in text
    assert "Last delivery" in text
    assert "What fires is not known" in text
    assert "Nothing fires" not in text


def test_a_storm_is_counted_and_stays_a_small_page(page, deliver):
    """5,000 alerts: a hundred are listed, the others counted, in less than 300 KB."""
    for first in range(0, 5000, 1000):
        storm = range(first, first + 1000)
        deliver(*(alert(f"Storm{n}", fingerprint=f"{n:016x}") for n in storm))
    text = page("viewer")
    assert "4900 more alerts" in text.replace(",", "")
    assert text.count("Storm") < 1000
    assert len(text.encode()) < 300_000


def test_a_firing_alert_leads_to_a_filled_in_declaration(page, deliver):
    """Title, severity, service, start and problem come along for who may declare."""
    deliver(alert(), truncatedAlerts=3)
    text = page()
    assert "HighErrorRate" in text
    for part in (
        "title=HighErrorRate",
        "severity=2",
        "service=api",
        "dedup_key=sha256%3A",
    ):
        assert part in text
    assert "3 more alerts were left out" in text


def test_a_viewer_sees_it_and_is_offered_nothing(page, deliver):
    """The link to declare is for those who may."""
    deliver(alert())
    text = page("viewer")
    assert "HighErrorRate" in text
    assert "Declare from this" not in text


def test_what_was_declared_from_an_alert_has_it(client, deliver, page):
    """The incident is about the same problem, and its page says what its alerts do."""
    deliver(alert())
    page()
    (shown,) = listing.firing(configured_panel(), timezone.now()).alerts
    form = {"title": "Checkout", "client_key": uuid4(), "dedup_key": shown.dedup_key}
    made = client.post(reverse("ops:incident-declare"), form)
    assert made.status_code == 303
    incident = client.get(made["Location"])
    assert "1 alert firing" in incident.text
    assert listing.unattached(configured_panel()) == 0
    deliver(alert(ended=4))
    assert "Its alert is quiet" in client.get(made["Location"]).text


def test_mark_up_in_a_summary_is_text(page, deliver):
    """What Alertmanager sends is never markup, nor part of an address."""
    hostile = alert()
    hostile["annotations"] = {"summary": '"><script>alert(1)</script>&x=1'}
    deliver(hostile)
    assert "<script>alert" not in page()
    assert "&x=1" not in page("viewer")

"""The page of what fires."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from opspanel.models import User
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


def test_a_firing_alert_leads_to_a_filled_in_declaration(page, deliver):
    """Title, severity, service, start and problem come along for who may declare."""
    deliver(alert(), truncatedAlerts=3)
    text = page()
    assert "HighErrorRate" in text
    for part in ("title=HighErrorRate", "severity=2", "service=api", "dedup_key=am%3A"):
        assert part in text
    assert "3 more alerts were left out" in text


def test_a_viewer_sees_it_and_is_offered_nothing(page, deliver):
    """The link to declare is for those who may."""
    deliver(alert())
    text = page("viewer")
    assert "HighErrorRate" in text
    assert "Declare from this" not in text


def test_mark_up_in_a_summary_is_text(page, deliver):
    """What Alertmanager sends is never markup, nor part of an address."""
    hostile = alert()
    hostile["annotations"] = {"summary": '"><script>alert(1)</script>&x=1'}
    deliver(hostile)
    assert "<script>alert" not in page()
    assert "&x=1" not in page("viewer")

"""The register of screens: what an admin sees and does there."""

import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from opspanel.models import AuditEvent, Screen

pytestmark = pytest.mark.django_db
REGISTER = "/admin/ops/screens"


@pytest.fixture
def admin(person):
    return person("admin")


def states(admin):
    listed = admin.get(REGISTER).context["listed"]
    return {each.screen.name: each.state for each in listed}


def test_it_tells_the_silent_from_the_live(admin, approved):
    """Never seen, seen just now, silent for minutes, over, revoked: a word for each."""
    now = timezone.now()
    for name, changes in {
        "new": {},
        "live": {"seen_at": now - timedelta(seconds=14)},
        "silent": {"seen_at": now - timedelta(minutes=4)},
        "over": {"expires_at": now, "seen_at": now},
        "gone": {"revoked_at": now, "revoked_for": "reuse"},
    }.items():
        screen, _ = approved(name)
        Screen.objects.filter(pk=screen.pk).update(**changes)
    assert states(admin) == {
        "new": "waiting",
        "live": "live",
        "silent": "silent",
        "over": "expired",
        "gone": "revoked",
    }
    text = admin.get(REGISTER).text
    assert "1 screen is silent" in text
    assert "14 s" in text
    assert "an old token of it came back" in text


def test_it_tells_an_old_page_from_a_current_one(admin, approved):
    """Which build a wall runs is seen from afar."""
    current = admin.get(REGISTER).context["build"]
    for build in (current, "0123456789ab"):
        screen, _ = approved(build)
        Screen.objects.filter(pk=screen.pk).update(build=build)
    text = admin.get(REGISTER).text
    assert ">current<" in text
    assert "another <small>0123456789ab" in text


def test_a_change_is_audited_and_reaches_the_wall(admin, wall_client):
    """Name, place, layout: old and new in the trail, and another mark for the page."""
    pk = wall_client.screen.pk
    fields = {"name": "Kitchen", "place": "Bonn", "boards": "1"}
    admin.post(reverse("ops:screen-change", args=[pk]), fields)
    page = wall_client.get("/admin/ops/wall")
    assert page["X-Ops-Screen"] == f"{pk}.2"
    assert "Kitchen" in page.text
    assert 'data-boards="1"' in page.text
    row = AuditEvent.objects.get(action="screen.change")
    assert row.metadata == {
        "old_value": "Lobby, Berlin, ground floor, boards: 4",
        "new_value": "Kitchen, Bonn, boards: 1",
    }


def test_revoking_is_audited_once(admin, wall_client):
    """Pressing twice is one act; the screen cannot be changed afterwards."""
    address = reverse("ops:screen-revoke", args=[wall_client.screen.pk])
    for _ in range(2):
        assert admin.post(address).status_code == 302
    assert AuditEvent.objects.filter(action="screen.revoke").count() == 1
    fields = {"name": "Kitchen", "place": "Bonn", "boards": "1"}
    change = reverse("ops:screen-change", args=[wall_client.screen.pk])
    assert admin.post(change, fields).status_code == 404


def test_names_are_shown_as_text(admin, approved):
    """A name is no mark-up, on the register as on the wall."""
    approved("<img src=x onerror=alert(1)>")
    assert "<img" not in admin.get(REGISTER).text
    assert "&lt;img" in admin.get(REGISTER).text


def test_a_stale_sign_in_is_led_to_prove_itself(admin, approved):
    """The register may be read; the forms are not there until then."""
    approved()
    session = admin.session
    session["signed_in_at"] = time.time() - 16 * 60
    session.save()
    text = admin.get(REGISTER).text
    assert "Prove who you are" in text
    assert "screens/approve" not in text

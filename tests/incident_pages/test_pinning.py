"""A past moment of the overview in an incident's timeline."""

from datetime import timedelta

import pytest
from django.utils import timezone

from opspanel.models import AuditEvent, IncidentEvent, SnapshotMinute
from opspanel.snapshot.postgres import PostgresStore
from tests import snapshots

pytestmark = pytest.mark.django_db


@pytest.fixture
def minute(ana):
    """A stored minute of an hour ago."""
    at = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=1)
    PostgresStore(history_days=1).save(snapshots.unhealthy(at + timedelta(seconds=9)))
    return at


def address(minute):
    return f"/admin/ops/overview?at={minute:%Y-%m-%dT%H:%MZ}"


def test_a_moment_is_pinned_from_the_past(ana, open_incident, minute):
    """Its form stands in the past view; the line lies at that moment and leads there."""
    one = open_incident()
    past = ana.client.get(address(minute)).text
    assert f'action="/admin/ops/incidents/{one.pk}/pin"' in past
    answer = ana.posts(one.pk, "pin", moment=f"{minute:%Y-%m-%dT%H:%M}")
    assert answer.status_code == 303
    event = IncidentEvent.objects.get(type="pinned")
    assert event.occurred_at == minute
    page = ana.page(one.pk).text
    line = page.partition(f'id="event-{event.seq}"')[2].partition("</li>")[0]
    assert f'href="{address(minute)}"' in line
    assert "14% &gt; 10%" in line
    row = AuditEvent.objects.get(action="incident.pin", result="success")
    assert row.metadata["new_value"] == minute.isoformat()


def test_what_it_was_stays_when_the_minute_is_trimmed(ana, open_incident, minute):
    """The line keeps the decision; the view says that nothing is stored any more."""
    one = open_incident()
    ana.posts(one.pk, "pin", moment=f"{minute:%Y-%m-%dT%H:%M}", note="It begins")
    SnapshotMinute.objects.all().delete()
    page = ana.page(one.pk).text
    assert "14% &gt; 10%" in page
    assert "It begins" in page
    assert ana.client.get(address(minute)).status_code == 404


def test_a_minute_that_is_not_stored_is_not_pinned(ana, open_incident, minute):
    one = open_incident()
    gap = minute - timedelta(minutes=5)
    answer = ana.posts(one.pk, "pin", moment=f"{gap:%Y-%m-%dT%H:%M}")
    assert answer.status_code == 422
    assert "This minute cannot be shown" in answer.text
    assert not IncidentEvent.objects.filter(type="pinned").exists()


def test_who_may_only_look_pins_nothing(vera, open_incident, minute):
    """Neither by the form, which is not shown, nor without it."""
    one = open_incident()
    assert "/pin" not in vera.client.get(address(minute)).text
    answer = vera.posts(one.pk, "pin", moment=f"{minute:%Y-%m-%dT%H:%M}")
    assert answer.status_code == 403
    assert not IncidentEvent.objects.filter(type="pinned").exists()


def test_the_page_leads_to_the_overview_of_its_declaration(ana, open_incident):
    """Also where nothing had been collected: the past view says so then."""
    one = open_incident()
    page = ana.page(one.pk).text
    assert f'href="{address(one.declared_at)}"' in page

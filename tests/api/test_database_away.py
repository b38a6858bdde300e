"""Scripts and Alertmanagers while Postgres is stopped: told to come again, nothing lost."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from opspanel.access import tokens
from opspanel.models import (
    AlertDelivery,
    AlertOccurrence,
    AuditEvent,
    Incident,
    IncidentEvent,
)
from tests.alerts.conftest import alert, message


class Script:
    """Keeps its words and its key, and may send both again."""

    def __init__(self, name, scope):
        self.client = Client(raise_request_exception=False)
        self.token = tokens.issue(name, scope, timedelta(days=1))

    def posts(self, address, body, key=""):
        headers = {"Authorization": f"Bearer {self.token}"}
        headers |= {"Idempotency-Key": key} if key else {}
        return self.client.post(
            address, json.dumps(body), content_type="application/json", headers=headers
        )


@pytest.fixture(scope="module")
def pager(own_postgres):
    return Script("pager", tokens.RECORD_INCIDENTS)


@pytest.fixture(scope="module")
def alertmanager(own_postgres):
    return Script("alertmanager", tokens.DELIVER_ALERTS)


def come_again(answer):
    """What everybody is told who may try once more."""
    assert answer.status_code == 503
    assert answer.json()["code"] == "service_unavailable"
    assert 0 < int(answer["Retry-After"]) <= 30
    assert "psycopg" not in answer.text


def test_a_declaration_is_recorded_once_when_it_is_sent_again(own_postgres, pager):
    """503 with Retry-After, nothing stored; with the same key it is one incident."""
    sent = (reverse("api:incidents"), {"title": "Sent while it was away"}, "key-1")
    with own_postgres.away():
        for _ in range(3):
            come_again(pager.posts(*sent))
    assert not Incident.objects.filter(title__startswith="Sent while").exists()
    assert [pager.posts(*sent).status_code for _ in range(2)] == [201, 200]
    assert Incident.objects.filter(title__startswith="Sent while").count() == 1


def test_an_act_is_done_once_when_it_is_sent_again(own_postgres, pager):
    """The same of a note: no line, no audit row; and one of each afterwards."""
    made = pager.posts(reverse("api:incidents"), {"title": "Open"}).json()
    note = {"type": "note", "text": "Second region takes over"}
    sent = (reverse("api:events", args=[made["id"]]), note, "key-2")
    rows = AuditEvent.objects.count()
    with own_postgres.away():
        come_again(pager.posts(*sent))
    assert Incident.objects.get(pk=made["id"]).version == 1
    assert AuditEvent.objects.count() == rows
    assert [pager.posts(*sent).status_code for _ in range(2)] == [200, 200]
    assert IncidentEvent.objects.filter(incident=made["id"], type="note").count() == 1
    assert AuditEvent.objects.count() == rows + 1


def test_alerts_are_taken_when_they_are_sent_again(own_postgres, alertmanager):
    """A 5xx is what an Alertmanager tries again after; nothing of the first is kept."""
    sent = (reverse("api:alertmanager"), message(alert()))
    with own_postgres.away():
        come_again(alertmanager.posts(*sent))
    assert not AlertOccurrence.objects.exists()
    assert not AlertDelivery.objects.exists()
    assert alertmanager.posts(*sent).json()["began"] == 1

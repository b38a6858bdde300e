"""Deploys as marks: told by token, once for each service, version and minute."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from opspanel.access import tokens
from opspanel.history import deploys
from opspanel.models import AuditEvent, Deploy
from tests import snapshots
from tests.views.test_past import FAULT, shown, stored, viewer

__all__ = ["viewer"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_snapshots")]
COMMIT = hashlib.sha256(b"a commit").hexdigest()[:40]


@pytest.fixture
def tell(client):
    token = tokens.issue("pipeline", tokens.RECORD_DEPLOYS, timedelta(days=1))

    def post(told, token=token):
        body = told if isinstance(told, str) else json.dumps(told)
        return client.post(
            "/api/v1/deploys",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )

    return post


def written():
    return AuditEvent.objects.filter(action="deploy.record")


def test_a_deploy_is_one_mark_however_many_tell_of_it(tell):
    """Collapsed by service, version and minute; audited once."""
    now = timezone.now().replace(second=1, microsecond=0)
    minute = now.replace(second=0)
    told = {"service": "api", "version": "1.4.2"}
    first = tell(told | {"at": now.isoformat()})
    again = tell(told | {"at": (now + timedelta(seconds=58)).isoformat()})
    assert (first.status_code, again.status_code) == (201, 200)
    assert [answer.json()["known"] for answer in (first, again)] == [False, True]
    (mark,) = deploys.between(minute - timedelta(hours=1), minute, most=5)
    assert (mark.service, mark.version, mark.minute) == ("api", "1.4.2", minute)
    row = written().get()
    assert (row.target_id, row.actor_label) == ("api", "token pipeline")
    assert row.metadata["new_value"] == "1.4.2"


def test_without_a_time_it_is_now(tell):
    before = timezone.now().replace(second=0, microsecond=0)
    assert tell({"service": "api", "version": COMMIT}).status_code == 201
    assert before <= Deploy.objects.get().minute <= timezone.now()
    assert Deploy.objects.get().version == COMMIT


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"service": "nobody", "version": "1"}, "service"),
        ({"service": "<b>", "version": "1"}, "service"),
        ({"service": "api"}, "version"),
        ({"service": "api", "version": ""}, "version"),
        ({"service": "api", "version": "a b"}, "version"),
        ({"service": "api", "version": "1" * 65}, "version"),
        ({"service": "api", "version": "AKIA" + "IOSFODNN7EXAMPLQ"}, "version"),
        ({"service": "api", "version": "1", "at": "2026-11-22T14:05"}, "at"),
        ({"service": "api", "version": "1", "at": "2999-01-01T00:00Z"}, "at"),
        ({"service": "api", "version": "1", "at": "0001-01-01T00:00Z"}, "at"),
        ({"service": "api", "version": "1", "pods": 3}, "pods"),
        ("no json", "body"),
        ("[]", "body"),
        (json.dumps({"service": "api", "version": "1"}) + " " * 5000, "body"),
    ],
)
def test_what_is_not_valid_is_named_and_not_stored(tell, told, field):
    """With a sentence for the field, and without what was sent."""
    answer = tell(told)
    assert answer.status_code == 422
    assert list(answer.json()["details"]) == [field]
    assert "AKIA" not in answer.content.decode()
    assert not Deploy.objects.exists()
    assert not written().exists()


def test_another_scope_opens_nothing(tell):
    other = tokens.issue("other", tokens.RECORD_INCIDENTS, timedelta(days=1))
    assert tell({"service": "api", "version": "1"}, other).status_code == 401
    assert not Deploy.objects.exists()


def test_old_marks_go_with_a_new_one(tell):
    old = timezone.now() - deploys.KEPT - timedelta(days=1)
    Deploy.objects.create(service="api", version="0", minute=old, told_by="x")
    assert tell({"service": "api", "version": "1"}).status_code == 201
    assert [row.version for row in Deploy.objects.all()] == ["1"]


def test_the_past_leads_to_a_deploy(viewer):
    """To those of half a day around it, and to no other."""
    stored(snapshots.healthy, FAULT)
    for hours, version in ((1, "1.4.2"), (30, "1.4.3")):
        minute = FAULT.replace(second=0) - timedelta(hours=hours)
        Deploy.objects.create(
            service="api", version=version, minute=minute, told_by="pipeline"
        )
    page = shown(viewer, "2026-11-22T14:05Z").content.decode()
    assert 'href="?at=2026-11-22T13:05Z">13:05</a> <b>api</b>' in page
    assert "1.4.3" not in page

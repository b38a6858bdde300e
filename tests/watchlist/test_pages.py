"""The pages of the watchlist, and what people do there."""

from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from opspanel.models import AuditEvent, Incident, User, WatchItem, WatchSignal
from opspanel.panel.watch import WatchItem as Listed
from opspanel.terms import WatchStatus
from opspanel.watchlist.items import keep_listed
from opspanel.watchlist.judging import judge_signal
from tests.watch.given import LAST
from tests.watchlist.given import NOW, PLANTED, raised, watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    """On call."""
    user = User.objects.create_user("ada")
    user.groups.add(Group.objects.get(name="on-call"))
    client.force_login(user)
    return client


@pytest.fixture
def item():
    raised()
    return WatchItem.objects.get()


def post(client, item, act, **said):
    return client.post(reverse(f"ops:watch-{act}", args=[item.pk]), said)


def page(client, item=None):
    at = reverse("ops:watch-item", args=[item.pk]) if item else reverse("ops:watchlist")
    return unescape(client.get(at).content.decode())


def test_the_page_shows_what_was_found_and_what_people_keep(ada, item):
    listed = Listed(id="keys", title="Rotate keys", owner="security", why="because")
    keep_listed((listed,), NOW)
    shown = page(ada)
    assert "depth of the queue 150, limit 100" in shown
    assert "Rotate keys" in shown
    assert "signals are watched" in shown
    assert "redis.memory" in shown
    assert "Redis memory: never measured" in shown


def test_before_the_first_judgement_it_says_so(ada):
    """An empty watchlist is not the same as one where nothing was found."""
    shown = page(ada)
    assert "No signal was judged yet" in shown
    assert "Nothing grows unusually" not in shown


def test_an_item_shows_its_history(ada, item):
    post(ada, item, "change", status="planned", baseline="", progress="half of it")
    shown = page(ada, item)
    assert "half of it" in shown
    assert "Changed" in shown
    assert "Raised" in shown


def test_a_change_is_audited_with_before_and_after(ada, item):
    answer = post(ada, item, "change", status="in_progress", baseline="b", progress="p")
    assert answer.status_code == 302
    item.refresh_from_db()
    assert (item.status, item.baseline, item.progress) == ("in_progress", "b", "p")
    row = AuditEvent.objects.get(action="watch.change")
    assert row.metadata == {"status_from": "open", "status_to": "in_progress"}


def test_the_same_again_changes_nothing(ada, item):
    for _ in range(2):
        post(ada, item, "change", status="planned", baseline="", progress="")
    assert AuditEvent.objects.filter(action="watch.change").count() == 1


def test_confirming_is_kept_for_the_detectors_precision(ada, item):
    post(ada, item, "confirm")
    item.refresh_from_db()
    assert item.feedback == "confirmed"
    assert AuditEvent.objects.get(action="watch.confirm").metadata == {
        "policy_key": "over its limit"
    }
    assert "100%" in page(ada)


def test_dismissing_needs_a_reason(ada, item):
    answer = post(ada, item, "dismiss", mute="7")
    assert answer.status_code == 422
    item.refresh_from_db()
    assert item.status == WatchStatus.OPEN


def test_a_dismissed_item_is_done_and_its_signal_muted(ada, item):
    post(ada, item, "dismiss", reason="a load test", mute="7")
    item.refresh_from_db()
    assert (item.status, item.feedback) == ("done", "dismissed")
    assert timedelta(days=6) < item.muted_until - timezone.now() <= timedelta(days=7)
    row = AuditEvent.objects.get(action="watch.dismiss")
    assert row.metadata["reason"] == "a load test"
    judge_signal(WatchSignal.objects.get(), watch(), LAST)
    assert WatchItem.objects.count() == 1


def test_an_item_of_people_has_no_detector_to_judge(ada):
    listed = Listed(id="keys", title="Rotate keys", owner="security", why="because")
    keep_listed((listed,), NOW)
    mine = WatchItem.objects.get()
    assert post(ada, mine, "confirm").status_code == 404
    assert post(ada, mine, "dismiss", reason="no", mute="0").status_code == 404


def test_promoting_declares_one_incident_however_often_it_is_asked(ada, item):
    first = post(ada, item, "promote")
    second = post(ada, item, "promote")
    assert first["Location"] == second["Location"]
    incident = Incident.objects.get()
    assert incident.title == "depth of the queue"
    assert incident.summary == item.line
    item.refresh_from_db()
    assert (item.incident_id, item.status) == (incident.pk, "in_progress")
    assert item.feedback == "confirmed"
    assert AuditEvent.objects.filter(action="watch.promote").count() == 1


def test_secrets_that_people_type_are_not_kept(ada, item):
    post(ada, item, "change", status="open", baseline="", progress=PLANTED)
    item.refresh_from_db()
    assert PLANTED not in item.progress


def test_a_viewer_reads_and_changes_nothing(client, item):
    user = User.objects.create_user("vera")
    user.groups.add(Group.objects.get(name="viewer"))
    client.force_login(user)
    assert "How far it is" not in page(client, item)
    assert post(client, item, "confirm").status_code == 403


def test_a_reason_may_be_as_long_as_the_form_says(ada, item):
    """Whole in the item's history, and as much of it in the trail as fits there."""
    reason = "it was the nightly import " * 18
    answer = post(ada, item, "dismiss", reason=reason.strip(), mute="7")
    assert answer.status_code == 302
    assert item.events.get(type="dismissed").body == reason.strip()
    event = AuditEvent.objects.get(action="watch.dismiss")
    assert len(event.metadata["reason"]) <= 200


def test_what_is_done_stays_done_while_its_signal_has_another_open_item(ada, item):
    """Said in words, and what was typed is kept."""
    post(ada, item, "dismiss", reason="no signal", mute="0")
    again = WatchItem.objects.create(
        signal=item.signal, title="again", owner="us", severity=3, opened_at=NOW
    )
    answer = post(ada, item, "change", status="open", progress="look again")
    assert answer.status_code == 422
    shown = unescape(answer.content.decode())
    assert "another open item" in shown
    assert "look again" in shown
    assert WatchItem.objects.exclude(status="done").get() == again


def test_what_ended_lately_is_listed_however_long_it_was_open(ada, item):
    """Somebody may still say whether the detector was right."""
    long_ago, now = timezone.now() - timedelta(days=20), timezone.now()
    rows = WatchItem.objects.filter(pk=item.pk)
    rows.update(status="done", opened_at=long_ago, ended_at=now)
    assert item.title in page(ada)

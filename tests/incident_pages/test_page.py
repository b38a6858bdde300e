"""What an incident's page tells: promises that are open, then and now, and suspects."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from opspanel.audit import Actor, Target, record
from opspanel.incidents import suspects
from opspanel.incidents.evidence import compared, declared_with, evidence_of
from opspanel.models import AuditEvent, Incident
from opspanel.snapshot.latest import configured_latest, configured_stores
from opspanel.snapshot.store import save_to_all
from tests.incident_pages.conftest import HTMX, Recorder
from tests.snapshots import healthy, unhealthy

pytestmark = pytest.mark.django_db
TODO = "TODO tell the customers"


def settle_button(seq):
    return f'name="settles" value="{seq}"'


def test_a_todo_stands_out_until_somebody_settles_it(ana, open_incident):
    """One button beside its line; afterwards nothing keeps the incident open."""
    one = open_incident()
    ana.posts(one.pk, "note", note=TODO)
    ana.posts(one.pk, "note", note="Not a TODO")
    page = ana.page(one.pk).text
    assert "1 note says TODO still." in page
    assert settle_button(2) in page
    assert settle_button(3) not in page
    assert ana.posts(one.pk, "resolve", expected="open").status_code == 409
    assert ana.posts(one.pk, "note", note="Done.", settles=2).status_code == 303
    page = ana.page(one.pk).text
    assert settle_button(2) not in page
    assert "TODO still" not in page
    assert 'settled <a href="#event-2">line 2</a>' in page
    assert ana.posts(one.pk, "resolve", expected="open").status_code == 303


def test_a_viewer_sees_the_todo_and_no_button(ana, vera, open_incident):
    """What is promised is for all to see."""
    one = open_incident()
    ana.posts(one.pk, "note", note=TODO)
    page = vera.page(one.pk).text
    assert "to do</b>" in page
    assert settle_button(2) not in page


@pytest.mark.parametrize("settles", ["1", "99", "0", "x", "2147483648"])
def test_only_a_note_can_be_settled(ana, open_incident, settles):
    """Another line, one that is not there, or no number: told, and nothing is stored."""
    one = open_incident()
    told = ana.posts(one.pk, "note", note="Done.", settles=settles, headers=HTMX)
    assert told.status_code == 422
    assert told.json()["message"]
    assert "Done." in ana.posts(one.pk, "note", note="Done.", settles=settles).text
    assert Incident.objects.get(pk=one.pk).version == 1


def test_then_and_now_stand_side_by_side(ana):
    """What the platform showed at the declaration is compared with what it shows now."""
    now = timezone.now()
    save_to_all(configured_stores(), unhealthy(now - timedelta(minutes=1)))
    ana.declares()
    one = Incident.objects.get()
    later = healthy(now)
    save_to_all(configured_stores(), replace(later, throughput=later.throughput[:1]))
    configured_latest()._read_at = None
    shown = ana.page(one.pk).context
    then, present = shown["then"], shown["at_present"]
    assert (then.status, present.status) == ("unhealthy", "healthy")
    rows = {row.name: row for row in shown["compared"]}
    error = next(row for name, row in rows.items() if name.endswith("error rate"))
    assert error.then.value > error.now.value
    gone = [row for row in rows.values() if row.now is None]
    assert gone
    page = ana.page(one.pk).text
    assert "How the platform stood at the declaration" in page
    assert 'data-th="Then"' in page


def test_what_is_only_there_now_comes_last():
    """A figure that the platform has got since is no change of one that it had."""
    then, now = evidence_of(healthy()), evidence_of(healthy())
    fewer = replace(then, figures=then.figures[2:])
    rows = compared(fewer, now)
    assert [row.name for row in rows][-2:] == [one.name for one in now.figures[:2]]
    assert [row.then for row in rows][-2:] == [None, None]
    assert all(row.now is None for row in compared(then, None))


def test_what_was_kept_and_cannot_be_read_is_no_error(open_incident):
    """Evidence of another version of the panel is left out, and the page stands."""
    one = open_incident()
    assert declared_with(one.pk) is None
    assert "Nothing had been collected" in Recorder("ana").page(one.pk).text


@pytest.fixture
def revoked(db):
    """When an admin revoked a screen: an act that may have broken something."""
    by = Actor(user_id=None, label="adam", role="admin")
    record("screen.revoke", Target("screen", "7"), actor=by)
    return AuditEvent.objects.get(action="screen.revoke").created_at


def suspected(incident):
    """Whether the revoked screen is among the suspects, and how many there are."""
    rows = suspects.listed(Incident.objects.get(pk=incident.pk).started_at)
    return "screen.revoke" in {row.action for row in rows}, len(rows)


@pytest.mark.parametrize(
    ("after", "suspect"),
    [
        (timedelta(minutes=59), True),
        (timedelta(minutes=61), False),
        (timedelta(seconds=-1), False),
    ],
)
def test_suspects_are_the_acts_of_the_hour_before_the_start(
    ana, open_incident, revoked, after, suspect
):
    """An hour back, and not a second after it; their number is for all to see."""
    one = open_incident()
    Incident.objects.filter(pk=one.pk).update(started_at=revoked + after)
    found, number = suspected(one)
    assert found == suspect
    # The list ends at a hundred; the number tells of all.
    assert min(ana.page(one.pk).context["suspects"], suspects.MOST) == number


def test_who_records_and_who_signs_in_is_no_suspect(ana, open_incident, revoked):
    """Acts that change nothing of the platform are left out."""
    one = open_incident()
    ana.posts(one.pk, "note", note="Looking")
    ana.client.get(reverse("ops:incident-suspects", args=[one.pk]))
    later = Incident(started_at=timezone.now() + timedelta(seconds=5))
    actions = {row.action for row in suspects.listed(later.started_at)}
    assert "screen.revoke" in actions
    harmless = ("incident.", "auth.sign_in", "authz.deny")
    assert not [action for action in actions if action.startswith(harmless)]


def test_to_read_suspects_is_to_read_the_trail(ana, open_incident, revoked):
    """For those who may read it, and each reading is itself a row."""
    one = open_incident()
    address = reverse("ops:incident-suspects", args=[one.pk])
    assert ana.client.get(address).status_code == 403
    assert address not in ana.page(one.pk).text
    adam = Recorder("adam", "admin")
    assert address in adam.page(one.pk).text
    page = adam.client.get(address)
    assert "screen.revoke" in page.text
    assert "incident.declare" not in page.text
    row = AuditEvent.objects.get(action="audit.view", actor_label="adam")
    assert row.metadata["request_scope"] == f"before {one.ref}"


def test_links_are_kept_shown_and_taken_along(ana, vera, open_incident):
    """One a line; the old ones stay in the timeline, until they are redacted."""
    one = open_incident()
    first, second = (
        "https://chat.example.org/c/42?a=1&b=2",
        "http://tickets.example.org/7",
    )
    sent = {"seen": 1, "links": f"{first}\n\n {second} \n", "initial-links": ""}
    sent |= {"title": one.title, "initial-title": one.title}
    assert ana.posts(one.pk, "fields", **sent).status_code == 303
    page = vera.page(one.pk).text
    for link in (first, second):
        assert f'<a href="{escape(link)}" rel="noreferrer">{escape(link)}</a>' in page
    changed = {"seen": 2, "links": second, "initial-links": f"{first}\n{second}"}
    changed |= {"title": one.title, "initial-title": one.title}
    assert ana.posts(one.pk, "fields", **changed).status_code == 303
    assert "chat.example.org" in vera.page(one.pk).text
    for seq in (2, 3):
        ana.posts(one.pk, "redact", seq=seq, reason="It names a customer")
    page = vera.page(one.pk).text
    assert "chat.example.org" not in page
    assert escape(second) in page
    export = vera.client.get(reverse("ops:incident-md", args=[one.pk])).text
    assert "tickets.example.org" in export

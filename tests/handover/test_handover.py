"""Who takes over sees what happened since they last looked, and nothing is left out."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from opspanel.handover import looks
from opspanel.handover.digest import MOST_LINES, digest
from opspanel.handover.markdown import markdown
from opspanel.incidents import acknowledge, note, redact
from opspanel.models import AuditEvent, Incident, IncidentEvent, Look
from opspanel.panel.config import Alerts
from opspanel.panel.load import configured_panel
from opspanel.terms import IncidentStatus as Status
from tests.alerts.conftest import alert, deliver, token
from tests.incidents.conftest import by, made, person
from tests.snapshots import healthy

__all__ = ["by", "deliver", "made", "token"]  # fixtures

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def told(since, now=None):
    return digest(since, configured_panel(), now or timezone.now())


def numbers(group):
    return [one.incident.id for one in group]


@pytest.fixture
def since(db):
    """Between what a test made before it called this and what it makes after."""

    def now():
        return IncidentEvent.objects.order_by("-recorded_at")[0].recorded_at

    return now


def test_new_changed_and_untouched_incidents_stand_apart(made, by, since):
    """Each in one group; what is over and was not touched is not told."""
    changed, quiet, over = made(), made(), made(Status.RESOLVED)
    looked_at = since()
    new = made(severity=1)
    note(changed.pk, "It rises", by("ben"))
    found = told(looked_at)
    assert numbers(found.new) == [new.pk]
    assert numbers(found.changed) == [changed.pk]
    assert [one.id for one in found.still_open] == [quiet.pk]
    assert [line.body for line in found.changed[0].lines] == ["It rises"]
    assert over.pk not in {*numbers(found.new), *numbers(found.changed)}
    assert not found.is_empty


def test_a_new_one_that_is_over_already_is_told_too(made, since):
    """Who was away wants to know that something burnt, also if it does no longer."""
    made()
    looked_at = since()
    brief = made(Status.RESOLVED)
    assert numbers(told(looked_at).new) == [brief.pk]


def test_a_silent_owner_is_named_wherever_else_the_incident_stands(made, by, since):
    """An update that is owed is the first thing to know at a hand-over."""
    late = made(severity=1)
    acknowledge(late.pk, by("ben"))
    found = told(since(), timezone.now() + 20 * MINUTE)
    assert [one.id for one in found.silent] == [late.pk]
    assert [one.id for one in found.still_open] == [late.pk]


def test_only_the_newest_lines_are_shown_and_the_others_counted(made, by, since):
    """A night of notes is no wall of text."""
    incident = made()
    looked_at = since()
    for number in range(MOST_LINES + 3):
        note(incident.pk, f"note {number}", by())
    (followed,) = told(looked_at).changed
    assert [line.body for line in followed.lines][-1] == f"note {MOST_LINES + 2}"
    assert (len(followed.lines), followed.more) == (MOST_LINES, 3)


def test_what_was_redacted_is_told_to_nobody(made, by, since):
    """Also where its line is new to the reader."""
    incident = made()
    looked_at = since()
    noted = note(incident.pk, "Customer Example Ltd", by())
    redact(incident.pk, noted.version, "it names a customer", by())
    found = told(looked_at)
    assert found.changed[0].lines[0].redacted
    assert "Example Ltd" not in repr(found) + markdown(found)


def test_alerts_without_an_incident_are_part_of_it(deliver):
    """What fires and nobody is at, with since when."""
    deliver(alert(since=10))
    found = told(timezone.now() - 20 * MINUTE)
    assert [one.alertname for one in found.signals] == ["HighErrorRate"]
    assert "HighErrorRate" in markdown(found)


def test_markup_in_words_does_nothing_in_the_markdown(made, by, since):
    """It is pasted into other programs."""
    incident = made(title="[x](javascript:alert(1)) <img src=x>")
    note(incident.pk, "# head\n- [ ] item", by())
    text = markdown(told(timezone.now() - MINUTE))
    assert "<img" not in text.replace("\\<img", "")
    assert "\n# head" not in text
    assert "\\[x\\]\\(javascript" in text


@pytest.fixture
def page(client, no_snapshots):
    """`page(name)`: their browser, on the page of the digest."""

    class Page:
        def __init__(self, name, role="viewer"):
            self.user = person(name, role)
            self.client = Client()
            self.client.force_login(self.user)
            self.address = reverse("ops:handover")

        def get(self, **query):
            return self.client.get(self.address, query)

        def looks(self, until=None, **other):
            until = until or self.get().context["digest"].until.isoformat()
            return self.client.post(self.address, {"until": until, **other})

    return Page


def test_who_never_looked_is_shown_a_day_and_told_so(page, made):
    """Nobody begins with the whole past."""
    old, new = made(title="Long ago"), made(title="Just now")
    Incident.objects.filter(pk=old.pk).update(
        changed_at=timezone.now() - timedelta(days=2),
        status="void",
        closure_reason="test",
    )
    answer = page("vera").get()
    assert "You have not said yet that you looked" in answer.text
    assert new.ref in answer.text
    assert old.ref not in answer.text


def test_a_look_is_remembered_for_its_person_alone_and_audited(page, made):
    """The page begins there next time; everybody else's stays as it was."""
    made(title="Seen already")
    vera, ben = page("vera"), page("ben")
    until = (timezone.now() + MINUTE / 2).isoformat()
    answer = vera.looks(until)
    assert answer.status_code == 303
    assert answer["Location"] == f"{vera.address}?said=looked"
    assert "Noted" in vera.client.get(answer["Location"]).text
    assert Look.objects.get().looked_at.isoformat() == until
    assert looks.last(ben.user) is None
    row = AuditEvent.objects.get(action="incident.look")
    assert row.actor_label == "vera"
    assert row.metadata["new_value"] == until


def test_opening_the_page_is_no_look(page, made):
    """Nor is the Markdown, nor the list, nor what polls."""
    made()
    vera = page("vera")
    for address in (vera.address, reverse("ops:handover-md"), reverse("ops:incidents")):
        vera.client.get(address)
        vera.client.get(address, headers={"HX-Request": "true"})
    assert not Look.objects.exists()


def test_a_look_covers_what_the_page_told_and_no_more(page, made, by):
    """What was recorded between reading and pressing is new next time."""
    made(title="Read")
    vera = page("vera")
    until = vera.get().context["digest"].until
    later = made(title="While reading")
    vera.looks(until.isoformat())
    found = told(looks.last(vera.user))
    assert later.pk in numbers(found.new)


def test_a_look_never_moves_back(page):
    """The older of two tabs is sent later: nothing is told twice for it."""
    vera, now = page("vera"), timezone.now()
    vera.looks(now.isoformat())
    answer = vera.looks((now - MINUTE).isoformat())
    assert answer["Location"].endswith("?said=already")
    assert looks.last(vera.user) == now
    assert AuditEvent.objects.filter(action="incident.look").count() == 1


@pytest.mark.parametrize(
    "until",
    ["", "soon", "2026-01-01T00:00:00", "2999-01-01T00:00:00Z", "2026-13-41T99:00Z"],
)
def test_a_moment_that_cannot_be_is_refused(page, until):
    """Unreadable, without a zone, in the future: told, and nothing is moved."""
    vera = page("vera")
    answer = vera.client.post(vera.address, {"until": until})
    assert answer.status_code == 422
    assert "This page is damaged" in answer.text or "required" in answer.text
    assert not Look.objects.exists()


def test_nothing_to_tell_is_said_in_a_sentence(page, deliver, monkeypatch):
    """Where alerts are heard, that none is without an incident is part of it."""
    watched = configured_panel().model_copy(
        update={"alerts": Alerts(watchdog="Watchdog")}
    )
    monkeypatch.setattr("opspanel.views.handover.configured_panel", lambda: watched)
    deliver(alert(ended=5), alert("Watchdog", fingerprint="cd" * 8))
    vera = page("vera")
    vera.looks(timezone.now().isoformat())
    text = vera.get().text
    assert "Nothing happened, nothing is open and no update is owed." in text
    assert "No alert is without an incident." in text


def test_without_a_watchdog_nothing_is_said_of_what_fires(page, deliver):
    """That nothing is heard may as well be an Alertmanager that is gone."""
    deliver(alert(ended=5))
    vera = page("vera")
    vera.looks(timezone.now().isoformat())
    assert "No alert is without an incident." not in vera.get().text


def test_silence_of_the_alerts_is_not_called_quiet(page):
    """Before any delivery it is not known what fires."""
    text = page("vera").get().text
    assert "what fires is not known" in text
    assert "No alert is without an incident." not in text


def test_it_is_reached_from_the_overview_and_the_list(page):
    """One click, for all who see incidents."""
    vera = page("vera")
    link = f'href="{vera.address}"'
    assert link in vera.client.get(reverse("ops:incidents")).text
    shown = {"snapshot": healthy(), "now": timezone.now()}
    assert link in render_to_string("components/_incidents.html", shown)


def test_the_page_and_the_markdown_say_the_same(page, made, by):
    """Text that is plain, not stored, and for whoever may see the page."""
    incident = made(title="Checkout fails", severity=2)
    vera = page("vera")
    answer = vera.client.get(reverse("ops:handover-md"))
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    line = f"- **{incident.ref} SEV2 open** Checkout fails (owner: ana)"
    assert line in answer.text
    shown = vera.get().text
    assert f"{line}\n" in shown
    assert "declared this" in answer.text

"""Who types without script keeps the words when Postgres is stopped under them."""

from html.parser import HTMLParser
from uuid import uuid4

import pytest
from django.urls import reverse

from opspanel.incidents import Draft, Submission, declare
from opspanel.models import Incident, IncidentEvent
from opspanel.views.incident_acts import ACTS
from tests.faults.no_script import Browser
from tests.incidents.conftest import person

TYPED = 'Half a <b>thought</b>,\nand "the rest" & more'


class Fields(HTMLParser):
    """Names and values of the last form of a page that posts to an incident."""

    def __init__(self, page):
        super().__init__()
        self.found, self.action, self._area = {}, "", None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.action, self.found = attrs["action"], {}
        if tag == "input" and "name" in attrs:
            self.found[attrs["name"]] = attrs.get("value") or ""
        if tag == "textarea":
            self._area = attrs["name"]
            self.found[self._area] = ""

    def handle_data(self, text):
        if self._area:
            self.found[self._area] += text

    def handle_endtag(self, tag):
        if tag == "textarea":
            # Browsers leave out the first line end.
            self.found[self._area] = self.found[self._area].removeprefix("\n")
            self._area = None


@pytest.fixture
def away(own_postgres):
    """A browser with a page open, an incident, and no Postgres any more."""
    browser = Browser(role="on-call")
    made = declare(Draft(title="Checkout"), Submission.person(person("ana"), uuid4()))
    token = browser.token()
    with own_postgres.away():
        yield browser, token, made.id


def test_a_note_is_given_back_and_recorded_once_when_it_is_sent_again(own_postgres):
    """As typed, with its key: also if the first had been stored after all."""
    browser = Browser(role="on-call")
    made = declare(Draft(title="Checkout"), Submission.person(person("ana"), uuid4()))
    address, token = reverse("ops:incident-note", args=[made.id]), browser.token()
    with own_postgres.away():
        answer = browser.sends(address, token, note=TYPED, occurred_at="")
    assert answer.status_code == 503
    assert "Not saved yet" in answer.text
    assert "<b>thought" not in answer.text
    assert answer["Cache-Control"] == "no-store"
    again = Fields(answer.text)
    assert again.action == address
    assert again.found["note"] == TYPED
    for said in ("recorded", "already"):
        told = browser.client.post(again.action, again.found)
        assert told.status_code == 303
        assert told["Location"].endswith(f"said={said}")
    notes = IncidentEvent.objects.filter(incident=made.id, type="note")
    assert [note.body for note in notes] == [TYPED]


# What people write, by form; all else of a form is carried along unseen.
WORDS = {
    "declare": {"title": "Checkout", "summary": TYPED, "customer_impact": "None pay"},
    "note": {"note": TYPED},
    "pin": {"moment": "2026-11-22T14:05", "note": TYPED},
    "mitigate": {"note": "Rolled back", "expected": "open"},
    "resolve": {"note": "Over", "override": "It is over all the same"},
    "reopen": {"note": "It came back at once"},
    "fields": {"title": "Payments", "summary": TYPED, "initial-title": "Checkout"},
    "time": {"reason": "The graph says so", "time": "started_at", "seen": "1"},
    "redact": {"reason": "It names a customer", "seq": "1"},
    "void": {"note": "Nobody was hit", "closure_reason": "false_alarm"},
    "services": {"service.api": "down", "initial-service.api": "", "seen": "1"},
    "severity": {"severity": "1", "seen": "1"},
    "owner": {"owner": "7", "seen": "1"},
    "attach": {"alert": "7"},
    "detach": {"alert": "7"},
    "ack": {},
}


def test_every_recording_form_is_covered():
    """A new act is a new row here."""
    assert set(WORDS) == {"declare", *ACTS}


@pytest.mark.parametrize("form", WORDS)
def test_each_form_comes_back_whole(away, form):
    """Every value that was sent is in the form that can be sent again."""
    browser, token, number = away
    declared = form == "declare"
    address = reverse(f"ops:incident-{form}", args=[] if declared else [number])
    answer = browser.sends(address, token, **WORDS[form])
    assert answer.status_code == 503
    again = Fields(answer.text)
    assert again.action == address
    assert WORDS[form].items() <= again.found.items()
    assert {"client_key", "csrfmiddlewaretoken"} <= again.found.keys()


def test_what_is_no_field_of_the_form_is_not_shown(away):
    """Nothing but the form's own fields comes back, and of those not without end."""
    browser, token, number = away
    address = reverse("ops:incident-note", args=[number])
    answer = browser.sends(address, token, note="n" * 99_000, zyzzyva="Zyzzyva")
    assert "yzzyva" not in answer.text
    assert "its end is missing here" in answer.text
    assert len(answer.content) < 30_000


def test_a_form_of_another_site_gets_nothing_back(away):
    """Words that a stranger put there would be sent by a person in good faith."""
    browser, _, number = away
    address = reverse("ops:incident-note", args=[number])
    for token in ("", "a" * 64):
        answer = browser.sends(address, token, note="Zyzzyva")
        assert answer.status_code in {403, 503}
        assert "Zyzzyva" not in answer.text


def test_a_script_gets_its_envelope_as_before(away):
    """It has kept the words itself."""
    browser, token, number = away
    sent = {"note": "Zyzzyva", "client_key": str(uuid4()), "csrfmiddlewaretoken": token}
    headers = {"HX-Request": "true", "Accept": "application/json"}
    address = reverse("ops:incident-note", args=[number])
    answer = browser.client.post(address, sent, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")


def test_other_forms_are_not_given_back(away):
    """A password that was typed is never in an answer."""
    browser, token, _ = away
    sent = {"login": "ana", "password": "Zyzzyva", "csrfmiddlewaretoken": token}
    answer = browser.client.post(reverse("ops:sign-in"), sent)
    assert answer.status_code == 503
    assert "Zyzzyva" not in answer.text


def test_nothing_of_it_was_stored(own_postgres):
    """After all of the above the tables hold what was recorded and no more."""
    assert not Incident.objects.exclude(title="Checkout").exists()
    assert not IncidentEvent.objects.filter(body__contains="Zyzzyva").exists()

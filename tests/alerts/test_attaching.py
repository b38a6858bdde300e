"""Which alerts an incident has: of its own problem, or attached by a person."""

import pytest
from django.urls import reverse
from django.utils import timezone

from opspanel.alerts import listing
from opspanel.alerts.attaching import attach, detach
from opspanel.incidents import (
    Draft,
    InvalidError,
    Move,
    UnfinishedError,
    declare,
    move,
    telling,
)
from opspanel.incidents import (
    listing as incidents,
)
from opspanel.models import AlertOccurrence, AuditEvent, Incident
from opspanel.panel.config import Alerts
from opspanel.panel.load import configured_panel
from opspanel.terms import IncidentStatus as Status
from tests.alerts.conftest import alert
from tests.incident_pages.conftest import HTMX, Recorder
from tests.incidents.conftest import By

pytestmark = pytest.mark.django_db
KEY = "am:alertmanager:HighErrorRate:api"
RESOLVE = Move(to=Status.RESOLVED)


@pytest.fixture
def by(db):
    return By()


def lines(number):
    timeline = incidents.whole(number, timezone.now()).timeline
    return [f"{event.actor} {telling.sentence(event)}" for event in timeline]


def codes(number):
    whole = incidents.whole(number, timezone.now())
    return {finding.code: finding for finding in whole.checklist}


def state(number):
    return listing.signal_state(number, configured_panel(), timezone.now())


def test_what_was_declared_from_an_alert_says_so(deliver, by):
    """The alert is its own from the first moment, with a line of its own."""
    deliver(alert())
    made = declare(Draft(title="Checkout", dedup_key=KEY), by())
    assert lines(made.id)[1] == "ana attached an alert: alert HighErrorRate"
    assert AlertOccurrence.objects.get().incident_id == made.id


def test_a_person_attaches_an_alert_and_takes_it_back(deliver, by):
    """Each leaves a line; twice is once."""
    deliver(alert("QueueGrows"))
    made, number = (
        declare(Draft(title="Checkout"), by()),
        AlertOccurrence.objects.get().pk,
    )
    assert attach(made.id, number, by("ben")).changed
    assert not attach(made.id, number, by("ben")).changed
    assert state(made.id).firing == 1
    assert listing.unattached(configured_panel()) == 0
    assert detach(made.id, number, by("ben")).changed
    assert not detach(made.id, number, by("ben")).changed
    assert listing.unattached(configured_panel()) == 1
    assert lines(made.id)[1:] == [
        "ben attached an alert: alert QueueGrows",
        "ben detached an alert: alert QueueGrows → nothing",
    ]
    assert AuditEvent.objects.filter(action="incident.alert").count() == 2


def test_an_alert_of_the_incidents_own_problem_is_detached_for_good(deliver, by):
    """Told again, ended, fired anew: it stays away, and says nothing in the timeline.
    Its incident is not held open by it."""
    deliver(alert())
    made = declare(Draft(title="Checkout", dedup_key=KEY), by())
    assert detach(made.id, AlertOccurrence.objects.get().pk, by("ben")).changed
    told = lines(made.id)
    assert told[-1] == "ben detached an alert: alert HighErrorRate → nothing"
    for again in (alert(), alert(ended=5), alert(since=2)):
        deliver(again)
    assert lines(made.id) == told
    assert state(made.id).alerts == ()
    assert listing.unattached(configured_panel()) == 1
    assert "firing_alerts" not in codes(made.id)


def test_what_was_detached_can_be_attached_again(deliver, by):
    """To the same incident, and then it follows its problem as before; or to another."""
    deliver(alert())
    made = declare(Draft(title="Checkout", dedup_key=KEY), by())
    other = declare(Draft(title="Payments"), by())
    number = AlertOccurrence.objects.get().pk
    detach(made.id, number, by())
    assert attach(other.id, number, by()).changed
    detach(other.id, number, by())
    assert attach(made.id, number, by()).changed
    deliver(alert(ended=5))
    deliver(alert(since=2))
    assert (state(made.id).firing, state(made.id).quiet) == (1, 1)


def test_another_alert_of_the_same_problem_stays(deliver, by):
    """One instance is set apart, the others are of the incident still."""
    deliver(alert(), alert(fingerprint="cd" * 8))
    made = declare(Draft(title="Checkout", dedup_key=KEY), by())
    detach(made.id, AlertOccurrence.objects.get(fingerprint="cd" * 8).pk, by())
    deliver(alert(), alert(fingerprint="cd" * 8))
    assert state(made.id).firing == 1


def test_a_detached_alert_does_not_lead_back_to_its_problem(deliver, by):
    """Who declares from it means something else: no key of the problem goes along."""
    deliver(alert())
    made = declare(Draft(title="Checkout", dedup_key=KEY), by())
    detach(made.id, AlertOccurrence.objects.get().pk, by())
    (shown,) = listing.firing(configured_panel(), timezone.now()).alerts
    assert (shown.incident, shown.dedup_key) == (None, "")


def test_the_end_of_an_attached_alert_stands_in_the_timeline(deliver, by):
    """Although its problem is another one."""
    deliver(alert("QueueGrows"))
    made = declare(Draft(title="Checkout"), by())
    attach(made.id, AlertOccurrence.objects.get().pk, by())
    deliver(alert("QueueGrows", ended=1))
    told = "token alertmanager says that an alert ended: alert QueueGrows"
    assert told in lines(made.id)


def test_an_alert_of_another_incident_is_left_to_it(deliver, by):
    """Two incidents do not pull at one alert; the message says whose it is."""
    deliver(alert())
    first = declare(Draft(title="Checkout", dedup_key=KEY), by())
    second = declare(Draft(title="Payments"), by())
    number = AlertOccurrence.objects.get().pk
    with pytest.raises(InvalidError) as told:
        attach(second.id, number, by())
    assert told.value.messages == {"alert": f"It belongs to {first.ref} already."}
    assert not detach(second.id, number, by()).changed
    with pytest.raises(InvalidError):
        attach(second.id, number + 999, by())
    assert Incident.objects.get(pk=second.id).version == 1


def test_what_still_fires_blocks_the_end_until_there_is_a_reason(deliver, by):
    """The checklist names the alerts; a reason of ten characters overrides."""
    deliver(alert(), alert("QueueGrows", fingerprint="cd" * 8))
    made = declare(Draft(title="Checkout", dedup_key=KEY), by())
    queue = AlertOccurrence.objects.get(alertname="QueueGrows")
    attach(made.id, queue.pk, by())
    finding = codes(made.id)["firing_alerts"]
    assert finding.blocks
    assert finding.sentence.startswith("2 alerts of it fire still: ")
    assert {"HighErrorRate", "QueueGrows"} <= set(
        finding.sentence.replace(",", "").replace(".", "").split()
    )
    with pytest.raises(UnfinishedError):
        move(made.id, RESOLVE, by())
    why = Move(to=Status.RESOLVED, override="The alert rule itself is broken")
    assert move(made.id, why, by()).changed
    assert lines(made.id)[-1].endswith("The alert rule itself is broken")
    row = AuditEvent.objects.get(action="incident.resolve", result="success")
    assert row.metadata["policy_key"] == "resolved_unfinished"


def test_quiet_alerts_do_not_block(deliver, by):
    """They ended; whether the problem did is for a person to say."""
    deliver(alert())
    made = declare(Draft(title="Checkout", dedup_key=KEY), by())
    deliver(alert(ended=1))
    assert "firing_alerts" not in codes(made.id)
    assert move(made.id, RESOLVE, by()).changed


def test_where_alerts_are_not_heard_the_checklist_says_so(deliver, by, monkeypatch):
    """Quiet means nothing then; it does not block, since nobody can mend it at night."""
    deliver(alert(), alert("Watchdog", fingerprint="cd" * 8))
    made = declare(Draft(title="Checkout", dedup_key=KEY), by())
    AlertOccurrence.objects.filter(alertname="Watchdog").update(
        last_seen_at="2026-01-01T00:00:00Z"
    )
    watched = configured_panel().model_copy(
        update={"alerts": Alerts(watchdog="Watchdog")}
    )
    monkeypatch.setattr(
        "opspanel.incidents.checklist.configured_panel", lambda: watched
    )
    finding = codes(made.id)["alerts_unheard"]
    assert "not known" in finding.sentence
    assert not finding.blocks


def test_it_is_done_on_the_page_by_plain_forms(deliver, no_snapshots):
    """Choose what fires, attach it; a button beside it takes it back."""
    deliver(alert("QueueGrows"))
    ana = Recorder("ana")
    number = int(ana.declares()["Location"].split("/")[-1].split("?")[0])
    free = AlertOccurrence.objects.get()
    assert f'<option value="{free.pk}">QueueGrows api since' in ana.page(number).text
    assert ana.posts(number, "attach", alert=free.pk).status_code == 303
    shown = ana.page(number).text
    assert "1 alert firing" in shown
    assert reverse("ops:incident-detach", args=[number]) in shown
    told = ana.posts(number, "resolve", headers=HTMX, expected="open")
    assert told.status_code == 409
    assert "QueueGrows" in told.json()["details"]["fields"]["override"]
    assert ana.posts(number, "detach", alert=free.pk).status_code == 303
    assert reverse("ops:incident-detach", args=[number]) not in ana.page(number).text


@pytest.mark.parametrize("sent", [{}, {"alert": "x"}, {"alert": 4242}, {"alert": ""}])
@pytest.mark.parametrize("act", ["attach", "detach"])
def test_an_alert_that_there_is_not_is_refused(act, sent, no_snapshots):
    """Whatever number is sent, nothing is written."""
    ana = Recorder("ana")
    number = int(ana.declares()["Location"].split("/")[-1].split("?")[0])
    assert ana.posts(number, act, **sent).status_code == 422
    assert Incident.objects.get(pk=number).version == 1

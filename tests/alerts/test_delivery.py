"""What an Alertmanager tells, and what becomes of it."""

import json

import pytest
from django.utils import timezone

from opspanel.access import tokens
from opspanel.alerts import listing
from opspanel.alerts.delivery import take
from opspanel.incidents import Draft, Move, Submission, declare, move, telling
from opspanel.incidents import listing as incidents
from opspanel.incidents.problem import problem_digest
from opspanel.incidents.signals import Way
from opspanel.models import (
    AccessToken,
    AlertDelivery,
    AlertOccurrence,
    AuditEvent,
    Incident,
)
from opspanel.panel.config import Alerts
from opspanel.panel.load import configured_panel
from opspanel.terms import IncidentEventType, IncidentOrigin, IncidentStatus
from opspanel.views.alertmanager import MOST_BYTES
from tests.alerts.conftest import alert, at, message

pytestmark = pytest.mark.django_db
KEY = "am:alertmanager:HighErrorRate:api"


@pytest.fixture
def panel():
    return configured_panel()


def firing(panel):
    return listing.firing(panel, timezone.now())


def test_a_firing_alert_becomes_an_unattached_signal(deliver, panel):
    """Its name, service and severity are told; no incident is opened by it."""
    assert deliver(alert()).json()["began"] == 1
    (shown,) = firing(panel).alerts
    assert (shown.alertname, shown.service, shown.severity) == (
        "HighErrorRate",
        "api",
        2,
    )
    assert shown.incident is None
    assert firing(panel).unattached == 1
    assert not Incident.objects.exists()


def test_the_same_alert_again_is_no_second_one(deliver, panel):
    """A repeat keeps the earliest start and one occurrence."""
    deliver(alert(since=10))
    assert deliver(alert(since=30)).json()["began"] == 0
    (shown,) = firing(panel).alerts
    assert (timezone.now() - shown.starts_at).total_seconds() > 29 * 60


def test_each_alert_speaks_for_itself(deliver, panel):
    """One message ends one and begins another, whatever its own status says."""
    deliver(alert(fingerprint="aa"))
    deliver(
        alert(fingerprint="aa", ended=1), alert(fingerprint="bb"), status="resolved"
    )
    assert [row.fingerprint for row in AlertOccurrence.objects.filter(ended_at=None)]
    assert AlertOccurrence.objects.get(ended_at=None).fingerprint == "bb"


def test_what_a_message_leaves_out_goes_on(deliver, panel):
    """Absence is no end: a silenced alert is never said to be over."""
    deliver(alert(fingerprint="aa"), alert(fingerprint="bb"))
    deliver(alert(fingerprint="aa", ended=1))
    assert len(firing(panel).alerts) == 1


def test_an_end_before_the_start_is_ignored(deliver, panel):
    """A late end of an earlier firing ends nothing."""
    deliver(alert(since=5))
    deliver(alert(since=60, ended=30))
    assert len(firing(panel).alerts) == 1


def test_a_late_retry_of_a_firing_opens_nothing(deliver, panel):
    """The alert is over; the message that it fires came late."""
    deliver(alert(since=30))
    deliver(alert(since=30, ended=10))
    deliver(alert(since=30))
    assert firing(panel).alerts == ()


def test_it_fires_again(deliver, panel):
    """A later start after an end is a new occurrence of the same alert."""
    deliver(alert(since=30))
    deliver(alert(since=30, ended=20))
    assert deliver(alert(since=5)).json()["began"] == 1
    assert AlertOccurrence.objects.count() == 2


def test_an_end_without_its_beginning_is_kept_once(deliver, panel):
    """The firing never came: it counts as over, also when it is said twice."""
    deliver(alert(since=30, ended=10))
    deliver(alert(since=30, ended=10))
    assert AlertOccurrence.objects.count() == 1
    assert firing(panel).alerts == ()


def test_two_alertmanagers_do_not_end_each_others_alerts(deliver, panel):
    """The same fingerprint from another source is another alert."""
    deliver(alert(), source="eu")
    deliver(alert(), source="us")
    deliver(alert(ended=1), source="us")
    assert [shown.source for shown in firing(panel).alerts] == ["eu"]


def test_truncation_is_told(deliver, panel):
    """Alerts that were left out may fire as well: nobody may read the rest as all."""
    assert deliver(alert(), truncatedAlerts=7).json()["truncated"] == 7
    assert firing(panel).left_out == 7
    deliver(alert())
    assert firing(panel).left_out == 0


@pytest.mark.parametrize(
    "bad",
    [
        {"status": "firing"},
        "text",
        None,
        alert(alertname=""),
        alert() | {"startsAt": "yesterday"},
        alert(ended=5) | {"endsAt": "0001-01-01T00:00:00Z"},
        alert() | {"labels": {"alertname": "x"} | {str(n): "" for n in range(99)}},
        alert() | {"fingerprint": "' OR 1=1"},
    ],
)
def test_one_bad_alert_spoils_no_other(deliver, panel, bad):
    """The message is taken, the bad one counted."""
    response = deliver(bad, alert(fingerprint="cc"))
    assert response.status_code == 200
    assert (response.json()["bad"], response.json()["began"]) == (1, 1)
    assert AlertDelivery.objects.get().bad == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"version": "3", "alerts": []}', b'{"version": "4"}', b"\xff"],
)
def test_garbage_is_refused_and_remembered(deliver, body):
    """400, which Alertmanager does not send again, and a row that it came."""
    assert deliver(body=body).status_code == 400
    assert AlertDelivery.objects.get().outcome == "malformed"


def test_a_message_that_is_too_large_is_refused(deliver):
    """413 above 2 MiB, with a row and the cure."""
    response = deliver(body=b" " * (2 * 1024 * 1024 + 1))
    assert response.status_code == 413
    assert "max_alerts" in response.json()["message"]
    assert AlertDelivery.objects.get().outcome == "too_large"


def test_no_token_no_entry(deliver):
    """Nothing is stored for a stranger, and a wrong token leaves a denial."""
    before = AuditEvent.objects.latest("seq").seq
    denials = AuditEvent.objects.filter(seq__gt=before, action="authz.deny")
    assert deliver(alert(), bearer=None).status_code == 401
    assert not denials.exists()
    assert deliver(alert(), bearer="x" * 43).status_code == 401
    assert denials.count() == 1
    assert not AlertDelivery.objects.exists()


def test_two_tokens_are_good_at_once(deliver, token):
    """A new one works beside the old one until that is revoked."""
    lifetime = AccessToken.objects.get().expires_at - timezone.now()
    new = tokens.issue("alertmanager-2", tokens.DELIVER_ALERTS, lifetime)
    assert deliver(alert()).status_code == 200
    assert deliver(alert(), bearer=new).status_code == 200
    tokens.revoke("alertmanager")
    assert deliver(alert()).status_code == 401
    assert deliver(alert(), bearer=new).status_code == 200
    assert AlertOccurrence.objects.count() == 1


def test_a_token_of_another_scope_is_none(deliver, token):
    """What reads the overview delivers no alerts."""
    lifetime = AccessToken.objects.get().expires_at - timezone.now()
    other = tokens.issue("reader", tokens.READ_OVERVIEW, lifetime)
    assert deliver(alert(), bearer=other).status_code == 401


def test_hostile_text_is_cleaned_and_hostile_links_go(deliver, panel):
    """Labels and annotations come from outside: secrets, mark-up and schemes."""
    hostile = alert(service="api", severity="critical", env="password=hunter2hunter2")
    hostile["annotations"] = {"summary": "token ghp_0123456789abcdefghijABCDEFGHIJ4567"}
    hostile["generatorURL"] = "javascript:alert(1)"
    deliver(hostile)
    (shown,) = firing(panel).alerts
    assert shown.link is None
    kept = repr(AlertOccurrence.objects.values().get()) + repr(shown)
    assert "hunter2" not in kept
    assert "ghp_" not in kept
    assert "[REDACTED]" in kept


def test_an_unknown_severity_is_the_middle_one_and_said_so(deliver, panel):
    """Never the top one: it is marked as not mapped."""
    deliver(alert(severity="blocker"))
    (shown,) = firing(panel).alerts
    assert (shown.severity, shown.severity_known) == (3, False)


def incident_of_the_alert():
    return declare(Draft(title="Checkout fails", dedup_key=KEY), Submission.system())


def test_an_open_incident_takes_the_alerts_of_its_problem(deliver, panel):
    """They are attached, and its timeline tells when they begin and end."""
    made = incident_of_the_alert()
    deliver(alert())
    (shown,) = firing(panel).alerts
    assert shown.incident == (made.id, made.ref)
    assert firing(panel).unattached == 0
    deliver(alert(ended=1))
    incident = Incident.objects.get()
    told = [event.type for event in incident.events.order_by("seq")][1:]
    assert told == [IncidentEventType.ALERT_FIRING, IncidentEventType.ALERT_RESOLVED]
    assert incident.status == IncidentStatus.OPEN
    audited = AuditEvent.objects.filter(action="incident.alert", target_id=made.ref)
    assert audited.count() == 2


def test_alerts_resolve_nothing_and_join_nothing_that_is_over(deliver, panel):
    """A resolved incident gets no new alert; it is a signal without an incident."""
    made = incident_of_the_alert()
    move(made.id, Move(to=IncidentStatus.RESOLVED), Submission.system())
    deliver(alert())
    assert firing(panel).alerts[0].incident is None
    assert Incident.objects.get().events.count() == 2


def test_the_state_of_signals_stands_beside_the_incidents(deliver, panel):
    """Firing, then quiet since the end that was told, whatever the incident says."""
    made = incident_of_the_alert()

    def state():
        return listing.signal_state(made.id, panel, timezone.now())

    assert (state().firing, state().quiet, state().way) == (0, 0, Way.NEVER_USED)
    deliver(alert())
    assert (state().firing, state().quiet_since) == (1, None)
    deliver(alert(ended=4))
    assert (state().firing, state().quiet) == (0, 1)
    assert (timezone.now() - state().quiet_since).total_seconds() > 3 * 60


def with_alerts(panel, **values):
    return panel.model_copy(update={"alerts": Alerts(**values)})


def test_a_watchdog_that_is_not_heard_makes_quiet_mean_nothing(deliver, panel):
    """With a watchdog the way is open only while it is told again and again."""
    watched = with_alerts(panel, watchdog="Watchdog", watchdog_seconds=60)
    assert firing(watched).way == Way.NEVER_USED
    deliver(alert("Watchdog"))
    assert firing(watched).way == Way.OPEN
    assert firing(watched).alerts == ()
    AlertOccurrence.objects.update(last_seen_at="2026-01-01T00:00:00Z")
    assert firing(watched).way == Way.SILENT


def test_a_rule_opens_one_incident_for_one_firing(deliver, settings, panel):
    """Named in panel.toml, an alert declares by itself, and not anew once resolved."""
    declaring = with_alerts(panel, declare=("HighErrorRate",))
    by = Submission.script("am")
    body = json.dumps(message(alert(), alert(fingerprint="bb"))).encode()
    (ref,) = take(body, "alertmanager", declaring, by).declared
    incident = Incident.objects.get()
    problem = problem_digest(KEY)
    assert (incident.ref, incident.severity, incident.dedup_key) == (ref, 2, problem)
    assert incident.owner is None
    assert take(body, "alertmanager", declaring, by).declared == ()
    over = Move(to=IncidentStatus.RESOLVED, override="The rule itself is wrong")
    move(incident.pk, over, Submission.system())
    assert take(body, "alertmanager", declaring, by).declared == ()


FLOOD = 3_000


def flood(**ended):
    """Each an instance of one problem; 10,000 fit into one message."""
    one = {"status": "firing", "startsAt": at(9)} | ended
    labels = {"alertname": "HighErrorRate", "service": "api"}
    return [
        one | {"labels": labels, "fingerprint": f"{number:x}"}
        for number in range(FLOOD)
    ]


def taken(alerts):
    by = Submission.script("alertmanager", origin=IncidentOrigin.ALERT)
    body = json.dumps(message(*alerts)).encode()
    assert len(body) < MOST_BYTES
    return take(body, "alertmanager", configured_panel(), by)


def test_a_flood_costs_no_statement_for_each(db, django_assert_max_num_queries):
    """Thousands in one message: first told, then again, then ended. Their incident
    has a line for all of them."""
    made = incident_of_the_alert()
    for alerts in (flood(), flood(), flood(status="resolved", endsAt=at(1))):
        with django_assert_max_num_queries(60):
            assert taken(alerts).alerts == FLOOD
    assert AlertOccurrence.objects.exclude(ended_at=None).count() == FLOOD
    timeline = incidents.whole(made.id, timezone.now()).timeline
    assert [telling.sentence(event) for event in timeline[:2]] == [
        "says that an alert fires: alert HighErrorRate; alerts 3000",
        "says that an alert ended: alert HighErrorRate; alerts 3000",
    ]


def test_one_fingerprint_of_two_sources_is_two_alerts(deliver):
    """The end that one of them tells is not the other's."""
    deliver(alert())
    deliver(alert(), source="eu")
    deliver(alert(ended=1), source="eu")
    still = AlertOccurrence.objects.get(ended_at=None)
    assert still.source == "alertmanager"


def test_the_same_alert_twice_in_one_message_is_one(deliver):
    """Fires and ends in one breath, and fires once more later."""
    deliver(alert(since=9), alert(since=9, ended=6), alert(since=3), alert(since=2))
    ended, open_one = AlertOccurrence.objects.order_by("starts_at")
    assert ended.ended_at is not None
    assert open_one.ended_at is None


POISON = (
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
)


@pytest.mark.parametrize("when", POISON)
@pytest.mark.parametrize("field", ["startsAt", "endsAt"])
def test_a_time_that_no_page_could_read_is_a_bad_alert(deliver, panel, when, field):
    """Postgres keeps years that Python cannot read: one such row, and no page of alerts
    is shown to anybody any more. The others of the message are taken."""
    bad = alert("Poison", ended=None if field == "startsAt" else 1) | {field: when}
    told = deliver(bad, alert(fingerprint="cd" * 8)).json()
    assert told["began"] == 1
    assert [one.alertname for one in firing(panel).alerts] == ["HighErrorRate"]


@pytest.mark.parametrize("when", ["2900-01-01T00:00:00Z", "9998-12-31T23:59:59-14:00"])
def test_a_clock_that_runs_ahead_is_taken_for_ours(deliver, when):
    """Nothing fires since the future, or ends there."""
    deliver(alert() | {"startsAt": when})
    deliver(alert() | {"status": "resolved", "endsAt": when, "startsAt": when})
    row = AlertOccurrence.objects.get()
    assert row.starts_at <= row.ended_at <= timezone.now()

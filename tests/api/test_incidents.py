"""Scripts record incidents: once, with clear answers, as docs/openapi.json says."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from pydantic import TypeAdapter

from opspanel.access import tokens
from opspanel.incidents.plan import Recorded
from opspanel.incidents.reading import WholeIncident
from opspanel.models import AuditEvent, Incident, IncidentEvent
from opspanel.openapi import document

pytestmark = pytest.mark.django_db
DECLARE = "/api/v1/incidents"


class Script:
    """Whoever holds a token. Every answer must be one that the document knows."""

    def __init__(self, client, token):
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def declare(self, key=None, **body):
        return self.post("incidents", [], {"title": "Checkout fails"} | body, key)

    def act(self, number, key=None, **body):
        return self.post("events", [number], body, key)

    def post(self, route, arguments, body, key=None):
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        sent = body if isinstance(body, bytes) else json.dumps(body)
        answer = self.client.post(
            reverse(f"api:{route}", args=arguments),
            sent,
            content_type="application/json",
            headers=headers,
        )
        return known(answer, route, "post")

    def read(self, number):
        address = reverse("api:incident", args=[number])
        return known(self.client.get(address, headers=self.headers), "incident", "get")


PATHS = {
    "incidents": DECLARE,
    "incident": f"{DECLARE}/{{number}}",
    "events": f"{DECLARE}/{{number}}/events",
}


def known(answer, route, method):
    told = document()["paths"][PATHS[route]][method]["responses"]
    assert str(answer.status_code) in told
    model = told[str(answer.status_code)]["content"]["application/json"]["schema"]
    kind = model["$ref"].rpartition("/")[2]
    if kind == "Problem":
        assert set(answer.json()) == {"code", "message", "correlation_id", "details"}
    else:
        adapter = {"Recorded": Recorded, "WholeIncident": WholeIncident}[kind]
        TypeAdapter(adapter).validate_json(answer.content, strict=False)
    return answer


@pytest.fixture
def script(client):
    token = tokens.issue("pager", tokens.RECORD_INCIDENTS, timedelta(days=1))
    return Script(client, token)


def test_the_document_is_what_the_types_say():
    """docs/openapi.json was made anew after the last change of a type (manage.py openapi)."""
    written = json.loads(Path(settings.BASE_DIR, "docs", "openapi.json").read_text())
    assert written == json.loads(json.dumps(document()))


def test_a_title_is_enough(script):
    """201 with the reference and where to read it; the trail says which token it was."""
    answer = script.declare()
    assert answer.status_code == 201
    assert answer.json()["ref"] == Incident.objects.get().ref
    assert answer["Location"] == reverse("api:incident", args=[answer.json()["id"]])
    audited = AuditEvent.objects.get(action="incident.declare")
    assert (audited.actor_label, audited.actor_role) == ("token pager", "token")


def test_everything_that_a_declaration_can_say(script):
    """Services with impact, runbook, times and drill come back as they were sent."""
    start = (timezone.now() - timedelta(minutes=20)).isoformat()
    made = script.declare(
        severity=2,
        services={"api": "down"},
        runbooks=["ops.api.degradation"],
        links=["https://chat.example.org/c/42?thread=7"],
        is_drill=True,
        started_at=start,
        summary="Since the deploy",
    ).json()
    told = script.read(made["id"]).json()
    incident = told["incident"]
    assert (incident["severity"], incident["is_drill"]) == (2, True)
    assert incident["services"] == [{"service": "api", "impact": "down"}]
    assert told["runbooks"] == ["ops.api.degradation"]
    assert told["links"] == ["https://chat.example.org/c/42?thread=7"]
    assert told["summary"] == "Since the deploy"


def test_the_same_key_records_once(script):
    """A retry gets the first incident, without a second event; another key makes more."""
    first = script.declare("k1")
    again = script.declare("k1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.json()["id"], again.json()["replayed"]) == (first.json()["id"], True)
    assert script.declare("k2").status_code == 201
    assert IncidentEvent.objects.count() == 2


def test_a_key_with_another_body_is_told(script):
    """Neither taken for a retry, so that its words were lost, nor recorded: 422."""
    made = script.declare("k1").json()
    script.act(made["id"], "k2", type="note", text="Looking")
    for answer in (
        script.declare("k1", title="Something else"),
        script.act(made["id"], "k2", type="note", text="Found it"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert IncidentEvent.objects.count() == 2
    assert script.act(made["id"], "k2", type="note", text="Looking").status_code == 200


def test_a_key_belongs_to_its_token(script, client):
    """Two scripts that count from 1 do not take each other's incidents."""
    token = tokens.issue("other", tokens.RECORD_INCIDENTS, timedelta(days=1))
    assert script.declare("1").status_code == 201
    assert Script(client, token).declare("1").status_code == 201


def test_a_life_in_five_acts(script):
    """Note, acknowledgement, severity, mitigation and resolution, each once by key."""
    number = script.declare(started_at=None).json()["id"]
    script.act(number, "n", type="note", text="Second region takes over")
    script.act(number, "n", type="note", text="Second region takes over")
    script.act(number, type="acknowledge")
    version = script.read(number).json()["version"]
    changed = script.act(
        number, type="change", fields={"severity": 1, "owner": None}, seen=version
    )
    assert changed.json()["changed"]
    script.act(number, type="status", to="mitigated", expected="open")
    resolved = script.act(
        number, type="status", to="resolved", override="nobody owns a drill"
    )
    assert resolved.json()["status"] == "resolved"
    told = script.read(number).json()
    assert [event["type"] for event in told["timeline"]].count("note") == 1
    assert told["incident"]["severity"] == 1


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\u202eb"}, "title"),
        ({"title": 7}, "title"),
        ({"titel": "slip"}, "titel"),
        ({"severity": 0}, "severity"),
        ({"severity": "high"}, "severity"),
        ({"services": {"nope": "down"}}, "services"),
        ({"services": {"api": "gone"}}, "services.api"),
        ({"runbooks": ["nope"]}, "runbooks"),
        ({"started_at": "2999-01-01T00:00:00Z"}, "started_at"),
        ({"started_at": "2026-01-01T00:00:00"}, "started_at"),
        ({"recurs": 10**30}, "recurs"),
        ({"recurs": 99}, "recurs"),
    ],
)
def test_what_is_wrong_is_said_beside_its_place(script, body, place):
    """422, a sentence for the field, nothing stored, nothing quoted."""
    answer = script.declare(**body)
    assert answer.status_code == 422
    assert place in answer.json()["details"]
    assert not Incident.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"1" * 70_000])
def test_garbage_is_refused(script, body):
    """Whatever the bytes are: 422 and nothing stored."""
    assert script.post("incidents", [], body).status_code == 422
    assert not Incident.objects.exists()


def test_the_same_problem_leads_to_the_open_incident(script):
    """409 names the incident to add a note to."""
    first = script.declare(dedup_key="checkout").json()
    answer = script.declare(dedup_key="checkout")
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate_open")
    assert answer.json()["details"]["ref"] == first["ref"]


def test_a_conflict_tells_both_values(script):
    """Who comes second learns what it is now, what they wanted, by whom and when."""
    made = script.declare().json()
    seen = made["version"]
    script.act(made["id"], type="change", fields={"severity": 1}, seen=seen)
    answer = script.act(made["id"], type="change", fields={"severity": 4}, seen=seen)
    assert answer.status_code == 409
    (clash,) = answer.json()["details"]["clashes"]
    assert (clash["theirs"], clash["yours"], clash["by"]) == (1, 4, "token pager")


def test_what_is_not_allowed_from_here(script):
    """A wrong transition says what there is instead; a right that no token has is 403."""
    number = script.declare().json()["id"]
    script.act(number, type="status", to="resolved", override="this was only a test")
    stale = script.act(number, type="status", to="mitigated", expected="open")
    assert stale.status_code == 409
    void = script.act(number, type="status", to="void", closure_reason="test")
    assert void.status_code == 403


def test_an_unknown_incident_is_404(script):
    """To read and to act upon."""
    assert script.read(4711).status_code == 404
    assert script.act(4711, type="acknowledge").status_code == 404


def test_a_token_for_reading_records_nothing(client):
    """401, and one denial in the trail."""
    token = tokens.issue("reader", tokens.READ_OVERVIEW, timedelta(days=1))
    before = AuditEvent.objects.latest("seq").seq
    assert Script(client, token).declare().status_code == 401
    denials = AuditEvent.objects.filter(seq__gt=before, action="authz.deny")
    assert denials.count() == 1


def test_no_secret_is_stored(script):
    """Text of a script is cleaned like a person's."""
    made = script.declare(title="login fails, password=hunter2hunter2").json()
    script.act(
        made["id"], type="note", text="token ghp_0123456789abcdefghijABCDEFGHIJ4567"
    )
    kept = repr(list(Incident.objects.values())) + repr(
        list(IncidentEvent.objects.values())
    )
    assert "hunter2" not in kept
    assert "ghp_" not in kept

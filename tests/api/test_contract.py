"""The API keeps what docs/openapi.json promises, whatever is sent to it."""

import json
import re
from datetime import timedelta

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.urls import get_resolver
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from opspanel.access import tokens
from opspanel.incidents import Draft, Submission, declare
from opspanel.models import (
    AlertOccurrence,
    Deploy,
    Incident,
    IncidentEvent,
    IncidentMessage,
    IncidentService,
)
from opspanel.openapi import document
from opspanel.snapshot.latest import configured_stores
from opspanel.snapshot.store import save_to_all
from tests import snapshots
from tests.servers import environment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_snapshots")]
# `make soak` asks for a hundred times as many.
EXAMPLES = int(environment.get("API_EXAMPLES", "40"))
PROMISED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
PLAIN = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
STORED = [
    AlertOccurrence,
    Deploy,
    Incident,
    IncidentEvent,
    IncidentMessage,
    IncidentService,
]
SCOPES = {
    "alertmanager": tokens.DELIVER_ALERTS,
    "deploys": tokens.RECORD_DEPLOYS,
    "incidents": tokens.RECORD_INCIDENTS,
    "incidents.atom": tokens.READ_INCIDENTS,
    "incidents.json": tokens.READ_INCIDENTS,
    "overview.json": tokens.READ_OVERVIEW,
}
OPERATIONS = [
    (path, method.upper())
    for path, methods in document()["paths"].items()
    for method in methods
]


@pytest.fixture
def application():
    """In the transaction of the test, as Django's own test client is."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture
def headers():
    made = {
        scope: tokens.issue(scope, scope, timedelta(days=1))
        for scope in sorted(set(SCOPES.values()))
    }

    def of(path):
        return {"Authorization": f"Bearer {made[SCOPES[path.split('/')[3]]]}"}

    return of


def test_the_document_and_the_resolver_name_the_same_paths():
    """What scripts can reach is promised, and what is promised is there."""
    found = {
        f"/{re.sub('<[a-z]+:([a-z]+)>', r'{\1}', place)}"
        for name, place in places()
        if name.startswith("api:") or name == "ops:overview-json"
    }
    assert set(document()["paths"]) == found


def places():
    for entry in get_resolver().url_patterns:
        for route in getattr(entry, "url_patterns", ()):
            name = f"{entry.namespace}:{route.name}"
            yield name, f"{entry.pattern}{route.pattern}"


def stored():
    return [kind.objects.count() for kind in STORED]


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_answers_are_as_promised_and_refusals_store_nothing(
    path, method, mode, application, headers
):
    """No 5xx, no answer that the document does not know, nothing kept of what was
    refused; and what does not fit the document is refused."""
    promise = schemathesis.openapi.from_dict(document())
    promise.app = application
    save_to_all(configured_stores(), snapshots.unhealthy(timezone.now()))
    number = declare(Draft(title="Checkout fails"), Submission.script("first")).id
    # A read without a place in its address ignores what it does not know, as reads do.
    refuses = mode.is_negative and (method == "POST" or "{" in path)
    checks = [*PROMISED, *([negative_data_rejection] if refuses else [])]

    @PLAIN
    @given(promise[path][method].as_strategy(generation_mode=mode), st.booleans())
    def hold(case, there):
        if there and mode.is_positive and "number" in case.path_parameters:
            case.path_parameters["number"] = number
        before = stored()
        answer = case.call(headers=headers(path))
        case.validate_response(answer, checks=checks)
        assert answer.status_code < 400 or stored() == before

    hold()


words = st.text(max_size=20) | st.sampled_from(["\0", "a" * 5000, "<b>"])
names = st.sampled_from(["alertname", "service", "severity", "env"]) | words
moments = st.sampled_from(
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2026-11-26T12:00:00Z",
        "2026-11-26T12:00:00.123456789+05:30",
        1e18,
        None,
    ]
)
alerts = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["firing", "resolved"]),
        "labels": st.dictionaries(names, words, max_size=4).map(
            lambda labels: {"alertname": "X"} | labels
        ),
        "startsAt": moments,
    },
    optional={
        "endsAt": moments,
        "annotations": st.dictionaries(
            st.sampled_from(["summary", "runbook_url"]), words
        ),
        "generatorURL": words | st.just("http://[::1"),
        "fingerprint": st.sampled_from(["ab" * 8, "", "0" * 64]),
        "later": st.none(),
    },
)


def test_whatever_alerts_say_the_message_is_taken(client, headers):
    """200 and a count of those that could not be read: the sender tries none again."""

    @settings(PLAIN, max_examples=4 * EXAMPLES)
    @given(st.lists(alerts, max_size=4))
    def taken(several):
        answer = client.post(
            "/api/v1/alertmanager",
            json.dumps({"version": "4", "alerts": several, "new": {}}),
            content_type="application/json",
            headers=headers("/api/v1/alertmanager"),
        )
        assert answer.status_code == 200, several
        assert answer.json()["alerts"] == len(several)

    taken()

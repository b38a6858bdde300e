"""What one act causes, in every process that has a part in it, is one trace."""

import secrets
import time
from pathlib import Path

import httpx
import pytest

from opspanel.env import DEMO_PANEL_TOML
from tests.embedded.up import Up
from tests.outgoing.listener import Listener
from tests.telemetry.sink import Sink

CORRELATION = "shift-handover-0815"
SECRET = f"ghp_{secrets.token_hex(18)}"
TRACE = secrets.token_hex(16)
# A first answer of 503, ten seconds of patience, and the pauses of three workers.
LONGEST_SECONDS = 90


@pytest.fixture(scope="module")
def sink():
    made = Sink()
    yield made
    made.close()


@pytest.fixture(scope="module")
def listener():
    made = Listener()
    made.answers = [503]
    yield made
    made.close()


@pytest.fixture(scope="module")
def stack(tmp_path_factory, sink, listener):
    """A whole platform that is traced, and one webhook with a secret in its address."""
    folder = tmp_path_factory.mktemp("traced")
    panel = folder / "panel.toml"
    hook = f'\n[[webhooks]]\nname = "pager"\nurl = "{listener.url}/{SECRET}"\n'
    panel.write_text(Path(DEMO_PANEL_TOML).read_text() + hook)
    up = Up(folder)
    up.environment |= {
        "OPSPANEL_CONFIG": str(panel),
        "OPSPANEL_WEBHOOK_SECRETS": f"pager={secrets.token_hex(16)}",
        "OTEL_EXPORTER_OTLP_ENDPOINT": sink.url,
        "OPSPANEL_TRUST_TRACES": "true",
    }
    up.ready = up.start()
    yield up
    up.process.terminate()
    up.process.wait(timeout=60)


@pytest.fixture(scope="module")
def declared(stack, listener):
    """An incident, declared by a script, told to the webhook at the second try."""
    token = stack.manage("token", "make", "e2e", "--scope", "incidents.record").stdout
    answer = httpx.post(
        f"{stack.ready['url']}/api/v1/incidents",
        json={"title": f"Nodes refuse {SECRET}", "severity": 2},
        headers={
            "Authorization": f"Bearer {token.strip()}",
            "X-Correlation-ID": CORRELATION,
            "traceparent": f"00-{TRACE}-{secrets.token_hex(8)}-01",
            "Idempotency-Key": "0f5f3a1e-6a7a-4a39-9d4b-0a4f3f3c9f10",
        },
        timeout=60,  # the stack has only just started
    )
    assert answer.status_code == 201, answer.text
    assert answer.headers["X-Correlation-ID"] == CORRELATION
    wait(lambda: len(listener.heard) >= 2)
    return answer


def wait(until):
    ends = time.monotonic() + LONGEST_SECONDS
    while not (found := until()) and time.monotonic() < ends:
        time.sleep(0.5)
    assert found
    return found


def test_a_request_its_message_and_each_try_are_one_trace(declared, sink):
    """From the script's own span to the call that reached the webhook."""
    spans = wait(lambda: complete(sink.trace(TRACE)))
    names = [span.name for span in spans]
    for name in (
        "POST api/v1/incidents",
        "scope.resolve",
        "domain.call",
        "audit.write",
        "outbox.write",
    ):
        assert name in names
    tries = [span for span in spans if span.name == "process incident.message"]
    assert sorted(span.attributes["attempt"] for span in tries) == [1, 2]
    calls = [span for span in spans if span.name == "webhook.post"]
    assert {call.parent_id for call in calls} == {span.span_id for span in tries}
    assert {span.service for span in spans} == {"opspanel-web", "opspanel-worker"}


def complete(spans):
    ended = [span for span in spans if span.name == "webhook.post"]
    return spans if len(ended) >= 2 else None


def test_every_part_carries_the_id_that_the_caller_gave(declared, sink, listener):
    """Spans, and the calls that left the house."""
    spans = wait(lambda: complete(sink.trace(TRACE)))
    assert {span.attributes.get("correlation_id") for span in spans} == {CORRELATION}
    for headers, _, _ in listener.heard[:2]:
        assert headers["X-Correlation-ID"] == CORRELATION
        assert headers["traceparent"].split("-")[1] == TRACE


def test_a_refused_try_says_so_by_its_code(declared, sink):
    """The first try failed, the second did not; nothing of the answer is quoted."""
    spans = wait(lambda: complete(sink.trace(TRACE)))
    first, second = sorted(
        (span for span in spans if span.name == "process incident.message"),
        key=lambda span: span.attributes["attempt"],
    )
    assert first.failed
    assert first.attributes["error_code"] == "upstream_failed"
    assert not second.failed


def test_tasks_are_traced_from_the_beat_to_what_they_read(declared, sink):
    """Scheduled in one process, worked off in another, with the questions it asks."""

    def passed():
        runs = [
            span for span in sink.spans if span.name == "run/opspanel.tasks.collect"
        ]
        for run in runs:
            of_run = sink.trace(run.trace_id)
            if {"prometheus.ask", "source.read"} <= {span.name for span in of_run}:
                return of_run
        return None

    spans = wait(passed)
    assert {span.service for span in spans} == {"opspanel-beat", "opspanel-worker"}
    assert {span.attributes.get("source") for span in spans} >= {
        "prometheus",
        "nats",
        "node_tasks",
        "outbox",
    }


def test_a_message_of_the_platform_is_followed_from_the_request(declared, sink):
    """An allocation: API, relay, worker; each names its event."""

    def followed():
        ended = (
            span
            for span in sink.spans
            if span.name == "process allocation.requested"
            and span.service == "demo-provisioning-worker"
        )
        for span in ended:
            spans = sink.trace(span.trace_id)
            if any(each.name == "POST /v1/allocations" for each in spans):
                return spans
        return None

    spans = wait(followed)
    assert {span.service for span in spans} >= {"demo-api", "demo-outbox-relay"}
    for span in spans:
        if span.name.startswith("process "):
            assert span.attributes["event.type"] == "allocation.requested"
            assert span.attributes["event.id"]
            assert span.attributes["subject"].startswith("provisioning.")
            assert span.attributes["correlation_id"]


def test_nothing_sensitive_leaves_with_a_span(declared, stack, sink):
    """Not a byte of the title, the address, a password or a token."""
    wait(lambda: complete(sink.trace(TRACE)))
    everything = b"".join(sink.bodies)
    held = [SECRET, "Nodes refuse", *(a["password"] for a in stack.ready["accounts"])]
    for text in held:
        assert text.encode() not in everything


def test_prometheus_reads_the_panels_own_figures(declared, stack):
    """Both web processes tell one sum, and what the last pass took."""
    prometheus = stack.ready["services"]["prometheus"]

    def value(query):
        answer = httpx.get(f"{prometheus}/api/v1/query", params={"query": query}).json()
        found = answer["data"]["result"]
        return float(found[0]["value"][1]) if found else None

    route = (
        'opspanel_requests_total{route="api/v1/incidents",method="POST",status="201"}'
    )
    assert wait(lambda: value(route)) == 1
    assert wait(lambda: value('opspanel_source_up{source="nats"}')) == 1
    assert value("opspanel_snapshot_age_seconds") < 60
    assert value("opspanel_canaries_survived") == 0

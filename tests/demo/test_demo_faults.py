"""Each fault changes the facts that the panel reads, and its end changes them back."""

import json

import pytest

from opspanel.demo.faults import FAULTS, FaultFile, UnknownFaultError
from tests.demo.running import IN_A_WHILE, eventually

OLDEST_QUEUED = """
    SELECT coalesce(extract(epoch FROM max(clock_timestamp() - created_at)), 0)
    FROM node_tasks WHERE status = 'queued'
"""
PENDING = "SELECT count(*) FROM outbox_events WHERE status = 'pending'"
FAILED = "SELECT count(*) FROM outbox_events WHERE status = 'failed'"
QUEUED = "SELECT count(*) FROM node_tasks WHERE status = 'queued'"
IN_FLIGHT = "SELECT count(*) FROM node_tasks WHERE status='dispatched' AND node_id=%s"


def growth(demo, job, name, **labels):
    """How much a counter grew since the call of this function."""
    before = demo.total(job, name, labels)
    return lambda: demo.total(job, name, labels) - before


def test_api_5xx(demo):
    """A good part of the API's answers are server errors, until it is cleared."""
    begun = failures_among_answers(demo)
    with demo.fault("api-5xx"):
        eventually(lambda: begun()[0] > 2)  # from here on it knows of the fault
        during = failures_among_answers(demo)
        failed, answered = eventually(lambda: among(during, 60), IN_A_WHILE)
        assert 0.15 < failed / answered < 0.65  # two of five; chance is 0.06 off
    eventually(lambda: failed_of(demo, 20) <= 2)  # of 20, some 8 fail in the fault


def failures_among_answers(demo):
    """(server errors, answers) of the API since the call of this function."""
    failed = growth(demo, "api", "http_server_requests_total", status_code_class="5xx")
    answered = growth(demo, "api", "http_server_requests_total")
    return lambda: (failed(), answered())


def among(figures, answers):
    """The failures among the answers, once there are so many."""
    failed, answered = figures()
    return (failed, answered) if answered >= answers else None


def failed_of(demo, answers):
    """How many of the API's next answers, so many at least, are server errors."""
    figures = failures_among_answers(demo)
    return eventually(lambda: among(figures, answers))[0]


def test_api_slow(demo):
    """Most requests take longer than 0.3 s, until it is cleared."""
    name = "http_server_request_duration_seconds"
    with demo.fault("api-slow"):
        fast = growth(demo, "api", f"{name}_bucket", le="0.3")
        every = growth(demo, "api", f"{name}_count")
        eventually(lambda: every() > 40)
        assert fast() < 0.5 * every()
    eventually(lambda: not demo.faults.active())
    fast = growth(demo, "api", f"{name}_bucket", le="0.3")
    every = growth(demo, "api", f"{name}_count")
    eventually(lambda: every() > 60)
    assert fast() > 0.5 * every()


def test_relay_down(demo):
    """A dead relay answers no scrape and its events wait; then it catches up."""
    with demo.fault("relay-down"):
        eventually(lambda: demo.scrape("outbox-relay") is None)
        eventually(lambda: demo.number(PENDING) > 8)
    eventually(lambda: demo.scrape("outbox-relay"))
    eventually(lambda: demo.number(PENDING) < 4)


def test_relay_failing(demo):
    """A relay that cannot publish counts failures, loses nothing and catches up."""
    failures = growth(demo, "outbox-relay", "outbox_publish_failures_total")
    with demo.fault("relay-failing"):
        eventually(lambda: failures() > 5)
        assert demo.number(f"{PENDING} AND attempt_count > 0") > 0
    eventually(lambda: demo.number(PENDING) < 4)


def test_dlq_growth(demo):
    """Failed rows and dead letters grow; both are gone when it is cleared."""
    with demo.fault("dlq-growth"):
        eventually(lambda: demo.number(FAILED) > 2)
        assert demo.messages("DLQ") > 2
    eventually(lambda: demo.number(FAILED) == 0 and demo.messages("DLQ") == 0)


def test_consumer_stall(demo):
    """Messages arrive and none is acknowledged; then all are."""
    stalled = ("PROVISIONING", "provisioning-worker")
    with demo.fault("consumer-stall"):
        eventually(lambda: demo.consumer(*stalled).num_ack_pending > 10)
        floor = demo.consumer(*stalled).ack_floor.stream_seq
        eventually(lambda: demo.consumer(*stalled).num_ack_pending > 20)
        assert demo.consumer(*stalled).ack_floor.stream_seq == floor
    eventually(lambda: demo.consumer(*stalled).num_ack_pending < 5)


def test_worker_failing(demo):
    """About half of the webhook worker's messages fail, until it is cleared."""
    failed = growth(demo, "webhook-worker", "worker_messages_total", outcome="failed")
    with demo.fault("worker-failing"):
        eventually(lambda: failed() > 5, IN_A_WHILE)  # by a coin each
    lag = ("PAYMENTS", "webhook-worker")
    eventually(lambda: demo.consumer(*lag).num_ack_pending < 3)


def test_worker_dead(demo):
    """A dead worker answers no scrape and its messages wait; then it catches up."""
    lag = ("BILLING", "billing-worker")
    with demo.fault("worker-dead"):
        eventually(lambda: demo.scrape("billing-worker") is None)
        eventually(lambda: demo.consumer(*lag).num_pending > 10)
    eventually(lambda: demo.scrape("billing-worker"))
    eventually(lambda: demo.consumer(*lag).num_pending < 5)


def test_queue_flood(demo):
    """The queue grows in many types and ages past ten seconds; then it is short again."""
    with demo.fault("queue-flood"):
        eventually(lambda: demo.number(QUEUED) > 100)
        eventually(lambda: demo.number(OLDEST_QUEUED) > 10)
        types = "SELECT count(DISTINCT task_type) FROM node_tasks WHERE status='queued'"
        assert demo.number(types) >= 4
    eventually(lambda: demo.number(OLDEST_QUEUED) < 5)


def test_node_dead(demo):
    """One agent is gone with tasks in hand and its queue ages; then it takes them again."""
    eventually(lambda: demo.number(IN_FLIGHT, "node-4"))
    with demo.fault("node-dead"):
        eventually(lambda: demo.scrape("node-agent", 3) is None)
        assert demo.scrape("node-agent", 0)
        eventually(lambda: demo.number(OLDEST_QUEUED) > 10)
    eventually(lambda: demo.scrape("node-agent", 3))
    eventually(lambda: demo.number(OLDEST_QUEUED) < 5)


def leaking_names(demo):
    consumers = demo.jetstream(lambda js: js.consumers_info("PROVISIONING"))
    streams = demo.jetstream(lambda js: js.streams_info())
    return [c.name for c in consumers] + [s.config.name for s in streams]


def places(demo):
    """Where an outsider could come across a leak, as one text each."""
    return {
        "metrics": demo.scrape("api"),
        "targets": (demo.state_dir / "targets.json").read_text(),
        "task types": str(demo.query("SELECT DISTINCT task_type FROM node_tasks")),
        "events": str(demo.query("SELECT subject, last_error FROM outbox_events")),
        "names": str(leaking_names(demo)),
    }


def where_seen(demo, secrets):
    return {
        place
        for place, text in places(demo).items()
        if any(secret in text for secret in secrets.values())
    }


def test_leak_secrets(demo):
    """Secrets stand in labels, names and errors, listed for tests; then all are gone."""
    with demo.fault("leak-secrets"):
        listed = eventually((demo.state_dir / "leaked.json").exists)
        secrets = json.loads((demo.state_dir / "leaked.json").read_text())
        everywhere = set(places(demo))
        eventually(lambda: where_seen(demo, secrets) == everywhere)
    eventually(lambda: not where_seen(demo, secrets), IN_A_WHILE)
    assert listed
    assert not (demo.state_dir / "leaked.json").exists()


def test_a_fault_ends_by_itself(demo):
    """A fault with a duration needs nobody to clear it."""
    demo.faults.switch_on("relay-down", 10)
    eventually(lambda: demo.scrape("outbox-relay") is None)
    eventually(lambda: demo.scrape("outbox-relay"))
    assert demo.faults.active() == {}


def test_every_fault_is_tested():
    """A new fault comes with a test of its own."""
    tested = {name.removeprefix("test_").replace("_", "-") for name in globals()}
    assert set(FAULTS) <= tested


@pytest.mark.parametrize("stored", ["", "[]", '{"no-such-fault": null}'])
def test_a_spoilt_fault_file_means_no_faults(tmp_path, stored):
    """Nothing in the file can take the demo down or switch on what does not exist."""
    (tmp_path / "faults.json").write_text(stored)
    assert FaultFile(tmp_path).active() == {}


def test_an_unknown_fault_is_refused(tmp_path):
    """A misspelt fault is an error, not a fault that never shows."""
    with pytest.raises(UnknownFaultError):
        FaultFile(tmp_path).switch_on("api-5x")

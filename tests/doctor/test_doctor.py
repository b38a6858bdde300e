"""The doctor names what is wrong and how to mend it."""

from pathlib import Path

import pytest
from django.core.management import call_command

from opspanel.doctor.promql import metric_names


@pytest.fixture
def doctor(db, capsys):
    """Runs the command; gives its exit code and its lines."""

    def run():
        try:
            call_command("doctor")
            code = 0
        except SystemExit as end:
            code = end.code
        return code, capsys.readouterr().out.splitlines()

    return run


def test_working_upstreams_are_reported_as_they_are(doctor):
    """Each upstream that answers has a line that says so."""
    _, lines = doctor()
    fine = {line.split()[1] for line in lines if line.startswith("OK")}
    assert {"redis", "prometheus", "nats", "node_tasks", "outbox"} <= fine


def test_what_the_platform_lacks_fails_with_its_name(doctor):
    """Streams and metrics that panel.toml expects and nobody has make the exit code 1."""
    code, lines = doctor()
    failed = [line for line in lines if line.startswith("FAIL")]
    assert code == 1
    assert any("stream PROVISIONING" in line for line in failed)
    assert any("metric http_server_requests_total" in line for line in failed)
    assert all("Cure:" in line for line in failed)


def test_dead_upstreams_fail_with_a_cure_and_without_their_password(doctor, settings):
    """Nothing answers: each is named with a cure, and no credential is printed."""
    settings.PROMETHEUS_URL = "http://user:hunter2-secret@127.0.0.1:1"
    settings.NATS_URL = "nats://user:hunter2-secret@127.0.0.1:1"
    settings.NODE_TASKS_DATABASE_URL = "postgres://user:hunter2-secret@127.0.0.1:1/x"
    settings.REDIS_URL = "redis://:hunter2-secret@127.0.0.1:1/0"
    code, lines = doctor()
    failed = {line.split()[1] for line in lines if line.startswith("FAIL")}
    assert code == 1
    assert {"redis", "prometheus", "nats", "node_tasks"} <= failed
    assert "hunter2" not in "\n".join(lines)


def test_a_replica_and_single_servers_are_checked_by_name(doctor, settings, tmp_path):
    """Those that panel.toml names; one that is dead fails, one that is well is told."""
    path = tmp_path / "panel.toml"
    shipped = Path(settings.OPSPANEL_CONFIG).read_text()
    replica = f"{settings.PROMETHEUS_URL}".replace("127.0.0.1", "localhost")
    path.write_text(
        f'{shipped}\n[prometheus]\nreplica_url = "{replica}"\n'
        '[nats.servers]\nn1 = "http://127.0.0.1:1"\n'
    )
    settings.OPSPANEL_CONFIG = str(path)
    code, lines = doctor()
    assert code == 1
    assert any(line.split()[:3] == ["OK", "replica's", "prometheus"] for line in lines)
    [server] = [line for line in lines if "nats server n1" in line]
    assert server.startswith("FAIL")
    assert "Cure:" in server
    assert "127.0.0.1:1" not in server


def test_a_replica_that_is_refused_fails_alone(doctor, settings, tmp_path):
    """By the name of what panel.toml has wrong; all else is checked all the same."""
    path = tmp_path / "panel.toml"
    shipped = Path(settings.OPSPANEL_CONFIG).read_text()
    same = f'[prometheus]\nreplica_url = "{settings.PROMETHEUS_URL}"\n'
    path.write_text(f"{shipped}\n{same}")
    settings.OPSPANEL_CONFIG = str(path)
    code, lines = doctor()
    assert code == 1
    [refused] = [line for line in lines if "replica" in line]
    assert refused.startswith("FAIL")
    assert "replica_url" in refused
    assert any(line.split()[:2] == ["OK", "nats"] for line in lines)


def test_unset_addresses_are_told_as_such(doctor, settings):
    """An address that is not set is a finding, with where to look it up."""
    settings.PROMETHEUS_URL = settings.NATS_URL = None
    settings.NODE_TASKS_DATABASE_URL = settings.REDIS_URL = None
    code, lines = doctor()
    assert code == 1
    assert sum("unconfigured" in line for line in lines) == 4


REGION = """
[panel]
environment = "test"
profile = "production"
contact = "the tests"
region = "eu-west"
"""
SOURCE = """
[[sources]]
id = "us-{kind}"
kind = "{kind}"
region = "us-east"
"""


def test_each_source_of_another_region_is_checked_by_name(doctor, settings, tmp_path):
    """By the addresses given for it; and whether its worker tells anything."""
    kinds = ("prometheus", "nats", "node_tasks", "outbox")
    path = tmp_path / "panel.toml"
    path.write_text(REGION + "".join(SOURCE.format(kind=kind) for kind in kinds))
    settings.OPSPANEL_CONFIG = str(path)
    settings.OPSPANEL_SOURCES = {
        "US_PROMETHEUS_URL": settings.PROMETHEUS_URL,
        "US_NODE_TASKS_URL": settings.NODE_TASKS_DATABASE_URL,
        "US_OUTBOX_URL": "postgres://user:hunter2-secret@127.0.0.1:1/x",
    }
    code, lines = doctor()
    found = [line.split()[:3] for line in lines if "us-east" in line]
    assert code == 1
    assert ["OK", "us-east", "prometheus"] in found
    assert ["OK", "us-east", "node_tasks"] in found
    for subject in ("nats", "outbox", "worker"):
        assert ["FAIL", "us-east", subject] in found
    assert "hunter2" not in "\n".join(lines)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('up{job="api"}', {"up"}),
        (
            'sum by (service) (rate(a_total{s=~"5.."}[5m])) / b_total',
            {"a_total", "b_total"},
        ),
        ("histogram_quantile(0.95, sum by (le) (rate(x_bucket[1m])))", {"x_bucket"}),
        ("a:b:rate5m and on(instance, job) up == 1", {"a:b:rate5m", "up"}),
        ('label_replace(vector(1), "a_b", "$1", "c", "d")', set()),
        ("m offset 5m unless n", {"m", "n"}),
    ],
)
def test_metric_names_are_found_in_queries(query, names):
    """Only metrics count: not functions, labels, groupings, strings or durations."""
    assert metric_names(query) == names

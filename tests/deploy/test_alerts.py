"""Rules and routes, read and tried by Prometheus' and Alertmanager's own tools."""

import json
import shutil
import subprocess

import pytest

from opspanel.panel.slo_rules import RULES_FILE, rules
from tests.deploy.places import DEPLOY, loaded
from tests.deploy.queries import panel_toml

RULES = sorted((DEPLOY / "prometheus/rules").glob("*.yml"))
# What platforms of this kind are expected to be woken for.
EXPECTED = {
    "ApiErrorRateHigh", "ApiLatencyP95High", "OutboxPublishFailures", "OutboxRelayStalled",
    "WebhookFailures", "WorkerHeartbeatLost", "ProvisioningQueueDepthHigh",
    "ProvisioningDispatchLatencyP95High", "ProvisioningTimeoutRateHigh",
    "ProvisioningFailureBurst", "SloErrorBudgetBurn", "PanelDown", "Watchdog",
}  # fmt: skip


def says(*command, cwd=None):
    return subprocess.run(
        [*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False
    )


def alerts(path):
    return [
        rule
        for group in loaded(path)["groups"]
        for rule in group["rules"]
        if "alert" in rule
    ]


def test_prometheus_takes_configuration_and_rules(promtool, tmp_path):
    """As its own tool checks them; the rules lie where the configuration looks."""
    copy = tmp_path / "rules"
    shutil.copytree(DEPLOY / "prometheus/rules", copy)
    text = (DEPLOY / "prometheus/prometheus.yml").read_text()
    place = "/etc/prometheus/rules/*.yml"
    assert place in text
    (tmp_path / "metrics-token").write_text("x")
    text = text.replace(place, f"{copy}/*.yml").replace("/run/secrets", str(tmp_path))
    (tmp_path / "prometheus.yml").write_text(text)
    said = says(promtool, "check", "config", tmp_path / "prometheus.yml")
    assert said.returncode == 0, said.stdout + said.stderr
    assert f"{len(RULES)} rule files found" in said.stdout


def test_a_rule_that_is_wrong_is_caught(promtool, tmp_path):
    """promtool reads more than YAML."""
    path = tmp_path / "x.yml"
    group = {"name": "x", "rules": [{"alert": "X", "expr": "sum(rate(up[5m])"}]}
    path.write_text(json.dumps({"groups": [group]}))
    assert says(promtool, "check", "rules", path).returncode != 0


@pytest.fixture
def tried(tmp_path):
    """The rules and their tests, to be changed."""
    for path in (*RULES, DEPLOY.parent / "tests/deploy/alert-tests.yml"):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_alerts_fire_when_they_should_and_only_then(promtool, tried):
    """By promtool's clock: fractions of a second for hours."""
    said = says(promtool, "test", "rules", "alert-tests.yml", cwd=tried)
    assert said.returncode == 0, said.stdout + said.stderr


def test_the_tests_of_alerts_can_fail(promtool, tried):
    """With a limit that nothing reaches."""
    path = tried / "platform.yml"
    path.write_text(path.read_text().replace("> 0.02", "> 2"))
    said = says(promtool, "test", "rules", "alert-tests.yml", cwd=tried)
    assert "ApiErrorRateHigh" in said.stdout + said.stderr
    assert said.returncode != 0


def test_the_rules_of_slos_are_what_panel_toml_makes():
    """`manage.py slo rules --to deploy/prometheus/rules` makes them anew."""
    assert loaded(f"prometheus/rules/{RULES_FILE}") == rules(panel_toml())


def test_what_has_to_wake_somebody_does():
    """By name, and each name once but for the one of SLOs."""
    names = [rule["alert"] for path in RULES for rule in alerts(path)]
    assert set(names) >= EXPECTED
    ours = [name for name in names if name != "SloErrorBudgetBurn"]
    assert len(set(ours)) == len(ours)


def wrong(rule, panel):
    """What the panel could not make of an alert."""
    runbooks = {entry.id for entry in panel.runbooks}
    if rule["labels"].get("severity") not in panel.alerts.severities:
        yield "severity"
    note = rule["annotations"]
    named = note.get("runbook") or note.get("runbooks", "")
    yield from (
        f"runbook {one}" for one in named.split(", ") if one and one not in runbooks
    )
    if "runbook" not in note and "runbooks" not in note:
        yield "no runbook"


def test_every_alert_has_a_severity_and_a_runbook_of_the_panel():
    """Whoever is woken finds what to do."""
    panel = panel_toml()
    found = {
        rule["alert"]: list(wrong(rule, panel))
        for path in RULES
        for rule in alerts(path)
    }
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "change",
    [
        {"labels": {"severity": "loud"}},
        {"annotations": {"summary": "x"}},
        {"annotations": {"runbook": "ops.no.such"}},
    ],
)
def test_an_alert_without_them_is_caught(change):
    """One change each."""
    rule = alerts(DEPLOY / "prometheus/rules/platform.yml")[0] | change
    assert list(wrong(rule, panel_toml()))


def test_the_watchdog_comes_before_the_panel_misses_it():
    """Twice within the time after which silence means that the way is broken."""
    panel = panel_toml()
    (route,) = loaded("alertmanager/alertmanager.yml")["route"]["routes"]
    assert f"alertname = {panel.alerts.watchdog}" in route["matchers"]
    minutes = sum(
        int(route[key].rstrip("m")) for key in ("repeat_interval", "group_interval")
    )
    assert 2 * minutes * 60 <= panel.alerts.watchdog_seconds


def test_alertmanager_takes_its_configuration(amtool):
    """As its own tool checks it."""
    said = says(amtool, "check-config", DEPLOY / "alertmanager/alertmanager.yml")
    assert said.returncode == 0, said.stdout + said.stderr


def test_a_configuration_that_is_wrong_is_caught(amtool, tmp_path):
    """A receiver that is not there."""
    text = (DEPLOY / "alertmanager/alertmanager.yml").read_text()
    path = tmp_path / "alertmanager.yml"
    path.write_text(text.replace("- name: opspanel", "- name: other"))
    assert says(amtool, "check-config", path).returncode != 0


@pytest.mark.parametrize(
    "labels", [["alertname=Watchdog"], ["alertname=X", "severity=page"]]
)
def test_every_alert_goes_to_the_panel(amtool, labels):
    """As Alertmanager would route it."""
    config = f"--config.file={DEPLOY / 'alertmanager/alertmanager.yml'}"
    said = says(
        amtool,
        "config",
        "routes",
        "test",
        config,
        "--verify.receivers=opspanel",
        *labels,
    )
    assert said.returncode == 0, said.stdout + said.stderr


def test_a_route_to_somebody_else_is_caught(amtool):
    """The tool does compare."""
    config = f"--config.file={DEPLOY / 'alertmanager/alertmanager.yml'}"
    said = says(
        amtool, "config", "routes", "test", config, "--verify.receivers=other", "a=b"
    )
    assert said.returncode != 0

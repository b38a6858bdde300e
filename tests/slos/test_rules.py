"""The rules for Prometheus, read and tried by its own tool."""

import json
import subprocess

import pytest
from django.core.management import call_command


@pytest.fixture
def written(tmp_path):
    call_command("slo", "rules", to=tmp_path, verbosity=0)
    return tmp_path


def promtool_says(promtool, folder, *arguments):
    return subprocess.run(
        [promtool, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_prometheus_takes_the_rules(promtool, written):
    """Each expression parses, and no rule is there twice."""
    said = promtool_says(promtool, written, "check", "rules", "opspanel-slo-rules.yml")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "duplicate" not in said.stdout + said.stderr


def test_the_rules_page_when_nothing_is_good_and_only_then(promtool, written):
    """The tests that are written with the rules hold."""
    name = "opspanel-slo-rules-test.yml"
    said = promtool_says(promtool, written, "test", "rules", name)
    assert said.returncode == 0, said.stdout + said.stderr


def test_the_tests_of_the_rules_can_fail(promtool, written):
    """With a limit that nothing reaches no page comes, and promtool says so."""
    path = written / "opspanel-slo-rules.yml"
    rules = json.loads(path.read_text())
    for group in rules["groups"]:
        for rule in group["rules"]:
            rule["expr"] = f"({rule['expr']}) > 5" if "alert" in rule else rule["expr"]
    path.write_text(json.dumps(rules))
    name = "opspanel-slo-rules-test.yml"
    said = promtool_says(promtool, written, "test", "rules", name)
    assert said.returncode != 0

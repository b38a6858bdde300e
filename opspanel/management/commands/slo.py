"""`manage.py slo rules`: the SLOs of panel.toml for Prometheus itself."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from opspanel.clean_command import CleanCommand
from opspanel.panel.load import configured_panel
from opspanel.panel.slo_rule_tests import rule_tests
from opspanel.panel.slo_rules import RULES_FILE, rules

TESTS_FILE = RULES_FILE.replace(".yml", "-test.yml")


class Command(CleanCommand):
    help = "Write recording and alerting rules for the SLOs, and their promtool tests."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["rules"])
        parser.add_argument("--to", type=Path, default=Path(), metavar="FOLDER")

    def handle(self, *_args: Any, **options: Any) -> None:
        panel, folder = configured_panel(), options["to"]
        if not panel.slos:
            self.stdout.write("panel.toml lists no SLO: there is nothing to write.")
            return
        folder.mkdir(parents=True, exist_ok=True)
        for name, made in ((RULES_FILE, rules(panel)), (TESTS_FILE, rule_tests(panel))):
            # JSON is YAML, and needs no rules for quoting an expression.
            (folder / name).write_text(json.dumps(made, indent=2) + "\n")
            self.stdout.write(f"Wrote {folder / name}.")
        self.stdout.write(f"Check them with: promtool test rules {TESTS_FILE}")

"""`manage.py doctor`: every upstream as the panel will use it, a line each."""

from typing import Any

from django.conf import settings

from opspanel.clean_command import CleanCommand
from opspanel.doctor import nats, own, prometheus, tables, webhooks
from opspanel.doctor.finding import Grade
from opspanel.panel.load import configured_panel
from opspanel.upstreams import nats_address, prometheus_address


class Command(CleanCommand):
    help = "Check every upstream as the panel will use it. Exit code 1 if one fails."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        panel = configured_panel()
        findings = [
            *own.examine(settings.REDIS_URL),
            *webhooks.examine(panel),
            *prometheus.examine(prometheus_address(), panel),
            *nats.examine(nats_address(), panel),
            *tables.examine(settings.NODE_TASKS_DATABASE_URL, panel),
        ]
        for finding in findings:
            self.stdout.write(str(finding))
        failures = sum(finding.grade is Grade.FAIL for finding in findings)
        self.stdout.write(f"{len(findings)} checks, {failures} failed.")
        if failures:
            raise SystemExit(1)

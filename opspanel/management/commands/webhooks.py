"""`manage.py webhooks`: what waits for each webhook, and how the last try went."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from opspanel.audit import Target, audited, record
from opspanel.audit.actor import SYSTEM
from opspanel.clean_command import CleanCommand
from opspanel.incidents.untold import last_answer, webhooks
from opspanel.outgoing.sending import resume
from opspanel.panel.load import configured_panel
from opspanel.quantities import whole_duration
from opspanel.snapshot.schema import Untold


class Command(CleanCommand):
    help = "List the webhooks of panel.toml and what waits for each, or resume one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--resume", metavar="NAME", help="try at once what waits for this one"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        panel = configured_panel()
        if options["resume"]:
            self._resume(options["resume"], {one.name for one in panel.webhooks})
        if not panel.webhooks:
            self.stdout.write("panel.toml names no webhook.")
        for one in webhooks(panel, timezone.now()):
            self.stdout.write(_line(one))

    def _resume(self, name: str, known: set[str]) -> None:
        if name not in known:
            message = "panel.toml names no such webhook."
            raise CommandError(message)
        with audited():
            count = resume(name, timezone.now())
            target = Target("webhook", name)
            record(
                "webhook.resume", target, actor=SYSTEM, metadata={"new_value": count}
            )
        self.stdout.write(f"{name}: tried at once: {count}.")


def _line(one: Untold) -> str:
    waits = f"{one.waiting} waiting"
    if one.oldest_at is not None:
        age = (timezone.now() - one.oldest_at).total_seconds()
        waits += f", the oldest for {whole_duration(age)}"
    return f"{one.webhook}  {one.state}  {waits}  {last_answer(one)}"

"""`manage.py webhooks`: what waits for each webhook, and how the last try went."""

from typing import Any

from opspanel.clean_command import CleanCommand
from opspanel.models import IncidentDelivery
from opspanel.outgoing.sending import is_paused
from opspanel.panel.load import configured_panel


class Command(CleanCommand):
    help = "List the webhooks of panel.toml and what waits for each."

    def handle(self, *_args: Any, **_options: Any) -> None:
        webhooks = configured_panel().webhooks
        if not webhooks:
            self.stdout.write("panel.toml names no webhook.")
        for webhook in webhooks:
            self.stdout.write(_line(webhook.name))


def _line(name: str) -> str:
    rows = IncidentDelivery.objects.filter(webhook=name)
    waiting = rows.filter(done_at=None)
    tried = rows.filter(attempt__gt=0).order_by("-pk").first()
    last = f"last answer {tried.status or 'none'}" if tried else "never tried"
    state = "paused" if is_paused(name) else "open"
    refused = rows.filter(refused=True).count()
    return f"{name}  {state}  {waiting.count()} waiting  {refused} refused  {last}"

"""`manage.py collect --once`: one pass, printed as the panel would show it."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from opspanel.clean_command import CleanCommand
from opspanel.collect import LeakingSanitizerError
from opspanel.panel.load import configured_panel
from opspanel.snapshot.codec import to_json
from opspanel.snapshot.store import StoreUnavailableError
from opspanel.upstreams import open_collector

NO_STORE = "No store of snapshots can be reached: `manage.py doctor` says why."
LEAKING = "The sanitizer failed its self-test and no good snapshot is stored, so none is shown."


class Command(CleanCommand):
    help = "Read, judge and sanitize once, and print the snapshot as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", required=True, help="the worker does more"
        )
        parser.add_argument(
            "--save", action="store_true", help="store it as the newest snapshot, too"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        with open_collector(configured_panel()) as collector:
            make = collector.run_pass if options["save"] else collector.take
            try:
                snapshot = make(timezone.now())
            except StoreUnavailableError:
                raise CommandError(NO_STORE) from None
            except LeakingSanitizerError:
                raise CommandError(LEAKING) from None
        self.print_as_is(to_json(snapshot).decode())

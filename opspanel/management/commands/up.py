"""`manage.py up`: everything, from one command, until Ctrl-C."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from opspanel import env
from opspanel.clean_command import CleanCommand
from opspanel.embedded.program import StartError
from opspanel.embedded.run import Request, run
from opspanel.embedded.stack import WebAddress


class Command(CleanCommand):
    help = "Run the panel, its servers and the demo platform until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument(
            "--port", type=int, help="default: 8000, or any free one when that is taken"
        )
        parser.add_argument(
            "--ready-file",
            type=Path,
            help="written when everything answers: addresses, accounts, processes",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        web = WebAddress(options["host"], options["port"])
        request = Request(env.run_dir().absolute(), web, options["ready_file"])
        try:
            run(request, self._say)
        except StartError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            message = f"{error.filename or request.folder}: {error.strerror}."
            raise CommandError(message) from None

    def _say(self, line: str) -> None:
        self.print_as_is(line)
        self.stdout.flush()

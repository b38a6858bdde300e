"""`manage.py sign-out-everywhere USERNAME`: ends every session of one account."""
# ruff: noqa: N999 - a command is typed by people: with hyphens

from typing import Any

from django.core.management.base import CommandError, CommandParser

from opspanel.access.sessions import sign_out_everywhere
from opspanel.clean_command import CleanCommand
from opspanel.models import User


class Command(CleanCommand):
    help = "End every session of an account; it holds at the next request."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.get(username=options["username"])
        except User.DoesNotExist:
            message = f"There is no account {options['username']!r}."
            raise CommandError(message) from None
        sign_out_everywhere(user)
        self.stdout.write(f"{user.username} is signed out everywhere.")

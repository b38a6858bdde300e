"""`manage.py token`: credentials for scripts, shown once."""

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import IntegrityError, transaction

from opspanel.access import tokens
from opspanel.clean_command import CleanCommand
from opspanel.models import AccessToken

LONGEST_DAYS = 365


class Command(CleanCommand):
    help = "Make, list or revoke tokens for scripts."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        make = acts.add_parser("make", help="make a token and print it, once")
        make.add_argument("name")
        make.add_argument("--scope", choices=tokens.SCOPES, default=tokens.SCOPES[0])
        make.add_argument("--days", type=int, default=90)
        revoke = acts.add_parser("revoke", help="end a token now")
        revoke.add_argument("name")
        acts.add_parser("list", help="names, scopes and ends; never the tokens")

    def handle(self, *_args: Any, **options: Any) -> None:
        acts = {"make": self._make, "revoke": self._revoke, "list": self._list}
        acts[options["act"]](options)

    def _make(self, options: dict[str, Any]) -> None:
        if not 1 <= options["days"] <= LONGEST_DAYS:
            message = f"--days must be between 1 and {LONGEST_DAYS}."
            raise CommandError(message)
        lifetime = timedelta(days=options["days"])
        try:
            with transaction.atomic():
                token = tokens.issue(options["name"], options["scope"], lifetime)
        except IntegrityError:
            message = "A token of this name exists. Choose another name."
            raise CommandError(message) from None
        self.print_as_is(token)

    def _revoke(self, options: dict[str, Any]) -> None:
        if not tokens.revoke(options["name"]):
            message = "No live token has this name. See `manage.py token list`."
            raise CommandError(message)
        self.stdout.write(f"{options['name']} is revoked.")

    def _list(self, _options: dict[str, Any]) -> None:
        for token in AccessToken.objects.order_by("name"):
            end = token.revoked_at or token.expires_at
            word = "revoked" if token.revoked_at else "until"
            self.stdout.write(f"{token.name}  {token.scope}  {word} {end:%Y-%m-%d}")

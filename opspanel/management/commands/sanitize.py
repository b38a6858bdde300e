"""`manage.py sanitize --explain`: what would be redacted, and by which rule."""

import json
import sys
from collections import Counter
from typing import Any

from django.core.management.base import CommandParser

from opspanel.clean_command import CleanCommand
from opspanel.sanitize import PLACEHOLDER, sanitize
from opspanel.sanitize.structure import explained


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


class Command(CleanCommand):
    help = "Read text or JSON from standard input and print it clean."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--explain", action="store_true", help="say which rules redacted something"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        value = _read(sys.stdin.read())
        clean = sanitize(value)
        shown = clean if isinstance(clean, str) else json.dumps(clean, indent=2)
        self.print_as_is(shown)
        if options["explain"]:
            self._explain(value)

    def _explain(self, value: Any) -> None:
        """Names and rules only; a name may itself be a secret, so it is cleaned too."""
        try:
            reasons = Counter(explained(value)[1])
        except Exception:  # noqa: BLE001 - its message could quote the input
            reasons = Counter({("", "error"): 1})
        for (name, rule), times in reasons.items():
            where = f" under {sanitize(name)}" if name else ""
            self.print_as_is(f"{times} x {PLACEHOLDER}{where}: {rule}")

"""The base of every command: what it prints, and how it fails, is cleaned."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand
from opentelemetry.trace import SpanKind

from opspanel import correlation
from opspanel.sanitize import sanitize
from opspanel.telemetry import setup_otel
from opspanel.tracing import entered


class CleanStream:
    """A stream that cleans each text written to it: a line, a paragraph, a document."""

    def __init__(self, stream: Any) -> None:
        self.uncleaned = getattr(stream, "uncleaned", stream)

    def write(self, text: str) -> None:
        self.uncleaned.write(str(sanitize(text)))

    def flush(self) -> None:
        self.uncleaned.flush()

    def isatty(self) -> bool:
        return bool(self.uncleaned.isatty())


class CleanCommand(BaseCommand):
    """An unexpected error ends it with exit code 1 and a clean account of what failed,
    instead of Python's, which quotes what was being worked on."""

    def __init__(self, stdout: Any = None, stderr: Any = None, **options: Any) -> None:
        out, err = stdout or sys.stdout, stderr or sys.stderr
        super().__init__(CleanStream(out), CleanStream(err), **options)  # type: ignore[arg-type]

    def execute(self, *args: Any, **options: Any) -> str | None:
        for name in ("stdout", "stderr"):
            if options.get(name):
                options[name] = CleanStream(options[name])
        name = type(self).__module__.rpartition(".")[2]
        setup_otel("opspanel-command")
        with (
            correlation.under(None),
            entered(f"command {name}", {}, kind=SpanKind.INTERNAL),
        ):
            return super().execute(*args, **options)

    def run_from_argv(self, argv: list[str]) -> None:
        try:
            super().run_from_argv(argv)
        except Exception as error:  # noqa: BLE001 - Python would show it as it is
            self.stderr.write(account(error))
            sys.exit(1)

    def print_as_is(self, text: str, ending: str = "\n") -> None:
        """For what is clean by its type, or a secret that this command is asked for."""
        stream: Any = self.stdout
        stream.uncleaned.write(text + ending)


def account(error: Exception) -> str:
    """Type, arguments, causes and places of an error, as JSON."""
    return json.dumps(sanitize(error), ensure_ascii=False, indent=2)

"""`manage.py audit`: verify, anchor and export the trail, and print a role's rights."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from opspanel.audit import Target, anchors, audited, record
from opspanel.audit.chain import verify
from opspanel.audit.export import FORMATS, lines
from opspanel.audit.grants import grants
from opspanel.audit.listing import Filter, all_of
from opspanel.audit.status import verify_and_anchor
from opspanel.clean_command import CleanCommand


class Command(CleanCommand):
    help = "Verify, anchor or export the audit trail; print the panel role's rights."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        check = acts.add_parser("verify", help="exit code 1 if the trail was changed")
        check.add_argument("--anchor", action="append", default=[], metavar="SEQ:HASH")
        check.add_argument("--log", help="a log with anchors; - = stdin")
        acts.add_parser("anchor", help="verify, then print and keep the trail's end")
        export = acts.add_parser("export", help="write all rows to standard output")
        export.add_argument("--format", choices=FORMATS, default="json")
        export.add_argument("--since", help="an ISO time with zone")
        export.add_argument("--until", help="an ISO time with zone")
        rights = acts.add_parser("grants", help="SQL for a superuser to run")
        rights.add_argument("role")

    def handle(self, *_args: Any, **options: Any) -> None:
        getattr(self, f"_{options['act']}")(options)

    def _verify(self, options: dict[str, Any]) -> None:
        given = anchors.found_in(options["anchor"])
        if len(given) != len(options["anchor"]):
            message = "An anchor is a row's number, a colon, and 64 hexadecimal digits."
            raise CommandError(message)
        if options["log"]:
            given += anchors.found_in(_lines(options["log"]))
        known = anchors.stored() + given
        verdict = verify(known)
        if not verdict.whole:
            raise CommandError(str(verdict))
        self.stdout.write(f"{verdict}; {len(known)} anchors hold")

    def _anchor(self, _options: dict[str, Any]) -> None:
        verdict = verify_and_anchor()
        if not verdict.whole:
            raise CommandError(str(verdict))
        self.print_as_is(str(verdict.end) if verdict.end else "nothing to anchor yet")

    def _export(self, options: dict[str, Any]) -> None:
        times = {
            "created_at__gte": _time(options["since"]),
            "created_at__lt": _time(options["until"]),
        }
        wanted = Filter({name: at for name, at in times.items() if at is not None})
        scope = f"{options['format']}: {wanted.shape()}"
        with audited():
            record("audit.export", Target("audit"), metadata={"request_scope": scope})
        for line in lines(all_of(wanted), options["format"]):
            self.print_as_is(line, ending="")

    def _grants(self, options: dict[str, Any]) -> None:
        self.print_as_is(grants(options["role"]))


def _lines(log: str) -> list[str]:
    if log == "-":
        return sys.stdin.readlines()
    try:
        return Path(log).read_text().splitlines()
    except OSError as error:
        message = f"The log cannot be read: {error.strerror}."
        raise CommandError(message) from None


def _time(text: str | None) -> Any:
    if text is None:
        return None
    found = parse_datetime(text)
    if found is None or found.tzinfo is None:
        message = "A time is written as 2026-01-31T12:00:00+00:00."
        raise CommandError(message)
    return found

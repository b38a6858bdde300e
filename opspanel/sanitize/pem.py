"""Armoured keys: the heading, the body, and whatever of the end is there."""

import re
from collections.abc import Iterator

from opspanel.sanitize.engine import Hit, Pattern

HINT = (
    r"-{4,5} ?BEGIN |PuTTY-User-Key-File-\d|Private-Lines: |b3BlbnNzaC1rZXktdjEA"
    r"|\bMI[IG][A-Z]"
)
_START = Pattern(
    r"-{4,5} ?BEGIN [A-Za-z0-9 ]{1,60}-{4,5}|-{4,5} ?BEGIN [A-Z0-9 ]{1,60}"
    r"|PuTTY-User-Key-File-\d:|Private-Lines: \d|b3BlbnNzaC1rZXktdjEA"
    r"|\bMI[IG][A-Z][A-Za-z0-9+/=]{30}"
)
_END = re.compile(
    rb"-{4,5} ?END [A-Za-z0-9 ]{1,60}-{4,5}|Private-MAC: ?[0-9a-fA-F]*|\x1e|\x1f"
)
_BODY = re.compile(rb"(?:[A-Za-z0-9+/=_:.,-]|\s|\\+[nrt]|[\"'+]){0,20000}")
_PUBLIC = re.compile(rb"-{4,5} ?BEGIN (?:[A-Z0-9 ]*PUBLIC KEY|CERTIFICATE REQUEST)")


def find(data: bytes) -> Iterator[Hit]:
    """Spans from heading to ending; without an ending, to the end of what looks so."""
    done = 0
    for start, end in _START.spans(data):
        if start < done or _PUBLIC.match(data, start):
            continue
        stop = _END.search(data, end)
        if stop is None or stop[0] in b"\x1e\x1f":
            body = _BODY.match(data, end)
            done = body.end() if body else end
        else:
            done = stop.end()
        yield start, done

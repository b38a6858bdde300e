"""Spans on their way out: plain dict-like values in, clean ones out."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from opspanel.sanitize.objects import sanitize
from opspanel.sanitize.text import clean_name, clean_text
from opspanel.sanitize.visible import one_line

_ID = re.compile(r"[0-9a-f]{16}|[0-9a-f]{32}")
# `GET /v1/queues/{name}`, `process billing.invoice`: words, never a value of a request.
_NAME = re.compile(r"[A-Za-z][\w.:/{}<>*-]{0,79}(?: [\w.:/{}<>*-]{1,80}){0,5}")


def clean_span(span: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with everything in it cleaned: name, attributes, events, links, status.

    Ids of 16 or 32 lower-case hexadecimal digits stay whatever they look like.
    """
    return {field: _FIELDS.get(field, sanitize)(value) for field, value in span.items()}


def _name(value: Any) -> str:
    line = one_line(str(value))
    return (clean_name if _NAME.fullmatch(line) else clean_text)(line)


def _id(value: Any) -> Any:
    is_id = isinstance(value, str) and _ID.fullmatch(value)
    return value if is_id else sanitize(value)


def _parts(value: Any) -> Any:
    """Events and links look like spans: a name, ids, attributes."""
    if not isinstance(value, list | tuple):
        return sanitize(value)
    return [
        clean_span(part) if isinstance(part, Mapping) else sanitize(part)
        for part in value
    ]


_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "name": _name,
    "trace_id": _id,
    "span_id": _id,
    "parent_span_id": _id,
    "events": _parts,
    "links": _parts,
}

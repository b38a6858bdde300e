"""Log lines: one JSON object each, with the correlation id, cleaned before written.

The cleaning sits in the formatter, not in a filter on a logger: a filter of the root
logger is not run for records of its children.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from opspanel import tracing
from opspanel.correlation import current_id
from opspanel.sanitize import PLACEHOLDER, reasons, sanitize

_STANDARD = frozenset(vars(logging.makeLogRecord({})))
# A request that was refused, as for a foreign host, is no fault of the panel: where in
# the code it was refused says nothing, and strangers could fill the log with it.
_REFUSALS = "django.security."
_DATA = (str, bytes, int, float, dict, list, tuple, type(None))


class LineFormatter(logging.Formatter):
    """Reads the record itself: message, arguments, extras, exception and stack. What
    another formatter may have left in it is cleaned like any other text."""

    def format(self, record: logging.LogRecord) -> str:
        found = sanitize(_bearable(record))
        if not isinstance(found, dict):  # the sanitizer failed, and so closed
            found = {"level": record.levelname, "message": PLACEHOLDER}
        at = datetime.fromtimestamp(record.created, UTC).isoformat()
        return json.dumps({"at": at, **found}, ensure_ascii=False)


def _bearable(record: logging.LogRecord) -> logging.LogRecord:
    """A copy in which extras that are objects, such as a whole request, are names."""
    values: dict[str, Any] = dict(vars(record))
    for name in values.keys() - _STANDARD:
        if not isinstance(values[name], _DATA):
            values[name] = f"<{type(values[name]).__name__}>"
    if record.exc_text and not record.exc_info:  # it came through a queue
        values["exception"] = record.exc_text
    if str(record.name).startswith(_REFUSALS):
        values["exc_info"] = None
    values["correlation_id"] = current_id()
    values |= tracing.ids()
    return logging.makeLogRecord(values)


class LineHandler(logging.StreamHandler[Any]):
    """To standard error. A line that cannot be written is counted: Python's own way
    would print the record's raw arguments."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - its name
        reasons.count("log line lost")

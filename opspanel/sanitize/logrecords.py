"""Log records as dicts: the assembled message, what came with it, never raw arguments."""

import logging
from typing import Any

from opspanel.sanitize.placeholder import PLACEHOLDER

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_PLAIN = (str, int, float, bool, type(None))


class _Shown:
    """An argument that a log format will turn to text: its clean form, whichever asks."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __str__(self) -> str:
        return str(self._value)

    __repr__ = __str__


def _argument(value: Any) -> Any:
    """Only plain values reach the format; others are cleaned before they become text."""
    if isinstance(value, _PLAIN):
        return value
    from opspanel.sanitize.objects import sanitize  # noqa: PLC0415 - a cycle

    return _Shown(sanitize(value))


def _arguments(record: logging.LogRecord) -> Any:
    if isinstance(record.args, dict):
        from opspanel.sanitize.objects import sanitize  # noqa: PLC0415 - a cycle

        return sanitize(record.args)
    return tuple(map(_argument, record.args or ()))


def message(record: logging.LogRecord) -> str:
    """The message as the log would show it, with its arguments already cleaned."""
    template = record.msg if isinstance(record.msg, str) else str(_argument(record.msg))
    if not record.args:
        return template
    try:
        return str(template % _arguments(record))
    except (TypeError, ValueError, KeyError):
        return PLACEHOLDER


def as_dict(record: logging.LogRecord) -> dict[str, Any]:
    made: dict[str, Any] = {
        "logger": record.name,
        "level": record.levelname,
        "message": message(record),
    }
    made |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
    if record.exc_info and record.exc_info[1] is not None:
        made["exception"] = record.exc_info[1]
    if record.stack_info:
        made["stack"] = record.stack_info
    return made

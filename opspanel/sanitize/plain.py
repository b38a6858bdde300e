"""Python's own kinds of value as plain ones: text, numbers, lists and dicts."""

import dataclasses
import datetime as dt
import decimal
import fractions
import logging
import pathlib
import types
import uuid
from collections.abc import Mapping, Sequence, Set
from enum import Enum
from typing import Any

from opspanel.sanitize import blobs, errors, logrecords
from opspanel.sanitize.placeholder import PLACEHOLDER

_MAX_BYTES = 1 << 21
_TEXTUAL = (uuid.UUID, decimal.Decimal, fractions.Fraction, pathlib.PurePath, complex)
_MOMENTS = (dt.datetime, dt.date, dt.time)


def as_plain(value: Any) -> Any:  # noqa: PLR0911 - one answer for each kind
    """One level of a value as text, number, None, list or dict. Calls no `__repr__`."""
    if isinstance(value, bool | int | float) or value is None:
        return _number(value)
    if isinstance(value, str):
        return str.__str__(value) if not isinstance(value, Enum) else value.value
    for kinds, make in _KINDS:
        if isinstance(value, kinds):
            return make(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _dataclass(value)
    return _object(value)


def _number(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool):
        return value
    return int(value) if isinstance(value, int) else float(value)


def _bytes(value: Any) -> str:
    raw = bytes(value)
    if len(raw) > _MAX_BYTES:
        return PLACEHOLDER
    text = blobs.text_of(raw) if len(raw) > blobs.LEAST_TEXT else None
    if text is not None:
        return text
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return PLACEHOLDER


def _dataclass(value: Any) -> dict[str, Any]:
    return {
        field.name: getattr(value, field.name, None)
        for field in dataclasses.fields(value)
    }


def _sequence(value: Any) -> Any:
    names = getattr(value, "_fields", None)
    if isinstance(value, tuple) and isinstance(names, tuple):
        # An address split in parts is whole again: its secret may cross the parts.
        whole = getattr(value, "geturl", None)
        return whole() if callable(whole) else dict(zip(names, value, strict=False))
    return list(value)


def _mapping(value: Any) -> dict[Any, Any]:
    lists = getattr(value, "lists", None)
    return dict(lists()) if callable(lists) else dict(value.items())


def _object(value: Any) -> Any:  # noqa: PLR0911 - one answer for each kind
    if isinstance(
        value, type | types.FunctionType | types.ModuleType | types.MethodType
    ):
        return f"<{getattr(value, '__qualname__', type(value).__name__)}>"
    if type(value).__name__ == "__proxy__":
        return str(value)
    if isinstance(value, types.GeneratorType) or hasattr(value, "__next__"):
        # Reading it would take it away from its owner.
        return PLACEHOLDER
    if type(value).__name__ == "Morsel" or hasattr(value, "coded_value"):
        return PLACEHOLDER
    return _attributes(value)


def _attributes(value: Any) -> Any:
    named = dict(getattr(value, "__dict__", {}))
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(value, name):
                named[name] = getattr(value, name)
    return (
        {"type": type(value).__name__, **named}
        if named
        else f"<{type(value).__name__}>"
    )


def _set(value: Any) -> list[Any]:
    return list(value)


def _enum(value: Any) -> Any:
    return value.value


def _moment(value: Any) -> str:
    return str(value.isoformat())


def _seconds(value: Any) -> float:
    return float(value.total_seconds())


_KINDS: tuple[tuple[Any, Any], ...] = (
    (Enum, _enum),
    ((bytes, bytearray, memoryview), _bytes),
    (BaseException, errors.as_dict),
    (logging.LogRecord, logrecords.as_dict),
    (_MOMENTS, _moment),
    (dt.timedelta, _seconds),
    (_TEXTUAL, str),
    (types.TracebackType, errors.frames),
    (Mapping, _mapping),
    (Sequence, _sequence),
    (Set, _set),
)

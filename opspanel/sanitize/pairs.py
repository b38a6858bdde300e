"""Names that are values themselves: pairs, `{"name": .., "value": ..}`, tables."""

import re
from typing import Any

from opspanel.sanitize import commands, keys, rules
from opspanel.sanitize.engine import as_bytes
from opspanel.sanitize.keys import Level
from opspanel.sanitize.placeholder import PLACEHOLDER

_NAMES = ("name", "key", "k", "field", "header", "attribute", "param", "parameter",
          "variable", "var", "label", "property", "prop", "column", "option", "setting",
          "Name", "Key", "Field", "ParameterKey", "id", "attr", "env")  # fmt: skip
_VALUES = frozenset(
    [
        "value",
        "val",
        "v",
        "stringValue",
        "string_value",
        "content",
        "data",
        "values",
        "default",
        "text",
        "current",
        "old",
        "new",
        "old_value",
        "new_value",
        "Value",
        "Val",
        "ParameterValue",
        "intValue",
        "bytesValue",
        "arrayValue",
        "kvlistValue",
        "from",
        "to",
        "before",
        "after",
        "set",
        "raw",
        "body",
        "answer",
        "input",
    ]
)
_HEADINGS = ("columns", "fields", "headers", "header", "names", "keys", "cols")
_ROWS = frozenset(
    ("rows", "values", "data", "records", "row", "items", "result", "tuples")
)
# A dict with none of these keys tells nothing of its values by its other entries.
TELLING = _VALUES | _ROWS
_PAIR = 2
_LONGEST_NAME = 160
# Signs that names do not have; what was redacted is no name either.
_NO_NAME = re.compile(r"[=\"'{}<>;,!?]|REDACTED")
_MOST_WORDS = 4


def _tells(text: Any) -> bool:
    return (
        isinstance(text, str)
        and 1 < len(text) <= _LONGEST_NAME
        and len(text.split()) <= _MOST_WORDS
        and _NO_NAME.search(text) is None
        and keys.level(text) >= Level.CREDENTIAL
    )


def told(
    given: dict[Any, Any], name: str, value: Any, level: Level
) -> tuple[Any, Level]:
    """What the other entries of a dict say of the one under a telling name.

    A value that one of them names as secret is MANDATORY; of the rows of a table, the
    columns go that the headings name.
    """
    if name in _VALUES and any(_tells(given.get(other)) for other in _NAMES):
        return value, Level.MANDATORY
    columns = _secret_columns(given) if name in _ROWS else None
    return _without(value, columns) if columns else value, level


def _headed(heading: list[Any]) -> set[int]:
    names = [
        item.get("name", "") if isinstance(item, dict) else item for item in heading
    ]
    return {place for place, name in enumerate(names) if _tells(name)}


def _secret_columns(given: dict[Any, Any]) -> set[int]:
    """Places in each row that the columns of a table name as secret."""
    for name in _HEADINGS:
        heading = given.get(name)
        if isinstance(heading, list | tuple) and heading:
            columns = _headed(list(heading))
            if columns:
                return columns
    return set()


def _blanked(row: Any, columns: set[int]) -> Any:
    if not isinstance(row, list | tuple):
        return row
    return [PLACEHOLDER if place in columns else item for place, item in enumerate(row)]


def _without(rows: Any, columns: set[int]) -> Any:
    if not isinstance(rows, list | tuple):
        return rows
    if rows and not any(isinstance(row, list | tuple) for row in rows):
        return _blanked(rows, columns)
    return [_blanked(row, columns) for row in rows]


def emptied(given: dict[Any, Any]) -> dict[Any, Any]:
    """What is under a credential's name, one level down: texts without a harmless name."""
    return {
        name: PLACEHOLDER
        if isinstance(value, str | bytes | list | tuple) and _is_unclear(name)
        else value
        for name, value in given.items()
    }


def _is_unclear(name: Any) -> bool:
    if not isinstance(name, str):
        return True
    parts = keys.words(name)
    tail = parts[-1] if parts else ""
    return keys.level(name) is not Level.IDENTITY and not keys.is_benign_word(tail)


def without_told(items: list[Any]) -> list[Any]:
    """A list without what its own items say is secret."""
    if len(items) < _PAIR:
        return items
    first = items[0]
    if type(first) is str:
        return _without_told_texts(items)
    if isinstance(first, (list, tuple)) and len(first) >= _PAIR:
        return _without_told_rows(items)
    return items


def _without_told_texts(items: list[Any]) -> list[Any]:
    if len(items) == _PAIR and _tells(items[0]) and not _tells(items[1]):
        return [items[0], PLACEHOLDER]
    if all(type(item) is str for item in items):
        return _joined_up(items)
    if len(items) % _PAIR == 0 and any(map(_tells, items[::2])):
        return [
            PLACEHOLDER if place % _PAIR and _tells(items[place - 1]) else item
            for place, item in enumerate(items)
        ]
    return items


def _joined_up(items: list[str]) -> list[str]:
    """Command lines given as lists, and secrets cut into pieces."""
    made = list(items)
    for place, item in enumerate(items[:-1]):
        if item[:1] == "-" and _tells(item):
            made[place + 1] = PLACEHOLDER
    for mark, find in ((" ", commands.find), ("", rules.unmistakable)):
        data = as_bytes(mark.join(items))
        for start, end, *_ in list(find(data)):
            _strike(made, items, (int(start), int(end)), len(mark))
    return made


def _strike(made: list[str], items: list[str], hit: tuple[int, int], gap: int) -> None:
    at = 0
    for place, item in enumerate(items):
        if item and hit[0] < at + len(item) and at < hit[1]:
            made[place] = PLACEHOLDER
        at += len(item) + gap


def _without_told_rows(items: list[Any]) -> list[Any]:
    heading = items[0]
    columns = _headed(list(heading))
    named = all(
        isinstance(cell, str) and cell.replace("_", "a").isalnum() for cell in heading
    )
    led = any(isinstance(r, list | tuple) and r and _tells(r[0]) for r in items[1:])
    if not columns or not named or led or (len(heading) == _PAIR and columns == {0}):
        return items
    return [heading, *(_blanked(row, columns) for row in items[1:])]

"""The walk over a value: its shape is copied, its names judged, its texts collected."""

import json
import math
from typing import Any

from opspanel.sanitize import keys, pairs, reasons, tokens
from opspanel.sanitize.keys import Level
from opspanel.sanitize.placeholder import PLACEHOLDER
from opspanel.sanitize.plain import as_plain
from opspanel.sanitize.record import Leaf, Record

MAX_DEPTH = 64
MAX_PASSES = 6
MAX_NODES = 200_000
_MAX_JSON = 1 << 18
_CONTAINERS = (dict, list)
_JSON_STARTS = frozenset('{["')
_SCALARS = frozenset((int, bool, type(None)))
# What `Leaf` itself calls, in half the time.
_leaf = tuple.__new__


def cleaned(value: Any) -> Any:
    """The clean copy of a value. May raise: `objects.sanitize` is the door."""
    return explained(value)[0]


def explained(value: Any) -> tuple[Any, list[tuple[str, str]]]:
    """The clean copy, and what was redacted: (the name it was under, the rule)."""
    why: list[tuple[str, str]] = []
    for _ in range(MAX_PASSES):
        record = Record()
        walk = Walk(record)
        home = walk.visit(value)
        record.clean()
        why += record.explained
        # What a pass leaves as it was is clean: a further one would see the same.
        if not (walk.altered or record.altered):
            return home[0], why
        value = home[0]
    reasons.count("unstable")
    return PLACEHOLDER, why


class Walk:
    """Visits one value. Its copy is at place 0 of what `visit` returns."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._above: set[int] = set()
        self._nodes = 0
        # Whether the walk itself changed what a list or a text says.
        self.altered = False

    def visit(self, value: Any) -> list[Any]:
        home: list[Any] = [None]
        self._put(value, "", home, 0)
        return home

    def _put(self, value: Any, key: str, home: Any, slot: Any) -> None:
        """Write the copy of `value`, which is under the name `key`, to `home[slot]`."""
        kind = type(value)
        if kind is str:
            home[slot] = value
            self._add_text(value, key, home, slot)
            return
        if value is None or kind is int or kind is bool:
            home[slot] = value
        elif kind is float:
            home[slot] = value if math.isfinite(value) else None
        else:
            self._descend(value, key, home, slot)
        if slot == key and key:
            self._record.leaves.append(Leaf(key, "", home, slot))

    def _add_text(self, text: str, key: str, home: Any, slot: Any) -> None:
        if (text[:1] in "{[" and len(text) > 1) or text[:2] in {'"{', '"['}:
            home[slot] = text = self._within(text)
        self._record.leaves.append(Leaf(key, text, home, slot))

    def _within(self, text: str) -> str:
        made = _json(text)
        self.altered |= made is not text
        return made

    def _descend(self, value: Any, key: str, home: Any, slot: Any) -> None:
        self._nodes += 1
        reason = self._refusal(value)
        if reason:
            reasons.count(reason)
            home[slot] = PLACEHOLDER
            return
        self._above.add(id(value))
        plain = value if type(value) in _CONTAINERS else as_plain(value)
        if isinstance(plain, dict):
            home[slot] = self._dict(plain)
        elif isinstance(plain, list):
            home[slot] = self._list(plain, key)
        else:
            self._put(plain, "" if slot == key else key, home, slot)
        self._above.discard(id(value))

    def _refusal(self, value: Any) -> str:
        if id(value) in self._above:
            return "cycle"
        if len(self._above) >= MAX_DEPTH:
            return "depth"
        return "nodes" if self._nodes > MAX_NODES else ""

    def _dict(self, given: dict[Any, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        told = pairs.named_value(given)
        columns = pairs.secret_columns(given)
        add = self._record.leaves.append
        self._nodes += len(given)
        for name, value in given.items():
            key = name if type(name) is str else _key(name)
            if key in made:
                key = _unused(made, key)
            level = keys.level(key) if name not in told else Level.MANDATORY
            if level < Level.CREDENTIAL and key not in told:
                kind = type(value)
                if kind in _SCALARS or (kind is str and value[:1] not in _JSON_STARTS):
                    made[key] = value
                    add(_leaf(Leaf, (key, value if kind is str else "", made, key)))
                    continue
            if level >= Level.CREDENTIAL and _is_secret(value, key, level):
                made[key] = PLACEHOLDER
                self._record.explained.append((key, "name"))
                add(Leaf(key, PLACEHOLDER, made, key))
            elif level is Level.CREDENTIAL and isinstance(value, dict):
                self._put(pairs.emptied(value), key, made, key)
            elif columns and name in pairs.ROWS:
                self._put(pairs.without_columns(value, columns), key, made, key)
            else:
                self._put(value, key, made, key)
        return made

    def _list(self, given: list[Any], key: str) -> list[Any]:
        items = pairs.without_told(given)
        self.altered |= items is not given and items != given
        made: list[Any] = [None] * len(items)
        self._nodes += len(items)
        if self._nodes > MAX_NODES:
            reasons.count("nodes")
            return [PLACEHOLDER]
        for place, item in enumerate(items):
            self._put(item, key, made, place)
        return made


def _key(name: Any) -> str:
    """A dict's key as JSON has it."""
    if type(name) is str:
        return name
    plain = as_plain(name)
    if isinstance(plain, list):
        return ".".join(map(_key, plain))
    if isinstance(plain, str):
        return plain
    return (
        {True: "true", False: "false", None: "null"}.get(plain, str(plain))
        if (plain is None or isinstance(plain, bool))
        else _number(plain)
    )


def _number(plain: Any) -> str:
    return str(plain) if isinstance(plain, int | float) else PLACEHOLDER


def _unused(made: dict[str, Any], key: str) -> str:
    free, number = key, 2
    while free in made:
        free, number = f"{key} ({number})", number + 1
    return free


def _is_secret(value: Any, key: str, level: Level) -> bool:  # noqa: PLR0911 - one answer for each kind
    if isinstance(value, int | float) and keys.names_a_measure(key):
        return False
    if level is Level.MANDATORY:
        return True
    if value is None or isinstance(value, bool | dict):
        return False
    if isinstance(value, str):
        return tokens.may_be_secret(value)
    return True


def _json(text: str) -> str:
    """JSON within text, cleaned as what it stands for; other text as it is."""
    if len(text) > _MAX_JSON:
        return text
    try:
        parsed = json.loads(text)
        made = cleaned(parsed)
    except (ValueError, RecursionError):
        return text
    if made == parsed:
        return text
    return json.dumps(made, ensure_ascii=False)

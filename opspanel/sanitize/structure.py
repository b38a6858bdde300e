"""The walk over a value: its shape is copied, its names judged, its texts collected."""

import json
import math
import re
from typing import Any

from opspanel.sanitize import keys, pairs, reasons, tokens
from opspanel.sanitize.engine import as_bytes
from opspanel.sanitize.keys import Level
from opspanel.sanitize.placeholder import PLACEHOLDER
from opspanel.sanitize.plain import as_plain
from opspanel.sanitize.record import Record
from opspanel.sanitize.registry import KNOWN

MAX_DEPTH = 64
MAX_PASSES = 6
MAX_NODES = 200_000
_MAX_JSON = 1 << 18
_JSON_STARTS = frozenset('{["')
_NUMBERS = (int, float)
# What a name that is no mandatory one leaves as it is.
_NEVER = (bool, dict)
_SCALARS = frozenset((int, bool, type(None)))

_PLAIN_NAME = re.compile(r"[A-Za-z]{1,15}(?:[_.-][A-Za-z]{1,15}){0,5}")
# Names that were seen before and say nothing of a secret: most names of most values.
_SILENT: set[str] = set()
_MOST_SILENT = 4096


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
        self._add = record.leaves.append
        self._explained = record.explained
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
            home[slot] = text = self._text(value)
            self._add((key, text, home, slot))
            return
        if kind in _SCALARS:
            home[slot] = value
        elif kind is float:
            home[slot] = value if math.isfinite(value) else None
        else:
            self._descend(value, kind, key, home, slot)
        if slot == key and key:
            self._add((key, "", home, slot))

    def _text(self, text: str) -> str:
        """JSON within text is cleaned as what it stands for; other text stays."""
        if (text[:1] in "{[" and len(text) > 1) or text[:2] in {'"{', '"['}:
            made = _json(text)
            self.altered |= made is not text
            return made
        return text

    def _descend(self, value: Any, kind: type, key: str, home: Any, slot: Any) -> None:
        mark, above = id(value), self._above
        if mark in above or len(above) >= MAX_DEPTH or self._nodes > MAX_NODES:
            home[slot] = self._refused(mark)
            return
        above.add(mark)
        plain = value if kind is dict or kind is list else as_plain(value)
        kind = type(plain)
        if kind is dict:
            home[slot] = self._dict(plain)
        elif kind is list:
            home[slot] = self._list(plain, key)
        else:
            self._nodes += 1
            self._put(plain, "" if slot == key else key, home, slot)
        above.discard(mark)

    def _refused(self, mark: int) -> str:
        deep = "depth" if len(self._above) >= MAX_DEPTH else "nodes"
        reasons.count("cycle" if mark in self._above else deep)
        return PLACEHOLDER

    def _dict(self, given: dict[Any, Any]) -> dict[str, Any]:
        self._nodes += 1 + len(given)
        made: dict[str, Any] = {}
        add = self._add
        for name, value in given.items():
            # Most entries are texts and numbers under names that say nothing of secrets.
            if type(name) is str and name in _SILENT:
                kind = type(value)
                if kind is str and value[:1] not in _JSON_STARTS:
                    made[name] = value
                    add((name, value, made, name))
                elif kind in _SCALARS:
                    made[name] = value
                    add((name, "", made, name))
                else:
                    self._put(value, name, made, name)
            else:
                self._entry(name, value, made, given)
        return made

    def _entry(
        self, name: Any, value: Any, made: dict[str, Any], given: dict[Any, Any]
    ) -> None:
        """An entry whose name, or another entry, may say that its value is secret."""
        key = name if type(name) is str else _free_name(name, made, given)
        level = keys.level(key)
        if name in pairs.TELLING:
            value, level = pairs.told(given, name, value, level)
        elif level < Level.CREDENTIAL:
            _remember(key)
        if level >= Level.CREDENTIAL:
            if _is_secret(value, key, level):
                made[key] = PLACEHOLDER
                self._explained.append((key, "name"))
                if not _is_plain_name(key):
                    self._add((key, PLACEHOLDER, made, key))
                return
            if level is Level.CREDENTIAL and isinstance(value, dict):
                value = pairs.emptied(value)
        self._put(value, key, made, key)

    def _list(self, given: list[Any], key: str) -> list[Any]:
        items = pairs.without_told(given)
        if items is not given and items != given:
            self.altered = True
        made: list[Any] = [None] * len(items)
        self._nodes += 1 + len(items)
        if self._nodes > MAX_NODES:
            reasons.count("nodes")
            return [PLACEHOLDER]
        for place, item in enumerate(items):
            self._put(item, key, made, place)
        return made


def _is_plain_name(key: str) -> bool:
    """Words as `api_token`: nothing to search for, and no more to read than the name."""
    return _PLAIN_NAME.fullmatch(key) is not None and not KNOWN.spans(as_bytes(key))


def _remember(key: str) -> None:
    if len(key) <= keys.MAX_KEY:
        if len(_SILENT) >= _MOST_SILENT:
            _SILENT.clear()
        _SILENT.add(key)


def _free_name(name: Any, made: dict[str, Any], given: dict[Any, Any]) -> str:
    """A dict's key as JSON has it; of two that are written the same, both stay."""
    key = free = _as_text(name)
    number = 2
    while free in made or free in given:
        free, number = f"{key} ({number})", number + 1
    return free


def _as_text(name: Any) -> str:
    plain = name if type(name) is str else as_plain(name)
    if isinstance(plain, list):
        return ".".join(map(_as_text, plain))
    if isinstance(plain, str):
        return plain
    if plain is None or isinstance(plain, bool):
        return json.dumps(plain)
    return str(plain) if isinstance(plain, int | float) else PLACEHOLDER


def _is_secret(value: Any, key: str, level: Level) -> bool:  # noqa: PLR0911 - one answer for each kind
    if isinstance(value, _NUMBERS) and keys.names_a_measure(key):
        return False
    if level is Level.MANDATORY:
        return True
    if value is None or isinstance(value, _NEVER):
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

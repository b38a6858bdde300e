"""Free text in, clean text out."""

import re
from bisect import bisect_right
from collections.abc import Collection

from opspanel.sanitize import scanner
from opspanel.sanitize.engine import merged
from opspanel.sanitize.placeholder import PLACEHOLDER
from opspanel.sanitize.rules import Found

_DONE = re.compile(re.escape(PLACEHOLDER))
_MAX_ROUNDS = 6
_UNSAFE = {"\0": "\u2400", "\x1e": "\u241e", "\x1f": "\u241f"}


def _whole(start: int, end: int, done: list[tuple[int, int]]) -> tuple[int, int]:
    """A span that cuts into an earlier placeholder takes all of it."""
    for place in range(bisect_right(done, start, key=_ends), len(done)):
        first, last = done[place]
        if first >= end:
            break
        start, end = min(start, first), max(end, last)
    return start, end


def _ends(span: tuple[int, int]) -> int:
    return span[1]


def _merged(found: Collection[Found], text: str) -> list[tuple[int, int]]:
    wanted = [(start, end) for start, end, _ in found]
    if PLACEHOLDER in text:
        done = [match.span() for match in _DONE.finditer(text)]
        wanted = [_whole(start, end, done) for start, end in wanted]
    return [span for span in merged(wanted) if _says_something(text[slice(*span)])]


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text.replace(PLACEHOLDER, "")))


def redact(text: str, found: Collection[Found]) -> str:
    """`text` with each span that was found replaced."""
    if not found:
        return text
    parts, at = [], 0
    for start, end in _merged(found, text):
        parts += [text[at:start], PLACEHOLDER]
        at = end
    parts.append(text[at:])
    return "".join(parts)


def encodable(text: str) -> str:
    """Without what neither UTF-8 nor Postgres can hold, nor our own separators."""
    for char, shown in _UNSAFE.items():
        text = text.replace(char, shown)
    return text.encode("utf-8", "replace").decode()


def clean_text(text: str) -> str:
    """Idempotent: what is left has been searched and nothing was found in it."""
    text = encodable(text)
    for _ in range(_MAX_ROUNDS):
        cleaned = redact(text, scanner.scan(text))
        if cleaned == text:
            return text
        text = cleaned
    return PLACEHOLDER


def clean_name(text: str) -> str:
    """Text of a declared type whose grammar it matches: all rules but randomness."""
    found = [one for one in scanner.scan(text) if one.rule != "random"]
    return text if not found else clean_text(text)

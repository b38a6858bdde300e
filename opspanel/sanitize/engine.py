"""The matching engine, in one place: RE2 over one byte per character.

Text is matched as Latin-1 with `?` for what Latin-1 lacks: byte offsets are character
offsets, and no input makes RE2 slower than linear.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import re2  # type: ignore[import-untyped]

_MEMORY = 64 << 20
_COUNTED = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_ENOUGH = 3
_SHORT = 256

type Hit = tuple[int, int]


def _options() -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = _MEMORY
    options.log_errors = False
    return options


OPTIONS = _options()
_ANYWHERE = re2._Anchor.UNANCHORED  # noqa: SLF001 - as in `Pattern`


def merged(hits: Iterable[Hit]) -> list[Hit]:
    """Spans in order, those that touch as one, none empty."""
    spans: list[Hit] = []
    for start, end in sorted(hits):
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        elif end > start:
            spans.append((start, end))
    return spans


def as_bytes(text: str) -> bytes:
    return text.encode("latin-1", "replace")


@cache
def _backtracking(source: str) -> re.Pattern[bytes]:
    # To `re`, a vertical tab is a space; only classes have it in these patterns.
    return re.compile(as_bytes(source.replace(r"\s", r" \t\n\f\r")))


class Pattern:
    """One exact pattern. Group 1, where there is one, is what is secret in a match."""

    __slots__ = ("_compiled", "_group", "_match", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self._compiled = re2.compile(as_bytes(source), OPTIONS)
        self._group = 1 if self._compiled.groups else 0
        # Beneath `finditer`, which costs more than most searches: it makes an object
        # of each match, and asks the engine how many groups there are for each span.
        self._match = self._compiled._regexp.Match  # noqa: SLF001 - same wheel, locked

    def spans(self, data: bytes, at: int = 0) -> Iterator[Hit]:
        group, size = self._group, len(data)
        while at <= size:
            found = self._match(_ANYWHERE, data, at, size)
            first, last = found[0]
            if first < 0:
                return
            start, end = found[group]
            if end > start:
                yield start, end
            at = max(last, at + 1)

    def spans_within(self, data: bytes, start: int, stop: int) -> Iterator[Hit]:
        """Matches in a stretch with nothing but space around it.

        A short one is searched by `re`, which has no states to build, and no room to
        take long. For patterns that read the same to both engines.
        """
        short = stop - start <= _SHORT
        engine = _backtracking(self.source) if short else self._compiled
        for match in engine.finditer(data, start, stop):
            if match.end(self._group) > match.start(self._group):
                yield match.span(self._group)

    def matches(self, data: bytes) -> Iterator[Any]:
        yield from self._compiled.finditer(data)

    def found(self, data: bytes) -> bool:
        (start, _), *_ = self._match(_ANYWHERE, data, 0, len(data))
        return bool(start >= 0)


_SIGN = re.compile("«(.*?)»")


def exact(source: str) -> str:
    """A pattern without the marks of its signs."""
    return source.replace("«", "").replace("»", "")


def sought(source: str) -> str:
    """A pattern that occurs wherever `source` does, and needs fewer states.

    One of its signs, where some are marked: then a match has one of them. Of a pattern
    without, counted repeats change: fewer are asked for, more are allowed.
    """
    signs = _SIGN.findall(source)
    flags = "(?i)" if source.startswith("(?i)") else ""
    return flags + "|".join(signs) if signs else _COUNTED.sub(_fewer, source)


def _fewer(repeat: re.Match[str]) -> str:
    least = min(int(repeat[1]), _ENOUGH)
    if repeat[2] is None and int(repeat[1]) <= _ENOUGH:
        return repeat[0]
    return f"{{{least},}}"


class PatternSet:
    """Says in one pass which of many patterns occur anywhere in a text.

    A state is made when a text first leads to it, so what counts most is how few a set
    has: patterns of the same kind together, and none that loops over anything.
    """

    def __init__(self, sources: Sequence[str]) -> None:
        self._set = re2.Set.SearchSet(OPTIONS)
        for source in sources:
            self._set.Add(as_bytes(source))
        self._set.Compile()

    def hits(self, data: bytes) -> list[int]:
        # RE2 says None, not an empty list, where nothing matches.
        return self._set.Match(data) or []

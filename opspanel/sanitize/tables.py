"""Rows under a heading: CSV, Markdown tables and SQL inserts."""

import re
from collections.abc import Iterable, Iterator

from opspanel.sanitize import checks, keys
from opspanel.sanitize.engine import Hit
from opspanel.sanitize.keywords import Keyword

_INSERT = re.compile(rb"\(([\w\s,\"'`\[\].-]{3,2000})\)\s*values?\s*", re.IGNORECASE)
_ROW = re.compile(
    rb"\(((?:[^()'\"]|'(?:[^'\\]|\\.|'')*'|\"[^\"]*\"|\([^()]*\))*)\)\s*,?\s*"
)
_CELL = re.compile(rb"\s*('(?:[^'\\]|\\.|'')*'|\"[^\"]*\"|[^,]*)\s*(?:,|$)")
_LINE = re.compile(rb"[^\n\x1e\x1f]+")
_NAME = re.compile(rb"[\s\"'`*]*([A-Za-z_][\w .-]{0,60}?)[\s\"'`*]*")
_RULE = re.compile(rb"[\s|:+=-]+")
_MARKS = b"|\t;,"
_FEWEST = 2


def _secret_columns(names: list[bytes]) -> dict[int, str]:
    """The places of columns that name a secret, with their names."""
    named = [name.decode("latin-1").strip(" \"'`*[]") for name in names]
    return {
        place: name
        for place, name in enumerate(named)
        if keys.level(name) > keys.Level.UNKNOWN
    }


def _is_measure(data: bytes, hit: Hit, name: str) -> bool:
    return data[slice(*hit)].isdigit() and keys.names_a_measure(name)


def _cells(data: bytes, start: int, end: int) -> list[Hit]:
    spans = []
    at = start
    while at < end:
        match = _CELL.match(data, at, end)
        if match is None or match.end() == at:
            break
        spans.append(match.span(1))
        at = match.end()
    return spans


def _inside(data: bytes, hit: Hit) -> Hit:
    start, end = hit
    while start < end and data[start] in b" \t\"'`":
        start += 1
    while end > start and data[end - 1] in b" \t\r\"'`":
        end -= 1
    return start, end


# A table that by its name holds what people sign in with.
HINT_UNNAMED = (
    r"(?i)\binto\s+[\w.\"`]*(?:user|account|cred|auth|login|secret|token|passw)\w*"
    r"[\"`]?\s+values\s*"
)
_UNNAMED = re.compile(HINT_UNNAMED.encode())


def unnamed(data: bytes) -> Iterator[Hit]:
    """`INSERT INTO users VALUES (1, 'a', 'x')`: texts that look chosen."""
    for heading in _UNNAMED.finditer(data):
        row = _ROW.match(data, heading.end())
        while row is not None:
            for cell in _cells(data, *row.span(1)):
                hit = _inside(data, cell)
                if data[cell[0] : cell[0] + 1] == b"'" and checks.is_typed(data, *hit):
                    yield hit
            row = _ROW.match(data, row.end())


def inserts(data: bytes) -> Iterator[Hit]:
    """`INSERT INTO t (a, password) VALUES (1, 'x')`: the x of every row."""
    for heading in _INSERT.finditer(data):
        columns = _secret_columns(heading[1].split(b","))
        at = heading.end()
        while columns:
            row = _ROW.match(data, at)
            if row is None:
                break
            cells = _cells(data, *row.span(1))
            yield from (_inside(data, cells[c]) for c in columns if c < len(cells))
            at = row.end()


_BOUND = re.compile(rb"\bparameters: ?([\[({$][^\n\x1e\x1f]{0,4000})")
_PLACE = re.compile(
    rb"[\"'`\]]?\s{0,3}=\s{0,3}(?:%\(\w{1,60}\)s|%s|\?|\$\d{1,2}|:\w{1,60})"
    rb"|[^()\x1e]{0,400}\)\s{0,3}(?i:values)\s{0,3}\(\s{0,3}(?:%|\?|\$\d|:\w)"
)
_TEXT = re.compile(rb"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_ALIAS = re.compile(rb"\s*:")


def bound(data: bytes, found: Iterable[Keyword]) -> Iterator[Hit]:
    """`SET password = %(p)s … parameters: {'p': 'x'}`: every text among the parameters."""
    sections = list(_BOUND.finditer(data)) if b"parameters:" in data else []
    told = sections and any(
        word.level >= keys.Level.CREDENTIAL and _PLACE.match(data, word.end)
        for word in found
    )
    for section in sections if told else ():
        for text in _TEXT.finditer(data, *section.span(1)):
            if _ALIAS.match(data, text.end()) is None:
                yield text.span(1) if text[1] is not None else text.span(2)


def _split(data: bytes, start: int, end: int, mark: bytes) -> list[Hit]:
    spans, at = [], start
    while True:
        cut = data.find(mark, at, end)
        spans.append((at, end if cut < 0 else cut))
        if cut < 0:
            return spans
        at = cut + 1


def _heading(
    data: bytes, start: int, end: int
) -> tuple[bytes, dict[int, str], int] | None:
    for code in _MARKS:
        mark = bytes((code,))
        spans = _split(data, start, end, mark)
        names = [_NAME.fullmatch(data, *span) for span in spans]
        known = [name[1] if name else b"" for name in names]
        if len(spans) < _FEWEST or sum(map(bool, known)) < len(spans) - 2:
            continue
        columns = _secret_columns(known)
        if columns:
            return mark, columns, len(spans)
    return None


def rows(data: bytes) -> Iterator[Hit]:
    """Cells below a heading that names a secret, in lines cut by `,`, `|`, `;` or tab."""
    heading = None
    for match in _LINE.finditer(data):
        start, end = match.span()
        if data[start - 1 : start] in {b"\x1e", b"\x1f"}:
            heading = None
        if heading is not None and _RULE.fullmatch(data, start, end):
            continue
        if heading is not None:
            mark, columns, width = heading
            cells = _split(data, start, end, mark)
            if len(cells) == width:
                for column, name in columns.items():
                    hit = _inside(data, cells[column])
                    if not _is_measure(data, hit, name):
                        yield hit
                continue
        heading = _heading(data, start, end)

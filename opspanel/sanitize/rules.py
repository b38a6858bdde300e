"""Every rule on plain text behind one set match, and what each finds."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from opspanel.sanitize import (
    assignments,
    blobs,
    checks,
    commands,
    keys,
    keywords,
    limits,
    patterns,
    pem,
    prose,
    randomness,
    tables,
    views,
)
from opspanel.sanitize.engine import (
    Hit,
    Pattern,
    PatternSet,
    exact,
    merged,
    sought,
)

_AT_WORD = Pattern(r"[^\s\x1e\x1f]*@[^\s\x1e\x1f]*")
_HINT_AT = "@"
_MANY_WORDS = 20
HIDDEN = r"[\x00-\x08\x0b\x0c\x0e-\x1d\x7f-\x9f\xad]"


class Found(NamedTuple):
    start: int
    end: int
    rule: str


class _Form(NamedTuple):
    rule: str
    pattern: Pattern
    sought: str
    check: checks.Check

    def find(self, data: bytes) -> Iterator[Found]:
        return self.checked(data, self.pattern.spans(data))

    def checked(self, data: bytes, hits: Iterable[Hit]) -> Iterator[Found]:
        for start, end in hits:
            if self.check(data, start, end):
                yield Found(start, end, self.rule)


def _forms(table: Iterable[tuple[str, str]]) -> tuple[_Form, ...]:
    return tuple(
        _Form(
            rule,
            Pattern(exact(source)),
            sought(source),
            checks.CHECKS.get(rule, checks.always),
        )
        for rule, source in table
    )


def _as(rule: str, hits: Iterable[Hit]) -> Iterator[Found]:
    for start, end in hits:
        yield Found(start, end, rule)


def _is_whole(data: bytes, hit: Hit) -> bool:
    """Not only the first word of what is told: `credentials: ops / …`."""
    quoted = data[hit[0] - 1 : hit[0]] in {b'"', b"'", b"`"}
    return quoted or checks.looks_chosen(data[slice(*hit)])


def _spoken(data: bytes) -> Iterator[Found]:
    found = list(limits.bounded(keywords.find(data), limits.KEYWORDS))
    for keyword in found:
        told = False
        if keyword.level >= keys.Level.CREDENTIAL:
            assigned = list(assignments.find(data, keyword))
            yield from _as("assignment", assigned)
            told = any(_is_whole(data, hit) for hit in assigned)
        if prose.speaks(data, keyword):
            yield from _as("prose", prose.find(data, keyword, assigned=told))
    if any(word.level > 1 for word in found):
        yield from _as("table", tables.inserts(data))
        yield from _as("table", tables.bound(data, found))
        if b"\n" in data:
            yield from _as("table", tables.rows(data))


def _rule(
    rule: str, find: Callable[[bytes], Iterable[Hit]]
) -> Callable[[bytes], Iterator[Found]]:
    return lambda data: _as(rule, find(data))


type Finder = Callable[[bytes], Iterator[Found]]

DISTINCT = _forms(patterns.DISTINCT)
AROUND_AT = _forms(patterns.AROUND_AT)
_AROUND_AT_SET = PatternSet([form.sought for form in AROUND_AT])


def _around_at(data: bytes) -> Iterator[Hit]:
    """The words with an `@`; no search goes on from the last of them."""
    end = 0
    while data.find(b"@", end) >= 0:
        start, end = next(_AT_WORD.spans(data, end))
        yield start, end


def addresses(data: bytes) -> Iterator[Found]:
    """What stands around an `@`: none of these forms holds a space or a separator."""
    words = list(itertools.islice(_around_at(data), _MANY_WORDS))
    if len(words) == _MANY_WORDS:
        words = [(0, len(data))]
    for start, end in words:
        for hit in _AROUND_AT_SET.hits(data[start:end]):
            form = AROUND_AT[hit]
            yield from form.checked(data, form.pattern.spans_within(data, start, end))


OTHERS: tuple[tuple[str, Finder], ...] = (
    (keywords.HINT, _spoken),
    (prose.HINT_LOGIN, _rule("prose", prose.logins)),
    (commands.HINT, _rule("command", commands.find)),
    (tables.HINT_UNNAMED, _rule("table", tables.unnamed)),
    (pem.HINT, _rule("pem", pem.find)),
    (_HINT_AT, addresses),
    (prose.HINT_STRONG, _rule("strong", prose.strong)),
)
FORMS = DISTINCT + _forms(patterns.PLAIN)
_FINDERS: dict[str, Finder] = {form.sought: form.find for form in FORMS} | dict(OTHERS)
# What asks for another reading: with places, since it costs a search and more.
HINTS = {
    views.HINT_ESCAPE: "escape",
    views.HINT_SEAM: "seam",
    views.HINT_SPACED: "spaced",
    views.HINT_REVERSED: "reversed",
    views.HINT_ROT13: "rot13",
    blobs.HINT: "blob",
    HIDDEN: "hidden",
}
_PLACES = {reading: Pattern(source) for source, reading in HINTS.items()}
_DISTINCT_SET = PatternSet([form.sought for form in DISTINCT])
# Patterns that go well together: those that count characters would multiply the states
# of those that spell words.
_SPELT = (keywords.HINT, prose.HINT_LOGIN, tables.HINT_UNNAMED, commands.HINT)
_SIGNS = (
    *(prose.HINT_STRONG, _HINT_AT, pem.HINT),
    *(views.HINT_ESCAPE, views.HINT_SEAM, HIDDEN),
)
_GROUPS = (
    (*_SPELT, views.HINT_ROT13),
    (*[form.sought for form in FORMS], *_SIGNS),
    (views.HINT_REVERSED, views.HINT_SPACED),
    (blobs.HINT,),
)
_SETS = tuple((PatternSet(group), group) for group in _GROUPS)


class Overview(NamedTuple):
    """What a first look says of a text: rules to run, and readings worth making."""

    finders: list[Finder]
    readings: frozenset[str]


_NOTHING = Overview([], frozenset())


def overview(data: bytes) -> Overview:
    hits = [group[hit] for some, group in _SETS for hit in some.hits(data)]
    if not hits:
        return _NOTHING
    return Overview(
        [_FINDERS[hit] for hit in hits if hit in _FINDERS],
        frozenset([HINTS[hit] for hit in hits if hit in HINTS]),
    )


def places(reading: str, data: bytes) -> Iterator[int]:
    """Where in a text the hints of one reading stand."""
    for start, _ in _PLACES[reading].spans(data):
        yield start


def find(data: bytes, finders: Iterable[Finder]) -> list[Found]:
    """What the rules find, and what looks random besides."""
    found = [one for finder in finders for one in finder(data)]
    taken = merged((start, end) for start, end, _ in found) if found else ()
    found += [Found(*hit, "random") for hit in randomness.find(data, taken)]
    return found


def unmistakable(data: bytes) -> Iterator[Found]:
    """For text whose words may be glued together: forms that look like keys as well."""
    for place in _DISTINCT_SET.hits(data):
        for found in DISTINCT[place].find(data):
            token = data[found.start : found.end]
            if randomness.is_key_like(token):
                yield found

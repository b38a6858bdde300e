"""How one rendering of a template becomes the next: what is kept, left out and put in.

Two of them differ in little but their numbers, and most of those are the times at which
figures were read. So times are told once for all of their places. For the rest, lines are
paired by what they say beside numbers, and only pairs that differ are compared piece by
piece: `difflib` is quick with few pieces, and slow with a whole page of them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, chain, count
from typing import NamedTuple, Self

# As static/js/edits.js has it.
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]+)?")
_NUMBER = re.compile(r"[0-9][0-9.]*")
_ID = re.compile(r'(?:popovertarget|id)="[^"]+"')
_PIECE = re.compile(r"[^\s<>]+[\s<>]*|[\s<>]+")
# A shorter stretch between two changes is sent again: to skip it costs more.
_SHORT = 6
# A shorter line that moved is sent again, too.
_WORTH_A_JUMP = 60
# Pairs that are compared at most in what differs. Beyond, all of it is sent: a page of
# which much has moved is not worth seconds of a processor.
_MOST_LINES, _MOST_PIECES = 40_000, 100_000


class Pair(NamedTuple):
    """What belongs together, in the order of the new text; `was` begins at `place` of
    the old one, counted in lines or in signs."""

    place: int
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Edits:
    """First each time in the old text gives way to what `times` has for it. Then, three
    by three in `steps`: keep so many signs, leave out so many (of less than none: go
    back), put this in. What is left at the end is kept, and the whole is `length` signs
    long. Signs are counted as browsers do, in units of UTF-16."""

    times: dict[str, str]
    steps: list[int | str]
    length: int

    @classmethod
    def between(cls, old: str, new: str) -> Self:
        lines = _lines(old)
        blocks = list(_blocks(lines, _lines(new), _places(lines)))
        times = _times(blocks)
        signs = map(_signs, _lines(_moved(old, times)))
        starts = list(accumulate(signs, initial=0))
        moved = (Pair(starts[at], _moved(was, times), now) for at, was, now in blocks)
        return cls(times, [*_steps(_pieces(moved), starts[-1])], _signs(new))


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


# By what no other line has: where it stands, and what it says.
type Places = Mapping[str, Pair]


def _places(lines: list[str]) -> Places:
    names = [_name(line) for line in lines]
    known = Counter(names)
    return {
        name: Pair(number, line, "")
        for number, (name, line) in enumerate(zip(names, lines, strict=True))
        if len(line) >= _WORTH_A_JUMP and known[name] == 1
    }


def _name(line: str) -> str:
    """The first id in it, else its words."""
    found = _ID.search(line)
    return found[0] if found else _NUMBER.sub("0", line)


def _blocks(
    old: list[str],
    new: list[str],
    places: Places,
    first: int = 0,
    *,
    again: bool = False,
) -> Iterator[Pair]:
    """Line by line where their words are the same, else as many lines as differ. Lines
    that stand everywhere pair nothing at first: with thousands of them that takes
    seconds. What differs then is looked at `again`, with all of its lines. `first`: the
    number of the first line of `old`."""
    words = SequenceMatcher(None, _words(old), _words(new), autojunk=not again)
    for kind, start, end, new_start, new_end in words.get_opcodes():
        was, now, place = old[start:end], new[new_start:new_end], first + start
        if kind == "equal":
            pairs = zip(count(place), was, now, strict=False)
            yield from map(Pair._make, pairs)
        elif not again and 0 < len(was) * len(now) <= _MOST_LINES:
            yield from _blocks(was, now, places, place, again=True)
        else:
            yield from _brought(place, was, now, places)


def _brought(
    place: int, was: list[str], now: list[str], places: Places
) -> Iterator[Pair]:
    """Lines that stood elsewhere are fetched from there."""
    fresh = ""
    for line in now:
        found = places.get(_name(line))
        if found is None:
            fresh += line
            continue
        if fresh:
            yield Pair(place, "", fresh)
            fresh = ""
        yield found._replace(now=line)
    yield Pair(place, "".join(was), fresh)


def _words(lines: list[str]) -> list[str]:
    return [_NUMBER.sub("0", line) for line in lines]


def _times(blocks: Iterable[Pair]) -> dict[str, str]:
    """What most places of each time became, where it became another."""
    found = Counter(
        pair
        for _, was, now in blocks
        if was != now
        for pair in zip(_TIME.findall(was), _TIME.findall(now), strict=False)
    )
    rarest_first = reversed(found.most_common())
    became = {was: now for (was, now), _ in rarest_first}
    return {was: now for was, now in became.items() if was != now}


def _moved(text: str, times: dict[str, str]) -> str:
    return _TIME.sub(lambda found: times.get(found[0], found[0]), text)


def _pieces(blocks: Iterable[Pair]) -> Iterator[Pair]:
    for block in blocks:
        if block.was == block.now:
            yield block
            continue
        old, new = _PIECE.findall(block.was), _PIECE.findall(block.now)
        if len(old) * len(new) > _MOST_PIECES:
            yield block
        else:
            yield from _alike(block.place, old, new)


def _alike(place: int, old: list[str], new: list[str]) -> Iterator[Pair]:
    found = SequenceMatcher(None, old, new, autojunk=False)
    for _, start, end, new_start, new_end in found.get_opcodes():
        was = "".join(old[start:end])
        yield Pair(place, was, "".join(new[new_start:new_end]))
        place += _signs(was)


def _steps(pieces: Iterable[Pair], end: int) -> Iterator[int | str]:
    for kept, left, put in _changes(pieces, end):
        yield from (_signs(kept), left, put)


def _changes(pieces: Iterable[Pair], end: int) -> list[tuple[str, int, str]]:
    """What is kept before each, how many signs are left out and what is put in. The old
    text is read up to its `end`."""
    found: list[tuple[str, int, str]] = []
    kept, at = "", 0
    for place, was, now in chain(pieces, [Pair(end, "", "")]):
        jump, at = place - at, place + _signs(was)
        if not jump and was == now:
            kept += was
            continue
        # What is kept behind a jump is none of it.
        same = was if was == now else ""
        left, put = (jump, "") if same else (jump + _signs(was), now)
        if found and len(kept) < _SHORT:
            before, gone, had = found.pop()
            found.append((before, gone + _signs(kept) + left, had + kept + put))
        else:
            found.append((kept, left, put))
        kept = same
    return found


def _signs(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2

"""How one rendering of a template becomes the next: what is kept, left out and put in.

Two of them differ in little but their numbers, and most of those are the times at which
figures were read. So times are told once for all of their places. For the rest, lines are
paired by what they say beside numbers, and only pairs that differ are compared piece by
piece: `difflib` is quick with few pieces, and slow with a whole page of them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Self

# As static/js/edits.js has it.
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]+)?")
_NUMBER = re.compile(r"[0-9][0-9.]*")
_PIECE = re.compile(r"[^\s<>]+[\s<>]*|[\s<>]+")
# A shorter stretch between two changes is sent again: to skip it costs more.
_SHORT = 6
# Pairs that are compared at most in what differs. Beyond, all of it is sent: a page of
# which much has moved is not worth seconds of a processor.
_MOST_LINES, _MOST_PIECES = 40_000, 10_000

# Of two texts what belongs together, in order and without a gap.
type Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Edits:
    """First each time in the old text gives way to what `times` has for it. Then, three
    by three in `steps`: keep so many signs, leave out so many, put this in. What is left
    at the end is kept, and the whole is `length` signs long. Signs are counted as
    browsers do, in units of UTF-16."""

    times: dict[str, str]
    steps: list[int | str]
    length: int

    @classmethod
    def between(cls, old: str, new: str) -> Self:
        blocks = list(_blocks(_lines(old), _lines(new), autojunk=True))
        times = _times(blocks)
        moved = ((_moved(was, times), now) for was, now in blocks)
        return cls(times, [*_steps(_pieces(moved))], _signs(new))


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _blocks(old: list[str], new: list[str], *, autojunk: bool) -> Iterator[Pair]:
    """Line by line where their words are the same, else as many lines as differ. Lines
    that stand everywhere pair nothing at first: with thousands of them that takes
    seconds. What differs then is looked at anew, with all of its lines."""
    words = SequenceMatcher(None, _words(old), _words(new), autojunk=autojunk)
    for kind, start, end, new_start, new_end in words.get_opcodes():
        was, now = old[start:end], new[new_start:new_end]
        if kind == "equal":
            yield from zip(was, now, strict=True)
        elif autojunk and 0 < len(was) * len(now) <= _MOST_LINES:
            yield from _blocks(was, now, autojunk=False)
        else:
            yield "".join(was), "".join(now)


def _words(lines: list[str]) -> list[str]:
    return [_NUMBER.sub("0", line) for line in lines]


def _times(blocks: Iterable[Pair]) -> dict[str, str]:
    """What most places of each time became, where it became another."""
    found = Counter(
        pair
        for was, now in blocks
        if was != now
        for pair in zip(_TIME.findall(was), _TIME.findall(now), strict=False)
    )
    rarest_first = reversed(found.most_common())
    became = {was: now for (was, now), _ in rarest_first}
    return {was: now for was, now in became.items() if was != now}


def _moved(text: str, times: dict[str, str]) -> str:
    return _TIME.sub(lambda found: times.get(found[0], found[0]), text)


def _pieces(blocks: Iterable[Pair]) -> Iterator[Pair]:
    for was, now in blocks:
        old, new = _PIECE.findall(was), _PIECE.findall(now)
        if was == now or len(old) * len(new) > _MOST_PIECES:
            yield was, now
        else:
            yield from _alike(old, new)


def _alike(old: list[str], new: list[str]) -> Iterator[Pair]:
    found = SequenceMatcher(None, old, new, autojunk=False)
    for _, start, end, new_start, new_end in found.get_opcodes():
        yield "".join(old[start:end]), "".join(new[new_start:new_end])


def _steps(pieces: Iterable[Pair]) -> Iterator[int | str]:
    for kept, left, put in _changes(pieces):
        yield from (_signs(kept), _signs(left), put)


def _changes(pieces: Iterable[Pair]) -> list[tuple[str, str, str]]:
    """What is kept before each, what is left out and what is put in."""
    found: list[tuple[str, str, str]] = []
    kept = ""
    for was, now in pieces:
        if was == now:
            kept += was
            continue
        if found and len(kept) < _SHORT:
            before, left, put = found.pop()
            found.append((before, left + kept + was, put + kept + now))
        else:
            found.append((kept, was, now))
        kept = ""
    return found


def _signs(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2

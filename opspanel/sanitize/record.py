"""All the text of one value, searched as one and put back in its places."""

from bisect import bisect_right
from itertools import accumulate
from typing import Any, NamedTuple

from opspanel.sanitize import limits, reasons, rules, scanner
from opspanel.sanitize.engine import as_bytes
from opspanel.sanitize.placeholder import PLACEHOLDER
from opspanel.sanitize.registry import KNOWN
from opspanel.sanitize.rules import Found
from opspanel.sanitize.text import encodable, redact

MAX_CHARACTERS = 1 << 21
_LEAST_READING = 5


class Leaf(NamedTuple):
    """One text of a value, at `home[slot]`, under the name `key` ("" for none)."""

    key: str
    text: str
    home: Any
    slot: Any


class Record:
    """Collects the texts of a value, then writes the clean ones over the others."""

    def __init__(self) -> None:
        self.leaves: list[Leaf] = []
        self.explained: list[tuple[str, str]] = []
        self.altered = False

    def clean(self) -> None:
        """Once through; `altered` says whether any text came out different."""
        leaves, whole = _encodable(_of_bearable_size(self.leaves))
        self.altered = len(leaves) < len(self.leaves) or any(
            made is not leaf for made, leaf in zip(leaves, self.leaves, strict=True)
        )
        self._redact(leaves, whole)

    def _redact(self, leaves: list[Leaf], whole: str) -> None:
        for place, found in sorted(_search(leaves, whole).items()):
            leaf = leaves[place]
            key, text = _redacted(leaf, found)
            if (key, text) == (leaf.key, leaf.text):
                continue
            self.explained += [(leaf.key, one.rule) for one in found]
            self.altered = True
            _rewritten(leaf, key, text)


def _of_bearable_size(leaves: list[Leaf]) -> list[Leaf]:
    """All leaves, or those that come before there is too much text."""
    if sum([len(text) for _, text, _, _ in leaves]) <= MAX_CHARACTERS // 2:
        return leaves
    sizes = accumulate(len(leaf[0]) + len(leaf[1]) for leaf in leaves)
    kept = [
        leaf for leaf, size in zip(leaves, sizes, strict=True) if size <= MAX_CHARACTERS
    ]
    if len(kept) < len(leaves):
        reasons.count("size")
        for leaf in leaves[len(kept) :]:
            leaf.home[leaf.slot] = PLACEHOLDER
    return kept


def _redacted(leaf: Leaf, found: list[Found]) -> tuple[str, str]:
    """Key and text after redaction; spans count from the start of the text."""
    shift = len(leaf.key) + 1
    # What begins in the key, or before it, takes the text from its start: a slice from
    # a negative place would count from the end.
    within = [one._replace(start=max(one.start, 0)) for one in found if one.end > 0]
    text = redact(leaf.text, within)
    if leaf.slot != leaf.key or not leaf.key:
        return leaf.key, text
    in_key = [
        Found(one.start + shift, one.end + shift, one.rule)
        for one in found
        if one.start < 0 and one.rule != "prose"
    ]
    return redact(leaf.key, in_key), text


def _rewritten(leaf: Leaf, key: str, text: str) -> Leaf:
    home, slot = leaf.home, leaf.slot
    # The texts of a list stand under the name of the list, at a number.
    if key != leaf.key and slot == leaf.key:
        slot = key = _free_key(home, key)
        items = [
            (key if name == leaf.key else name, item) for name, item in home.items()
        ]
        home.clear()
        home.update(items)
    if text != leaf.text or isinstance(home[slot], str):
        home[slot] = text if isinstance(home[slot], str) else home[slot]
    return Leaf(key, text, home, slot)


def _free_key(home: dict[str, Any], key: str) -> str:
    """Two keys that clean to the same one both stay: the second gets a number."""
    free, number = key, 2
    while free in home:
        free, number = f"{key} ({number})", number + 1
    return free


def _search(leaves: list[Leaf], whole: str) -> dict[int, list[Found]]:
    """What was found, by place of the leaf; offsets are those in the leaf's text."""
    data = as_bytes(whole)
    seen = rules.overview(data)
    direct = [Found(*hit, "known") for hit in KNOWN.spans(data)]
    try:
        direct += rules.find(data, seen.finders)
    except limits.CrowdedError:
        return _apart(leaves)
    found: dict[int, list[Found]] = {}
    if direct or seen.readings or not whole.isascii():
        starts = [0, *accumulate(map(_width, leaves))]
        _share_out(direct, leaves, starts, found)
        _read_closely(_hinted(data, seen.readings, starts, leaves), leaves, found)
    return found


def _apart(leaves: list[Leaf]) -> dict[int, list[Found]]:
    """One by one, where together they are too many: only the culprit is lost."""
    if len(leaves) == 1:
        reasons.count("crowded")
        leaf = leaves[0]
        return {0: [Found(-len(leaf.key) - 1, len(leaf.text), "crowded")]}
    return {
        place: found
        for place, leaf in enumerate(leaves)
        for found in _search([leaf], _joined([leaf])).values()
    }


def _joined(leaves: list[Leaf]) -> str:
    return scanner.BETWEEN.join(
        [f"{key}\x1f{text}" if key else text for key, text, _, _ in leaves]
    )


def _width(leaf: Leaf) -> int:
    """How much of the joined text is of one leaf, its separators included."""
    return len(leaf.text) + 1 + (len(leaf.key) + 1 if leaf.key else 0)


def _is_plain(leaves: list[Leaf], whole: str) -> bool:
    """Whether the texts hold none of the separators, and nothing that JSON cannot."""
    return (
        whole.isascii()
        and whole.count(scanner.BETWEEN) == len(leaves) - 1
        and whole.count(scanner.UNDER) == len([1 for leaf in leaves if leaf[0]])
        and "\0" not in whole
    )


def _encodable(leaves: list[Leaf]) -> tuple[list[Leaf], str]:
    """The leaves with no signs of ours or that JSON lacks, and all of them joined."""
    whole = _joined(leaves)
    if _is_plain(leaves, whole):
        return leaves, whole
    made = []
    for leaf in leaves:
        key, text = encodable(leaf.key), encodable(leaf.text)
        same = (key, text) == (leaf.key, leaf.text)
        made.append(leaf if same else _rewritten(leaf, key, text))
    return made, _joined(made)


def _share_out(
    direct: list[Found],
    leaves: list[Leaf],
    starts: list[int],
    found: dict[int, list[Found]],
) -> None:
    for start, end, rule in direct:
        place = bisect_right(starts, start) - 1
        while place < len(leaves) and starts[place] < end:
            leaf = leaves[place]
            origin = starts[place] + (len(leaf.key) + 1 if leaf.key else 0)
            stop = min(end - origin, len(leaf.text))
            found.setdefault(place, []).append(Found(start - origin, stop, rule))
            place += 1


def _hinted(
    data: bytes, readings: frozenset[str], starts: list[int], leaves: list[Leaf]
) -> dict[int, set[str]]:
    """Which leaf asks for which other readings."""
    asked: dict[int, set[str]] = {}
    for reading in readings:
        last = -1
        for at in rules.places(reading, data):
            if at >= last:
                place = bisect_right(starts, at) - 1
                last = starts[place + 1]
                asked.setdefault(place, set()).add(reading)
            if last >= len(data):
                break
    for place, leaf in enumerate(leaves):
        if not (leaf.text.isascii() and leaf.key.isascii()):
            asked.setdefault(place, set())
    return asked


def _read_closely(
    asked: dict[int, set[str]], leaves: list[Leaf], found: dict[int, list[Found]]
) -> None:
    for place, readings in asked.items():
        leaf, wanted = leaves[place], frozenset(readings)
        if len(leaf.text) >= _LEAST_READING:
            inner = scanner.read_closely(leaf.text, wanted)
            found.setdefault(place, []).extend(inner)
        if leaf.key and leaf.slot == leaf.key:
            shift = len(leaf.key) + 1
            for start, end, rule in scanner.read_closely(leaf.key, wanted):
                found.setdefault(place, []).append(
                    Found(start - shift, end - shift, rule)
                )

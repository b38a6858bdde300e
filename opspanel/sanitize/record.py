"""All the text of one value, searched as one and put back in its places."""

from bisect import bisect_right
from itertools import accumulate
from typing import Any

from opspanel.sanitize import limits, reasons, rules, scanner
from opspanel.sanitize.engine import as_bytes
from opspanel.sanitize.placeholder import PLACEHOLDER
from opspanel.sanitize.registry import KNOWN
from opspanel.sanitize.rules import Found
from opspanel.sanitize.text import encodable, redact

MAX_CHARACTERS = 1 << 21
MAX_ROUNDS = 6
_LEAST_READING = 5

# One text of a value: its name ("" for none), the text, and that it is at home[slot].
# Plain tuples: there is one for each text of each value, and most are never looked at.
type Leaf = tuple[str, str, Any, Any]


class Record:
    """Collects the texts of a value, then writes the clean ones over the others."""

    def __init__(self) -> None:
        self.leaves: list[Leaf] = []
        self.explained: list[tuple[str, str]] = []
        self.altered = False

    def clean(self) -> None:
        """Until nothing is found. `altered`: whether that may show more elsewhere."""
        leaves, whole = _encodable(*_of_bearable_size(self.leaves))
        self.altered = leaves is not self.leaves
        for _ in range(MAX_ROUNDS):
            leaves = self._redact(leaves, whole)
            if not leaves:
                return
            whole = _joined(leaves)
        reasons.count("unstable", len(leaves))
        for _, _, home, slot in leaves:
            home[slot] = PLACEHOLDER

    def _redact(self, leaves: list[Leaf], whole: str) -> list[Leaf]:
        changed = []
        for place, found in sorted(_search(leaves, whole).items()):
            leaf = leaves[place]
            key, text = _redacted(leaf, found)
            if (key, text) == leaf[:2]:
                continue
            self.explained += [(leaf[0], one.rule) for one in found]
            self.altered |= not _stands_alone(leaf, key, text)
            changed.append(_rewritten(leaf, key, text))
        return changed


def _stands_alone(leaf: Leaf, key: str, text: str) -> bool:
    """Whether no other part of the value is judged by a text that changed: it is under
    a name of its own, not in a list, and no JSON."""
    name, _, _, slot = leaf
    return (
        bool(name)
        and name == key == slot
        and (text == PLACEHOLDER or text[:1] not in '{["')
    )


def _of_bearable_size(leaves: list[Leaf]) -> tuple[list[Leaf], str]:
    """The leaves, or those that come before there is too much text; and all joined."""
    whole = _joined(leaves)
    if len(whole) <= MAX_CHARACTERS:
        return leaves, whole
    sizes = accumulate(len(leaf[0]) + len(leaf[1]) for leaf in leaves)
    kept = [
        leaf for leaf, size in zip(leaves, sizes, strict=True) if size <= MAX_CHARACTERS
    ]
    if len(kept) == len(leaves):
        return leaves, whole
    reasons.count("size")
    for _, _, home, slot in leaves[len(kept) :]:
        home[slot] = PLACEHOLDER
    return kept, _joined(kept)


def _redacted(leaf: Leaf, found: list[Found]) -> tuple[str, str]:
    """Key and text after redaction; spans count from the start of the text."""
    key, text, _, slot = leaf
    # What begins in the key, or before it, takes the text from its start: a slice from
    # a negative place would count from the end.
    within = [Found(max(start, 0), end, rule) for start, end, rule in found if end > 0]
    if slot != key or not key:
        return key, redact(text, within)
    shift = len(key) + 1
    in_key = [
        Found(start + shift, end + shift, rule)
        for start, end, rule in found
        if start < 0 and rule != "prose"
    ]
    return redact(key, in_key), redact(text, within)


def _rewritten(leaf: Leaf, key: str, text: str) -> Leaf:
    name, _, home, slot = leaf
    # The texts of a list stand under the name of the list, at a number.
    if key != name and slot == name:
        slot = key = _free_key(home, key)
        items = [
            (key if other == name else other, item) for other, item in home.items()
        ]
        home.clear()
        home.update(items)
    if isinstance(home[slot], str):
        home[slot] = text
    return key, text, home, slot


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
        starts = _starts(whole)
        _share_out(direct, leaves, starts, found)
        asked = _hinted(data, seen.readings, starts)
        if not whole.isascii():
            for place, (key, text, _, _) in enumerate(leaves):
                if not (text.isascii() and key.isascii()):
                    asked.setdefault(place, set())
        _read_closely(asked, leaves, found)
    return found


def _apart(leaves: list[Leaf]) -> dict[int, list[Found]]:
    """One by one, where together they are too many: only the culprit is lost."""
    if len(leaves) == 1:
        reasons.count("crowded")
        key, text, _, _ = leaves[0]
        return {0: [Found(-len(key) - 1, len(text), "crowded")]}
    return {
        place: found
        for place, leaf in enumerate(leaves)
        for found in _search([leaf], _joined([leaf])).values()
    }


def _joined(leaves: list[Leaf]) -> str:
    return scanner.BETWEEN.join(
        [f"{key}\x1f{text}" if key else text for key, text, _, _ in leaves]
    )


def _starts(whole: str) -> list[int]:
    """Where in the joined text each leaf begins, and where one more would."""
    sizes = [len(text) + 1 for text in whole.split(scanner.BETWEEN)]
    return [0, *accumulate(sizes)]


def _is_plain(leaves: list[Leaf], whole: str) -> bool:
    """Whether the texts hold none of the separators, and nothing that JSON cannot."""
    return (
        whole.isascii()
        and whole.count(scanner.BETWEEN) == len(leaves) - 1
        and whole.count(scanner.UNDER) == len([1 for leaf in leaves if leaf[0]])
        and "\0" not in whole
    )


def _encodable(leaves: list[Leaf], whole: str) -> tuple[list[Leaf], str]:
    """The leaves with no signs of ours or that JSON lacks, and all of them joined."""
    if _is_plain(leaves, whole):
        return leaves, whole
    texts = [(encodable(key), encodable(text)) for key, text, _, _ in leaves]
    if all(made == leaf[:2] for made, leaf in zip(texts, leaves, strict=True)):
        return leaves, whole
    made = [
        leaf if texts == leaf[:2] else _rewritten(leaf, *texts)
        for leaf, texts in zip(leaves, texts, strict=True)
    ]
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
            key, text, _, _ = leaves[place]
            origin = starts[place] + (len(key) + 1 if key else 0)
            stop = min(end - origin, len(text))
            found.setdefault(place, []).append(Found(start - origin, stop, rule))
            place += 1


def _hinted(
    data: bytes, readings: frozenset[str], starts: list[int]
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
    return asked


def _read_closely(
    asked: dict[int, set[str]], leaves: list[Leaf], found: dict[int, list[Found]]
) -> None:
    for place, readings in asked.items():
        (key, text, _, slot), wanted = leaves[place], frozenset(readings)
        if len(text) >= _LEAST_READING:
            inner = scanner.read_closely(text, wanted)
            found.setdefault(place, []).extend(inner)
        if key and slot == key:
            shift = len(key) + 1
            for start, end, rule in scanner.read_closely(key, wanted):
                found.setdefault(place, []).append(
                    Found(start - shift, end - shift, rule)
                )

"""One text, or many as one: every secret in it, in whatever reading it shows."""

import re
from collections.abc import Iterable, Iterator

from opspanel.sanitize import blobs, reasons, rules, views
from opspanel.sanitize.engine import as_bytes
from opspanel.sanitize.limits import Budget, CrowdedError
from opspanel.sanitize.registry import KNOWN
from opspanel.sanitize.rules import Found

DEPTH = 3
BETWEEN, UNDER = "\x1e", "\x1f"


def _plainly(text: str) -> tuple[list[Found], frozenset[str]]:
    data = as_bytes(text)
    seen = rules.overview(data)
    found = rules.find(data, seen.finders)
    found += [Found(start, end, "known") for start, end in KNOWN.spans(data)]
    return found, seen.readings


def scan(text: str) -> list[Found]:
    """Secrets in one text, by their places in it."""
    try:
        return _scan(text, DEPTH, Budget())
    except CrowdedError:
        reasons.count("crowded")
        return [Found(0, len(text), "crowded")]


def read_closely(text: str, readings: frozenset[str]) -> list[Found]:
    """Secrets that show only in other readings of a text."""
    try:
        return list(_in_readings(text, readings, DEPTH, Budget()))
    except CrowdedError:
        reasons.count("crowded")
        return [Found(0, len(text), "crowded")]


def _scan(text: str, depth: int, budget: Budget) -> list[Found]:
    found, readings = _plainly(text)
    if depth and (readings or not text.isascii()):
        found += _in_readings(text, readings, depth, budget)
    return found


def _in_readings(
    text: str, readings: frozenset[str], depth: int, budget: Budget
) -> Iterator[Found]:
    for view in _views(text, readings):
        budget.spend(len(view.text))
        yield from _in_view(view, depth, budget)
    if "blob" in readings:
        yield from _in_blobs(text, depth, budget)
    if "reversed" in readings:
        yield from _backwards(text, budget)


def _views(text: str, readings: frozenset[str]) -> Iterator[views.View]:
    made: list[views.View | None] = []
    if "hidden" in readings or not text.isascii():
        made += [views.folded(text), views.latinised(text), views.translated(text)]
        made.append(views.unstyled(text))
    if "escape" in readings:
        made += [views.unescaped(text), views.quoted_printable(text)]
    if "seam" in readings:
        made += [_glued(text, views.SEAM), views.unmarked(text)]
    if "spaced" in readings:
        made += [_glued(text, views.SPACE), views.lettered(text)]
    if "rot13" in readings:
        made.append(views.rot13(text))
    yield from (view for view in made if view is not None and view.text != text)


def _glued(text: str, junk: re.Pattern[str]) -> views.View | None:
    """A text without its seams or spaces, if that shows something."""
    glued = as_bytes(junk.sub("", text))
    shown = next(rules.unmistakable(glued), None) is not None
    return views.without(text, junk, loose=True) if shown else None


def _in_view(view: views.View, depth: int, budget: Budget) -> Iterator[Found]:
    inner: Iterable[Found]
    if view.loose:
        inner = rules.unmistakable(as_bytes(view.text))
    else:
        inner = _scan(view.text, depth - 1, budget)
    for start, end, rule in inner:
        yield Found(*view.source((start, end)), rule)


def _in_blobs(text: str, depth: int, budget: Budget) -> Iterator[Found]:
    for blob in blobs.find(text):
        budget.spend(len(blob.text))
        for _, _, rule in _scan(blob.text, depth - 1, budget):
            yield Found(*blob.hit, f"encoded {rule}")
            break


def _backwards(text: str, budget: Budget) -> Iterator[Found]:
    turned = views.reversed_text(text)
    budget.spend(len(text))
    # An address that reads forwards shows its host as a password to who reads it back.
    unsure = {"random", "userinfo-short"} if "://" in text else {"random"}
    for start, end, rule in _scan(turned.text, 0, budget):
        if rule not in unsure:
            yield Found(*views.source_of_reversed(turned, (start, end)), rule)

"""Live parts as pages keep them: sent whole, or made of the one before by edits, as
static/js/edits.js does it."""

import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]+)?")
_VERSION = re.compile(r'data-version="([^"]+)"')


def edited(old: str, edits: Mapping[str, Any]) -> str:
    """`edits`: the fields of `opspanel.live.edits.Edits`."""
    times, steps = edits["times"], iter(edits["steps"])
    moved = TIME.sub(lambda found: times.get(found[0], found[0]), old)
    signs, at, text = moved.encode("utf-16-le"), 0, b""
    for kept, left, put in zip(steps, steps, steps, strict=True):
        text += signs[2 * at : 2 * (at + kept)] + put.encode("utf-16-le")
        at += kept + left
    text += signs[2 * at :]
    assert len(text) == 2 * edits["length"]
    return text.decode("utf-16-le")


class Parts:
    """What readers were sent, by name. The same bytes are looked into once for all of
    them, and have to make the very text that they are named for."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._bodies: set[tuple[str, bytes]] = set()

    def take(self, name: str, of: str, body: bytes) -> str:
        """The version that the text `name` shows. `of`: the text that the body edits;
        empty where it is whole."""
        if (name, body) not in self._bodies:
            sent = zlib.decompress(body, 31).decode()
            html = edited(self._texts[of], json.loads(sent)) if of else sent
            assert hashlib.sha256(html.encode()).hexdigest().startswith(name)
            self._texts[name] = html
            self._bodies.add((name, body))
        found = _VERSION.search(self._texts[name])
        return found[1] if found else ""

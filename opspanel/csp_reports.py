"""What browsers report of violations of the content policy, in few words.

Anybody can send anything here. So a report only picks among words that are known, and
names places without what an address may carry besides; and what is written down of it is
rationed, in memory that does not grow.
"""

import json
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from opspanel.sanitize.visible import one_line, shortened

MOST_BYTES = 8192
# A browser sends what has come together in one go.
MOST_IN_ONE = 10
_LONGEST_PLACE = 200
_SOURCES = "child connect default font frame img manifest media object prefetch script"
DIRECTIVES = frozenset(
    {f"{kind}-src" for kind in f"{_SOURCES} style worker".split()}
    | {
        f"{kind}-src-{part}"
        for kind in ("script", "style")
        for part in ("attr", "elem")
    }
    | {"base-uri", "form-action", "frame-ancestors", "sandbox"}
    | {"require-trusted-types-for", "trusted-types"}
)
_KEYWORDS = frozenset(
    {"inline", "eval", "wasm-eval", "self", "data", "blob", "filesystem", "about"}
    | {"trusted-types-policy", "trusted-types-sink", "chrome-extension"}
)


@dataclass(frozen=True, slots=True)
class Violation:
    """`page` and `source` are paths, or the origin of a foreign script; `line` is 0
    where the browser does not tell."""

    directive: str
    blocked: str
    page: str
    source: str
    line: int


def violations(body: bytes) -> list[Violation]:
    """Of both forms that browsers send; none of what is neither."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return []
    return [made for report in _reports(found) if (made := _violation(report))]


def _reports(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        bodies = [found.get("csp-report")]
    elif isinstance(found, list):
        entries = [each for each in found[:MOST_IN_ONE] if isinstance(each, dict)]
        bodies = [e.get("body") for e in entries if e.get("type") == "csp-violation"]
    else:
        bodies = []
    return (body for body in bodies if isinstance(body, dict))


def _violation(report: dict[str, Any]) -> Violation | None:
    broken = _first(report, "effective-directive", "effectiveDirective")
    broken = broken or _first(report, "violated-directive").partition(" ")[0]
    if broken not in DIRECTIVES:
        return None
    page = _first(report, "document-uri", "documentURL")
    source = _first(report, "source-file", "sourceFile")
    line = report.get("line-number", report.get("lineNumber"))
    return Violation(
        directive=broken,
        blocked=_blocked(_first(report, "blocked-uri", "blockedURL")),
        page=_path(page),
        source=_path(source) if _origin(source) == _origin(page) else _origin(source),
        line=line if isinstance(line, int) and 0 < line < 10**7 else 0,
    )


def _first(report: dict[str, Any], *names: str) -> str:
    found = (report.get(name) for name in names)
    return next((text for text in found if isinstance(text, str)), "")


def _blocked(text: str) -> str:
    return text if text in _KEYWORDS else _origin(text)


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    # Without a user and a password, should the address hold them.
    host = parts.netloc.rpartition("@")[2]
    return _short(f"{parts.scheme}://{host}") if host else _short(parts.scheme)


def _path(address: str) -> str:
    try:
        return _short(urlsplit(address).path)
    except ValueError:
        return ""


def _short(text: str) -> str:
    return shortened(one_line(text), _LONGEST_PLACE)


class Ration:
    """At most `each` per client and `total` for all in a window of `seconds`.

    Clients share `slots` counters: two that fall on one share its count, which is less
    than each would get alone, never more.
    """

    def __init__(
        self,
        each: int,
        total: int,
        seconds: float,
        slots: int = 1024,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._each, self._total, self._seconds = each, total, seconds
        self._clock = clock
        self._counts = array("L", [0]) * slots
        self._lock = Lock()
        self._began = clock()
        self._given = self._refused = 0

    def take(self, client: str) -> bool:
        with self._lock:
            now = self._clock()
            if now - self._began >= self._seconds:
                self._began, self._given = now, 0
                self._counts = array("L", [0]) * len(self._counts)
            slot = hash(client) % len(self._counts)
            if self._given >= self._total or self._counts[slot] >= self._each:
                self._refused += 1
                return False
            self._given += 1
            self._counts[slot] += 1
            return True

    def refused(self) -> int:
        """How many were, since this was last asked."""
        with self._lock:
            found, self._refused = self._refused, 0
            return found

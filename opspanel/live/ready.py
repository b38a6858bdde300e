"""The bytes of a projection: rendered and compressed once per change, for everybody."""

import gzip
import hashlib
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Self

from django.template.loader import render_to_string

from opspanel.database.clock import database_now
from opspanel.incidents.latest import configured_latest_with_incidents
from opspanel.live.edits import Edits
from opspanel.live.projection import Projection, version
from opspanel.snapshot.schema import Snapshot

_INDENTATION = re.compile(r"\n\s+")


def rendered(projection: Projection, context: Mapping[str, object]) -> bytes:
    html = render_to_string(projection.template, context)
    # Indentation is a sixth of the bytes, and is for people.
    return _INDENTATION.sub("\n", html).encode()


# Earlier texts of which the edits are made. At the usual pace a page has the last; at a
# slower one, or after a look at another process, one of those before.
_EARLIER = 4


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """`text`: the name of this very text, of whichever process. With `edits_of` the
    bytes are the edits that make it of the text of that name."""

    version: str
    html: bytes
    gzipped: bytes
    text: str
    edits_of: str = ""

    @classmethod
    def of(cls, version: str, html: bytes) -> Self:
        name = hashlib.sha256(html).hexdigest()[:16]
        return cls(version, html, _compressed(html), name)


def _compressed(made: bytes) -> bytes:
    """No time and no name in the header: the same bytes in each process."""
    return gzip.compress(made, 9, mtime=0)


class Ready:
    """What a projection shows now. `kept` may be behind by as much as the keeper is;
    `shown` never is, and renders if it has to."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection
        self._lock = threading.Lock()
        self._editing = threading.Lock()
        # The newest first, which is what is kept: a page may have it and be held still.
        self._earlier: tuple[Shown, ...] = ()
        self._edits: dict[tuple[str, str], Shown] = {}
        self.kept: Shown | None = None

    def shown(self) -> Shown:
        snapshot = configured_latest_with_incidents().snapshot()
        return self._as_kept(snapshot) or self._render(snapshot)

    def since(self, text: str, shown: Shown) -> Shown:
        """For a page that has `text`: the edits, where it is one of the last and they
        are shorter than what it becomes. Made once for all."""
        if found := self._edits.get((text, shown.text)):
            return found
        earlier = next((each for each in self._earlier if each.text == text), None)
        if earlier is None:
            return shown
        with self._editing:
            pair = (text, shown.text)
            # Who renders the next one may have emptied it just now.
            found = self._edits.get(pair) or _edited(earlier, shown)
            self._edits[pair] = found
            return found

    def _as_kept(self, snapshot: Snapshot | None) -> Shown | None:
        kept = self.kept
        wanted = version(snapshot, database_now())
        return kept if kept is not None and kept.version == wanted else None

    def _render(self, snapshot: Snapshot | None) -> Shown:
        with self._lock:
            if found := self._as_kept(snapshot):
                return found
            given = self._projection.part_context(snapshot)
            made = Shown.of(str(given["version"]), rendered(self._projection, given))
            self.keep(made)
            return made

    def keep(self, made: Shown) -> None:
        self._earlier = (made, *self._earlier)[: _EARLIER + 1]
        self._edits = {}
        self.kept = made


def _edited(earlier: Shown, shown: Shown) -> Shown:
    edits = asdict(Edits.between(earlier.html.decode(), shown.html.decode()))
    made = json.dumps(edits, separators=(",", ":"), ensure_ascii=False).encode()
    gzipped = _compressed(made)
    if len(gzipped) >= len(shown.gzipped):
        return shown
    return replace(shown, html=made, gzipped=gzipped, edits_of=earlier.text)

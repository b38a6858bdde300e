"""The bytes of a projection: rendered and compressed once per change, for everybody."""

import gzip
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone

from opspanel.incidents.latest import configured_latest_with_incidents
from opspanel.live.projection import Projection, version
from opspanel.snapshot.schema import Snapshot

_INDENTATION = re.compile(r"\n\s+")


def rendered(projection: Projection, context: Mapping[str, object]) -> bytes:
    html = render_to_string(projection.template, context)
    # Indentation is a sixth of the bytes, and is for people.
    return _INDENTATION.sub("\n", html).encode()


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    version: str
    html: bytes
    gzipped: bytes


class Ready:
    """What a projection shows now. `kept` may be behind by as much as the keeper is;
    `shown` never is, and renders if it has to."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection
        self._lock = threading.Lock()
        self.kept: Shown | None = None

    def shown(self) -> Shown:
        snapshot = configured_latest_with_incidents().snapshot()
        return self._as_kept(snapshot) or self._render(snapshot)

    def _as_kept(self, snapshot: Snapshot | None) -> Shown | None:
        kept = self.kept
        wanted = version(snapshot, timezone.now())
        return kept if kept is not None and kept.version == wanted else None

    def _render(self, snapshot: Snapshot | None) -> Shown:
        with self._lock:
            if found := self._as_kept(snapshot):
                return found
            given = self._projection.context(snapshot)
            html = rendered(self._projection, given)
            # No time and no name in the header: the same bytes in each process.
            made = Shown(str(given["version"]), html, gzip.compress(html, 9, mtime=0))
            self.kept = made
            return made

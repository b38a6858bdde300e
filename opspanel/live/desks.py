"""What a process hands out, and to whom."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from opspanel.access.admission import Admissions, Grant
from opspanel.access.contact import configured_contact
from opspanel.build import build_id
from opspanel.incidents.bell import configured_bell
from opspanel.incidents.latest import configured_latest_with_incidents
from opspanel.live.keeper import Keeper
from opspanel.live.projection import PROJECTIONS, Projection
from opspanel.live.ready import Ready
from opspanel.live.turns import Turns
from opspanel.snapshot.latest import configured_latest
from opspanel.snapshot.silence import configured_watcher


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one projection is handed out."""

    projection: Projection
    ready: Ready
    admissions: Admissions

    @property
    def ending(self) -> str:
        """Of the query of each poll that is answered here."""
        return f"&build={build_id()}" if self.projection.unattended else ""

    def known(self, cookies: Mapping[str, str]) -> Grant | None:
        """Of a reader who was let in before, without a question to the database."""
        kind = self.admissions.kind
        key = kind.key(cookies.get(kind.cookie, ""))
        return self.admissions.known(key, self.projection.permission) if key else None


class Desks:
    """All of a process, and the thread that keeps them."""

    def __init__(
        self,
        keeper: type[Keeper] = Keeper,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        kinds = {each.readers for each in PROJECTIONS}
        tables = {kind: Admissions(kind, clock) for kind in kinds}
        self._of = {
            each: Desk(each, Ready(each), tables[each.readers]) for each in PROJECTIONS
        }
        self.turns = Turns()
        self._at = {each.path: desk for each, desk in self._of.items()}
        ready = [desk.ready for desk in self._of.values()]
        self.keeper = keeper(ready, tables.values(), clock)

    def of(self, projection: Projection) -> Desk:
        return self._of[projection]

    def serve_last_copy(self) -> bool:
        return any(desk.admissions.has_grace() for desk in self._of.values())

    def at(self, path: str) -> Desk | None:
        return self._at.get(path)


@cache
def configured_desks() -> Desks:
    return Desks()


def start_anew() -> None:
    configured_desks.cache_clear()
    configured_contact.cache_clear()
    configured_latest.cache_clear()
    configured_watcher.cache_clear()
    configured_bell.cache_clear()
    configured_latest_with_incidents.cache_clear()


# A child of a fork has no keeper, and perhaps a lock that nobody will open.
os.register_at_fork(after_in_child=start_anew)

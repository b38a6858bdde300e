"""The renderings of a snapshot that are the same for all who may see them.

A new one is a line in PROJECTIONS: a route that is polled, the partial that it renders,
the permission it needs, and the kind of reader that asks for it. What is personal, or
carries a nonce, a script or an htmx attribute, stays outside.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from opspanel.access.admission import ReaderKind
from opspanel.access.contact import configured_contact
from opspanel.access.screen_readers import SCREEN, ScreenReaders
from opspanel.access.session_readers import SessionReaders
from opspanel.build import build_id
from opspanel.database.clock import database_now
from opspanel.live.wall_board import WallBoard, board_of
from opspanel.panel.load import configured_panel
from opspanel.snapshot.outdated import is_stale
from opspanel.snapshot.schema import Snapshot
from opspanel.snapshot.silence import configured_watcher


@dataclass(frozen=True, slots=True)
class Projection:
    """`unattended`: polled without htmx by a page that loads itself anew when its build
    or its reader's mark changed; each poll tells the one, each answer both. `board`:
    makes what its template may show instead of a snapshot.
    """

    route: str
    template: str
    permission: str
    readers: ReaderKind
    unattended: bool = False
    board: Callable[[Snapshot], WallBoard] | None = None

    @property
    def path(self) -> str:
        return reverse(self.route)

    def context(self, snapshot: Snapshot | None) -> dict[str, object]:
        """What the page and its live part are rendered from."""
        given = _context(snapshot)
        if self.board is not None:
            given["board"] = self.board(snapshot) if snapshot else None
        return given

    def part_context(self, snapshot: Snapshot | None) -> dict[str, object]:
        """What the live part alone is rendered from. Its ages are those of the moment at
        which the snapshot was taken, so that each process renders the same text and the
        next differs in little; browsers count on from the server's time. But not where
        old is what it is, nor on walls, of which the clock is a part."""
        given, now = self.context(snapshot), database_now()
        if snapshot is None or self.unattended or _is_old(snapshot, now):
            return given
        return given | {"now": snapshot.taken_at}


PEOPLE = SessionReaders()
OVERVIEW = Projection(
    route="ops:overview",
    template="pages/overview.html#live",
    permission="ops.view_overview",
    readers=PEOPLE,
)
WALL = Projection(
    route="ops:wall-board",
    template="wall/board.html#live",
    permission=SCREEN,
    readers=ScreenReaders(),
    unattended=True,
    board=board_of,
)
SLOS = Projection(
    route="ops:slos",
    template="pages/slos.html#live",
    permission="ops.view_overview",
    readers=PEOPLE,
)
PROJECTIONS = (OVERVIEW, SLOS, WALL)


def _context(snapshot: Snapshot | None) -> dict[str, object]:
    panel, now = configured_panel(), database_now()
    return {
        "snapshot": snapshot,
        "version": version(snapshot, now),
        "now": now,
        "build": build_id(),
        "interval": panel.collection.interval_seconds,
        "panel": panel,
        "database_lost_at": configured_contact().lost_at,
        "silence": configured_watcher().told,
    }


def version(snapshot: Snapshot | None, now: datetime) -> str:
    """Changes with every snapshot, with what is known of incidents, and once more when
    it is too old to be believed, when it is known why, or when the panel's database is
    lost or found."""
    lost = "-lost" if configured_contact().lost_at else ""
    if snapshot is None:
        return f"none{lost}"
    told = f"{snapshot.taken_at.timestamp():.3f}-{snapshot.incidents.version:x}"
    why = f"-{silence}" if (silence := configured_watcher().told) else ""
    return f"{told}-stale{why}{lost}" if _is_old(snapshot, now) else told + lost


def _is_old(snapshot: Snapshot, now: datetime) -> bool:
    interval = configured_panel().collection.interval_seconds
    return is_stale(snapshot.taken_at, now, interval)

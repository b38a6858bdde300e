"""The renderings of a snapshot that are the same for all who may see them.

A new one is a line in PROJECTIONS: a route whose GET by htmx is a poll, the partial
that it renders, the permission it needs, and the kind of reader that asks for it. What
is personal, or carries a nonce, a script or an htmx attribute, stays outside.
"""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from opspanel.access.admission import ReaderKind
from opspanel.access.session_readers import SessionReaders
from opspanel.panel.load import configured_panel
from opspanel.snapshot.outdated import is_stale
from opspanel.snapshot.schema import Snapshot


@dataclass(frozen=True, slots=True)
class Projection:
    route: str
    template: str
    permission: str
    readers: ReaderKind

    @property
    def path(self) -> str:
        return reverse(self.route)


PEOPLE = SessionReaders()
OVERVIEW = Projection(
    route="ops:overview",
    template="pages/overview.html#live",
    permission="ops.view_overview",
    readers=PEOPLE,
)
PROJECTIONS = (OVERVIEW,)


def context(snapshot: Snapshot | None) -> dict[str, object]:
    """What a page and its live part are rendered from."""
    panel, now = configured_panel(), timezone.now()
    return {
        "snapshot": snapshot,
        "version": version(snapshot, now),
        "now": now,
        "interval": panel.collection.interval_seconds,
        "panel": panel,
    }


def version(snapshot: Snapshot | None, now: datetime) -> str:
    """Changes with every snapshot, with what is known of incidents, and once more when
    it is too old to be believed."""
    if snapshot is None:
        return "none"
    told = f"{snapshot.taken_at.timestamp():.3f}-{snapshot.incidents.version:x}"
    interval = configured_panel().collection.interval_seconds
    stale = is_stale(snapshot.taken_at, now, interval)
    return f"{told}-stale" if stale else told

"""Reading the trail: newest first, always bounded."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from opspanel.models import AuditEvent

PAGE = 50
EXPORT_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Filter:
    """`wanted`: lookups of the model, as the form made them."""

    wanted: dict[str, Any] = field(default_factory=dict)

    def shape(self) -> str:
        """Which filters were set, never to what: the trail records this."""
        names = sorted(name.partition("__")[0] for name in self.wanted)
        return ", ".join(dict.fromkeys(names)) or "everything"

    def rows(self) -> QuerySet[AuditEvent]:
        return AuditEvent.objects.filter(**self.wanted).order_by("-seq")


@dataclass(frozen=True, slots=True)
class Page:
    """`older` is where the next page begins, None on the last one."""

    events: list[AuditEvent]
    older: int | None


def page(wanted: Filter, before: int | None) -> Page:
    rows = wanted.rows()
    if before is not None:
        rows = rows.filter(seq__lt=before)
    found = list(rows[: PAGE + 1])
    events = found[:PAGE]
    return Page(events, events[-1].seq if len(found) > PAGE else None)


def all_of(wanted: Filter) -> Iterator[AuditEvent]:
    """Oldest first, in pieces: the trail may be larger than memory."""
    return wanted.rows().reverse().iterator(chunk_size=1_000)

"""Writing down what happened to an item."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from opspanel.models import WatchEvent, WatchItem
from opspanel.models.incidents import LONGEST_NAME
from opspanel.models.watch import LONGEST_LINE
from opspanel.sanitize.visible import one_line, shortened
from opspanel.terms import WatchEventType

BY_ITSELF = "the panel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """By whom, in what words, and what changed: before and after, by field."""

    actor: str = BY_ITSELF
    body: str = ""
    changes: Mapping[str, list[str]] = field(default_factory=dict)


def note(item: WatchItem, happened: WatchEventType, now: datetime, said: Said) -> None:
    WatchEvent.objects.create(
        item=item,
        at=now,
        type=happened.value,
        actor_label=shortened(one_line(said.actor), LONGEST_NAME),
        body=shortened(said.body, LONGEST_LINE),
        changes=dict(said.changes),
    )

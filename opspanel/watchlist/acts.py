"""What people do to an item: each act locks it, notes it in its history, and is audited
in the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from opspanel.audit import Target, audited, record
from opspanel.audit.allowlist import LONGEST_TEXT
from opspanel.incidents import Draft, Recorded, Submission, declare
from opspanel.incidents.evidence import evidence_of
from opspanel.models import WatchItem
from opspanel.models.watch import LONGEST_LINE
from opspanel.sanitize import fields
from opspanel.sanitize.visible import shortened
from opspanel.snapshot.schema import Snapshot
from opspanel.terms import WatchEventType, WatchFeedback, WatchStatus
from opspanel.watchlist.history import Said, note
from opspanel.watchlist.items import DONE

# With the number of an item: the key with which it becomes one incident, not two.
_KEYS = UUID("5b0c6c0e-9a1e-4f0b-8f37-0d9f3a1f7a44")


class ActRefusedError(Exception):
    """The item is not of a kind, or in a state, in which this makes sense."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts, as the history names them, and when."""

    label: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Change:
    status: WatchStatus
    baseline: str
    progress: str


def change(number: int, wanted: Change, who: Person) -> None:
    """Raise WatchItem.DoesNotExist, and ActRefusedError where its signal has another
    open item by now."""
    with _locked(number) as item:
        was = item.status
        if was == DONE and wanted.status is not WatchStatus.DONE and _is_open(item):
            raise ActRefusedError
        after = {
            "status": wanted.status.value,
            "baseline": _said(wanted.baseline),
            "progress": _said(wanted.progress),
        }
        changes = {
            name: [getattr(item, name), value]
            for name, value in after.items()
            if getattr(item, name) != value
        }
        if not changes:
            return
        for name, value in after.items():
            setattr(item, name, value)
        item.save()
        said = Said(actor=who.label, changes=changes)
        note(item, WatchEventType.CHANGED, who.now, said)
        _record("watch.change", item, status_from=was, status_to=item.status)


def confirm(number: int, who: Person) -> None:
    """The detector was right. Raise ActRefusedError for what no detector found."""
    with _locked(number) as item:
        _judge(item, WatchFeedback.CONFIRMED, who)
        note(item, WatchEventType.CONFIRMED, who.now, Said(actor=who.label))
        _record("watch.confirm", item, policy_key=item.detector)


def dismiss(number: int, reason: str, mute: timedelta, who: Person) -> None:
    """The detector was wrong; its signal opens nothing while it is muted."""
    with _locked(number) as item:
        _judge(item, WatchFeedback.DISMISSED, who)
        item.status = WatchStatus.DONE.value
        item.muted_until = who.now + mute if mute else None
        item.save()
        said = Said(actor=who.label, body=_said(reason))
        note(item, WatchEventType.DISMISSED, who.now, said)
        why = shortened(said.body, LONGEST_TEXT)
        _record("watch.dismiss", item, policy_key=item.detector, reason=why)


def promote(number: int, by: Submission, snapshot: Snapshot | None) -> Recorded:
    """Declare the incident that it has become; asked twice, it stays one.

    Raises what declaring raises.
    """
    item = WatchItem.objects.get(pk=number)
    draft = Draft(
        title=item.title,
        summary=item.line or item.why,
        severity=item.severity,
        started_at=item.opened_at if item.detector else None,
        evidence=evidence_of(snapshot) if snapshot else None,
    )
    key = uuid5(_KEYS, str(number))
    recorded = declare(
        draft, Submission(actor=by.actor, origin=by.origin, client_key=key, now=by.now)
    )
    _link(number, recorded, Person(by.label, by.now))
    return recorded


def _link(number: int, recorded: Recorded, who: Person) -> None:
    with _locked(number) as item:
        if item.incident_id is not None:
            return
        item.incident_id = recorded.id
        if item.status != WatchStatus.DONE.value:
            item.status = WatchStatus.IN_PROGRESS.value
        if item.detector and not item.feedback:
            _judge(item, WatchFeedback.CONFIRMED, who)
        item.save()
        said = Said(actor=who.label, body=f"incident {recorded.id}")
        note(item, WatchEventType.PROMOTED, who.now, said)
        _record("watch.promote", item, new_value=recorded.id)


def _is_open(item: WatchItem) -> bool:
    others = WatchItem.objects.filter(signal=item.signal_id).exclude(pk=item.pk)
    return item.signal_id is not None and others.exclude(status=DONE).exists()


def _judge(item: WatchItem, feedback: WatchFeedback, who: Person) -> None:
    if not item.detector:
        raise ActRefusedError
    item.feedback, item.feedback_at = feedback.value, who.now
    item.save()


@contextmanager
def _locked(number: int) -> Iterator[WatchItem]:
    with audited():
        yield WatchItem.objects.select_for_update().get(pk=number)


def _said(text: str) -> str:
    return shortened(fields.sentence(text), LONGEST_LINE)


def _record(action: str, item: WatchItem, **metadata: str | int) -> None:
    record(action, Target("watch_item", str(item.pk)), metadata=metadata)

"""Items that detectors open and close, and those that panel.toml lists."""

from datetime import datetime

from django.db import transaction

from opspanel.models import WatchItem, WatchSignal
from opspanel.models.watch import LONGEST_LINE
from opspanel.panel.watch import Watch
from opspanel.panel.watch import WatchItem as Listed
from opspanel.sanitize.visible import shortened
from opspanel.terms import WatchEventType, WatchStatus
from opspanel.watch.rule import Found
from opspanel.watchlist.history import Said, note

DONE = WatchStatus.DONE.value
# What panel.toml says of an item of its own.
LISTED = ("title", "why", "target", "owner", "phase", "severity", "security")
LONGEST_TITLE = 200


def raise_item(
    signal: WatchSignal, watch: Watch, found: Found, line: str, now: datetime
) -> None:
    """Open an item, or tell the open one; not while somebody muted the signal."""
    line = shortened(line, LONGEST_LINE)
    item = _open(signal)
    if item is None:
        if _is_muted(signal, now):
            return
        item = WatchItem(
            signal=signal,
            title=title(watch, signal),
            owner=watch.owner,
            severity=watch.severity,
            security=watch.security,
            opened_at=now,
        )
        again = True
    else:
        again = item.ended_at is not None
    item.detector, item.line, item.times = found.detector.value, line, found.times
    item.ended_at = None
    item.save()
    if again:
        note(item, WatchEventType.RAISED, now, Said(body=line))


def end_item(signal: WatchSignal, line: str, now: datetime) -> None:
    """What nobody took up is done by itself; the rest stays, and says that it is calm."""
    item = _open(signal)
    if item is None or item.ended_at is not None:
        return
    item.ended_at = now
    if item.status == WatchStatus.OPEN.value:
        item.status = DONE
    item.save()
    note(item, WatchEventType.ENDED, now, Said(body=line))


def keep_listed(listed: tuple[Listed, ...], now: datetime) -> None:
    """What panel.toml says of an item; how far it is, is people's to say."""
    with transaction.atomic():
        rows = WatchItem.objects.select_for_update().exclude(listed_as="")
        known = {item.listed_as: item for item in rows}
        for each in listed:
            if each.id in known:
                _refresh(known.pop(each.id), each)
            else:
                _list(each, now)
        for item in known.values():
            _retire(item, now)


def _list(each: Listed, now: datetime) -> None:
    item = WatchItem.objects.create(
        listed_as=each.id,
        status=each.status.value,
        baseline=each.baseline,
        opened_at=now,
        **{name: getattr(each, name) for name in LISTED},
    )
    note(item, WatchEventType.LISTED, now, Said())


def _refresh(item: WatchItem, each: Listed) -> None:
    changed = [n for n in LISTED if getattr(item, n) != getattr(each, n)]
    for name in changed:
        setattr(item, name, getattr(each, name))
    if changed:
        item.save(update_fields=changed)


def _retire(item: WatchItem, now: datetime) -> None:
    if item.status != DONE:
        item.status = DONE
        item.save(update_fields=["status"])
        said = Said(body="no longer listed in panel.toml")
        note(item, WatchEventType.ENDED, now, said)


def title(watch: Watch, signal: WatchSignal) -> str:
    named = f"{watch.name}: {signal.subject}" if signal.subject else watch.name
    return shortened(named, LONGEST_TITLE)


def _open(signal: WatchSignal) -> WatchItem | None:
    """Locked: what a person does to it meanwhile waits, and is not undone."""
    rows = WatchItem.objects.select_for_update().filter(signal=signal)
    return rows.exclude(status=DONE).first()


def _is_muted(signal: WatchSignal, now: datetime) -> bool:
    return WatchItem.objects.filter(signal=signal, muted_until__gt=now).exists()

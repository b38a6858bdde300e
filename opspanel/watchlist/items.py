"""Items that detectors open and close, and those that panel.toml lists."""

from datetime import datetime

from opspanel.models import WatchItem, WatchSignal
from opspanel.models.watch import LONGEST_LINE
from opspanel.panel.watch import Watch
from opspanel.panel.watch import WatchItem as Listed
from opspanel.sanitize.visible import shortened
from opspanel.terms import WatchEventType, WatchStatus
from opspanel.watch.rule import Found
from opspanel.watchlist.history import Said, note

DONE = WatchStatus.DONE.value


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
    known = {item.listed_as: item for item in WatchItem.objects.exclude(listed_as="")}
    for each in listed:
        item = known.get(each.id)
        if item is None:
            item = WatchItem(
                listed_as=each.id,
                status=each.status.value,
                baseline=each.baseline,
                opened_at=now,
            )
        for name in (
            "title",
            "why",
            "target",
            "owner",
            "phase",
            "severity",
            "security",
        ):
            setattr(item, name, getattr(each, name))
        fresh = item.pk is None
        item.save()
        if fresh:
            note(item, WatchEventType.LISTED, now, Said())
    gone = [item for name, item in known.items() if name not in {e.id for e in listed}]
    for item in gone:
        if item.status != DONE:
            item.status = DONE
            item.save()
            note(
                item,
                WatchEventType.ENDED,
                now,
                Said(body="no longer listed in panel.toml"),
            )


def title(watch: Watch, signal: WatchSignal) -> str:
    return f"{watch.name}: {signal.subject}" if signal.subject else watch.name


def _open(signal: WatchSignal) -> WatchItem | None:
    return WatchItem.objects.filter(signal=signal).exclude(status=DONE).first()


def _is_muted(signal: WatchSignal, now: datetime) -> bool:
    return WatchItem.objects.filter(signal=signal, muted_until__gt=now).exists()

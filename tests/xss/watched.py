"""Places of the watchlist: its items, their history, and the signals."""

from itertools import batched

from django.utils import timezone

from opspanel.models import WatchEvent, WatchItem, WatchSignal
from tests.xss.slots import Place, Slot
from tests.xss.watch import Watch

LIST = "/admin/ops/watchlist"
ITEM = tuple(
    Slot(f"item.{name}", most)
    for name, most in (
        ("title", 200),
        ("owner", 80),
        ("why", 500),
        ("baseline", 500),
        ("target", 500),
        ("progress", 500),
        ("phase", 80),
    )
)
SIGNAL = (Slot("signal.subject", 120), Slot("signal.line", 500))
LINE = (Slot("event.actor", 150), Slot("event.body", 500), Slot("event.change", 500))
ITEMS, SIGNALS, LINES = 12, 12, 12


def item(texts: list[str], number: int) -> WatchItem:
    names = (slot.field.rpartition(".")[2] for slot in ITEM)
    return WatchItem.objects.create(
        **dict(zip(names, texts, strict=True)),
        listed_as=f"item-{number}",
        severity=3,
        opened_at=timezone.now(),
    )


def watchlist(watch: Watch, texts: list[str]) -> None:
    WatchItem.objects.all().delete()
    WatchSignal.objects.all().delete()
    items = texts[: len(ITEM) * ITEMS]
    for number, row in enumerate(batched(items, len(ITEM))):
        item(list(row), number)
    for subject, line in batched(texts[len(items) :], len(SIGNAL)):
        WatchSignal.objects.create(
            watch="tasks.waits",
            subject=subject,
            line=line,
            state="quiet",
            judged_at=timezone.now(),
        )
    watch.open(LIST)


def watch_item(watch: Watch, texts: list[str]) -> None:
    WatchItem.objects.all().delete()
    made = item(texts[: len(ITEM)], 1)
    for actor, body, change in batched(texts[len(ITEM) :], len(LINE)):
        WatchEvent.objects.create(
            item=made,
            at=made.opened_at,
            type="changed",
            actor_label=actor,
            body=body,
            changes={"progress": ["before", change]},
        )
    watch.open(f"{LIST}/{made.pk}")


PLACES = (
    Place("watchlist", ITEM * ITEMS + SIGNAL * SIGNALS, watchlist, is_sampled=True),
    Place("watch item", ITEM + LINE * LINES, watch_item, is_sampled=True),
)

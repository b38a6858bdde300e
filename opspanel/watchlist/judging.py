"""Once in five minutes: measure, keep, judge, and open or end items."""

import logging
from datetime import datetime

from django.db import DataError, transaction

from opspanel.models import WatchSignal
from opspanel.models.watch import LONGEST_LINE
from opspanel.panel.config import PanelConfig
from opspanel.panel.watch import Watch
from opspanel.sanitize.visible import shortened
from opspanel.snapshot.schema import Snapshot
from opspanel.terms import Detector, WatchState
from opspanel.watch.judge import judge
from opspanel.watch.points import start_of
from opspanel.watch.rule import Rule, Standing, Verdict
from opspanel.watch.usual import Baseline
from opspanel.watchlist.gathering import Asked, gather
from opspanel.watchlist.items import end_item, keep_listed, raise_item
from opspanel.watchlist.keeping import keep, points_of, trim, vanished
from opspanel.watchlist.precision import suspended

log = logging.getLogger(__name__)

_DAY_SECONDS = 86_400.0


def look(
    panel: PanelConfig, snapshot: Snapshot | None, asked: Asked, slot: int
) -> None:
    """For the five minutes `slot`, which are over."""
    now = start_of(slot + 1)
    keep(gather(panel, snapshot, asked, slot), slot, now)
    keep_listed(panel.watch_items, now)
    doubted = suspended(panel.watchlist, now)
    watches = {watch.id: watch for watch in panel.watch}
    for gone in vanished(slot):
        _forget(gone, "not measured for a week", now)
    for signal in WatchSignal.objects.all():
        watch = watches.get(signal.watch)
        if watch is None:
            _forget(signal, "no longer watched", now)
        else:
            _judge_alone(signal, watch, slot, doubted)
    trim(slot, panel.watchlist.keep_days)


def _judge_alone(
    signal: WatchSignal, watch: Watch, slot: int, doubted: tuple[Detector, ...]
) -> None:
    """One that cannot be judged keeps nobody else from it."""
    try:
        with transaction.atomic():
            # Of what must not be overlooked, a few dismissals stop no detector.
            judge_signal(signal, watch, slot, () if watch.security else doubted)
    except (ArithmeticError, ValueError, DataError):
        log.exception("the watched signal %s could not be judged", watch.id)


def judge_signal(
    signal: WatchSignal, watch: Watch, slot: int, doubted: tuple[Detector, ...] = ()
) -> Verdict:
    now = start_of(slot + 1)
    baseline = Baseline(points_of(signal, slot), counts=watch.counts)
    standing = Standing(
        raised=signal.raised,
        ended=signal.ended,
        detector=Detector(signal.detector) if signal.detector else None,
    )
    verdict = judge(rule_of(watch, signal), baseline, slot, standing, doubted)
    _remember(signal, verdict, now)
    if verdict.state is WatchState.RAISED and verdict.found is not None:
        raise_item(signal, watch, verdict.found, verdict.line, now)
    elif verdict.standing.raised is None and standing.raised is not None:
        end_item(signal, verdict.line, now)
    return verdict


def rule_of(watch: Watch, signal: WatchSignal) -> Rule:
    name = f"{watch.name} {signal.subject}" if signal.subject else watch.name
    return Rule(
        name=name,
        kind=watch.kind,
        unit=watch.unit,
        counts=watch.counts,
        more=watch.more,
        limit=watch.limit,
        horizon=watch.horizon_days * _DAY_SECONDS,
    )


def _remember(signal: WatchSignal, verdict: Verdict, now: datetime) -> None:
    signal.state = verdict.state.value
    signal.line = shortened(verdict.line, LONGEST_LINE)
    signal.raised, signal.ended = verdict.standing.raised, verdict.standing.ended
    detector = verdict.standing.detector
    signal.detector = detector.value if detector else ""
    signal.judged_at = now
    signal.save()


def _forget(signal: WatchSignal, why: str, now: datetime) -> None:
    """Its points go, its item ends."""
    with transaction.atomic():
        end_item(signal, why, now)
        signal.delete()

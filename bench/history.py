"""What the history weighs, and how long it takes to open.

    python -m bench.history                90 days of 200 figures, 14 of them minute by minute
    python -m bench.history --minutes 90   all of them minute by minute

Starts a Postgres of its own. Minutes and steps are written as the collector would have
left them, in larger pieces; the last hour is saved by the store itself, pass by pass.
"""

import argparse
import random
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.own_postgres import own_postgres

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
MINUTE_STEP = 60
MINUTE = timedelta(minutes=1)
SAMPLES = 200
LIVE_MINUTES = 10
PASS_SECONDS = 10
AT_ONCE = 2_000
dice = random.Random(7)  # noqa: S311 - the same history in each run


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--days", type=int, default=90)
    options.add_argument("--minutes", type=int, default=14)
    options.add_argument("--figures", type=int, default=200)
    given = options.parse_args()
    with own_postgres():
        minutes, steps = (
            NOW - timedelta(days=days) for days in (given.minutes, given.days)
        )
        _fill(minutes, steps, given.figures)
        _save(given.figures, given.minutes)
        _weigh(given)
        _open(minutes)


def _snapshot(moment: datetime, figures: int) -> Any:
    """With so many key figures, and with other numbers in each."""
    from tests import snapshots

    made = snapshots.healthy(moment)
    few = len(made.errors) + len(made.throughput) + 5
    stream, nats = made.queues.nats.streams[0], made.queues.nats
    streams = tuple(
        replace(
            stream,
            name=f"STREAM_{number}",
            depth=replace(stream.depth, value=float(dice.randrange(100_000))),
        )
        for number in range(max(figures - few, 1))
    )
    queues = replace(made.queues, nats=replace(nats, streams=streams))
    return replace(made, taken_at=moment, queues=queues)


def _fill(minutes: datetime, steps: datetime, figures: int) -> None:
    """From those two moments on, all but the last minutes."""
    from opspanel.models import FigureName, FigureRollup, SnapshotMinute
    from opspanel.snapshot.codec import to_json
    from opspanel.snapshot.key_figures import key_figures
    from opspanel.snapshot.rollups import STEPS, Fold, packed
    from opspanel.snapshot.schema import SCHEMA

    first = _snapshot(NOW, figures)
    names = [
        FigureName(name=name, unit=figure.unit) for name, figure in key_figures(first)
    ]
    FigureName.objects.bulk_create(names)
    numbers = [name.pk for name in names]

    def body(count: int) -> bytes:
        return packed({number: _fold(Fold, number, count) for number in numbers})

    bodies = [zlib.compress(to_json(_snapshot(NOW, figures)), 6) for _ in range(50)]
    end = NOW - LIVE_MINUTES * MINUTE
    _bulk(
        SnapshotMinute(minute=at, taken_at=at, schema=SCHEMA, body=dice.choice(bodies))
        for at in _moments(minutes, end, MINUTE_STEP)
    )
    for step in STEPS:
        count = step // PASS_SECONDS
        pool = [body(count) for _ in range(200)]
        until = end - timedelta(seconds=step)
        began = minutes if step == MINUTE_STEP else steps
        _bulk(
            FigureRollup(step=step, at=at, taken_at=at, body=dice.choice(pool))
            for at in _moments(began, until, step)
        )


def _fold(fold: Callable[..., Any], number: int, count: int) -> Any:
    middle = dice.uniform(0, 1_000 * number)
    around = [middle * dice.uniform(0.8, 1.2) for _ in range(3)]
    return fold(count, min(around), max(around), middle * count)


def _moments(began: datetime, end: datetime, step: int) -> Iterator[datetime]:
    from opspanel.snapshot.rollups import begin_of

    at = begin_of(step, began) + timedelta(seconds=step)
    while at < end:
        yield at
        at += timedelta(seconds=step)


def _bulk(rows: Iterator[Any]) -> None:
    several: list[Any] = []
    for row in rows:
        several.append(row)
        if len(several) == AT_ONCE:
            type(row).objects.bulk_create(several)
            several.clear()
    if several:
        type(several[0]).objects.bulk_create(several)


def _save(figures: int, days: int) -> None:
    from opspanel.snapshot.postgres import PostgresStore

    store, taken = PostgresStore(history_days=days + 1), []
    end = NOW - LIVE_MINUTES * MINUTE
    passes = LIVE_MINUTES * 60 // PASS_SECONDS
    for place in range(passes):
        made = _snapshot(end + timedelta(seconds=place * PASS_SECONDS), figures)
        began = time.perf_counter()
        store.save(made)
        taken.append(time.perf_counter() - began)
    _say("a pass is saved in", taken)


def _weigh(given: argparse.Namespace) -> None:
    from django.db import connection

    from opspanel.models import FigureName, FigureRollup, SnapshotMinute, StateChange

    total = 0
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        for model in (SnapshotMinute, FigureRollup, FigureName, StateChange):
            table, rows = model._meta.db_table, model.objects.count()  # noqa: SLF001
            cursor.execute("SELECT pg_total_relation_size(%s)", [table])
            size = cursor.fetchone()[0]
            print(f"{table}: {rows:,} rows, {size / 1e6:.0f} MB")
            total += size
    what = f"{given.days} days of {given.figures} figures, {given.minutes} by minute,"
    print(f"{what} weigh {total / 1e9:.2f} GB")


def _open(began: datetime) -> None:
    from opspanel.history.charts import SPANS, charts
    from opspanel.snapshot.history import minute_of

    minutes = int((NOW - began) / MINUTE) - 10
    some = [began + dice.randrange(2, minutes) * MINUTE for _ in range(SAMPLES)]
    _say("any minute opens in", [_timed(lambda at=at: minute_of(at)) for at in some])
    for span in SPANS.values():
        again = [_timed(lambda span=span: charts(span, NOW)) for _ in range(10)]
        _say(f"all charts of {span.name} are read in", again)


def _timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    assert act() is not None
    return time.perf_counter() - began


def _say(what: str, taken: list[float]) -> None:
    ordered = sorted(1_000 * seconds for seconds in taken)
    middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    print(
        f"{what} {middle:.1f} ms, 95 % within {late:.1f} ms, at most {ordered[-1]:.1f} ms"
    )


if __name__ == "__main__":
    main()

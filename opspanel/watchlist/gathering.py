"""The points of one slot, from everywhere that a `[[watch]]` may name."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from opspanel.access.screens import SILENT_AFTER
from opspanel.models import AuditEvent, Screen
from opspanel.panel.config import PanelConfig
from opspanel.panel.watch import Acts, Watch
from opspanel.readings import Answer, DatabaseReading, Sample, SourceFailedError
from opspanel.sanitize import fields
from opspanel.snapshot.schema import CleanText, Snapshot
from opspanel.sources.prometheus import PrometheusAddress
from opspanel.sources.watch import ask_database, ask_prometheus
from opspanel.terms import FailureKind
from opspanel.watch.points import STEP_SECONDS, start_of
from opspanel.watchlist.figures import Measured, measured

# Of one watch; more things than that are no signals but a flood of them.
MOST_SUBJECTS = 50
_DATABASE = "database."
_SILENT_SCREENS = "screens.silent"
# A snapshot older than this says nothing about now.
_OLD = timedelta(seconds=STEP_SECONDS)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to ask; None where no address is given."""

    prometheus: PrometheusAddress | None = None
    database_url: str | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    watch: Watch
    subject: CleanText
    value: float


type Samples = dict[str, Answer[tuple[Sample, ...]]]


def gather(
    panel: PanelConfig, snapshot: Snapshot | None, asked: Asked, slot: int
) -> Iterator[Measurement]:
    """What can be measured now of the five minutes `slot`; the rest are gaps."""
    samples, database = asyncio.run(_ask(panel, asked))
    now = start_of(slot + 1)
    if snapshot is not None and now - snapshot.taken_at > _OLD:
        snapshot = None
    for watch in panel.watch:
        if watch.query is not None:
            found: Iterable[Measured] = _of_samples(watch, samples)
        elif watch.acts is not None:
            found = [("", float(_acts(watch.acts, slot)))]
        else:
            found = _of_figure(watch.figure or "", snapshot, database, now)
        yield from _cleaned(watch, found)


def _cleaned(watch: Watch, found: Iterable[Measured]) -> Iterator[Measurement]:
    known: dict[CleanText, float] = {}
    for raw, value in found:
        subject = fields.subject(raw)
        known[subject] = max(value, known.get(subject, value))
    for subject in sorted(known)[:MOST_SUBJECTS]:
        yield Measurement(watch, subject, known[subject])


async def _ask(
    panel: PanelConfig, asked: Asked
) -> tuple[Samples, DatabaseReading | None]:
    return await asyncio.gather(_samples(panel, asked), _database(panel, asked))


async def _samples(panel: PanelConfig, asked: Asked) -> Samples:
    if asked.prometheus is None:
        return {}
    return await ask_prometheus(asked.prometheus, panel)


async def _database(panel: PanelConfig, asked: Asked) -> DatabaseReading | None:
    wanted = any((each.figure or "").startswith(_DATABASE) for each in panel.watch)
    if asked.database_url is None or not wanted:
        return None
    try:
        return await ask_database(asked.database_url, panel)
    except SourceFailedError:
        return None


def _of_samples(watch: Watch, samples: Samples) -> Iterator[Measured]:
    answer = samples.get(watch.id, ())
    if isinstance(answer, FailureKind):
        return
    for sample in answer:
        if sample.value is not None:
            yield sample.labels.get(watch.each or "", ""), sample.value


def _of_figure(
    figure: str,
    snapshot: Snapshot | None,
    database: DatabaseReading | None,
    now: datetime,
) -> Iterable[Measured]:
    if figure == _SILENT_SCREENS:
        return [("", float(_silent_screens(now)))]
    if figure.startswith(_DATABASE):
        value = getattr(database, figure.removeprefix(_DATABASE), None)
        return [] if value is None else [("", value)]
    return measured(figure, snapshot) if snapshot else []


def _acts(acts: Acts, slot: int) -> int:
    rows = AuditEvent.objects.filter(
        created_at__gte=start_of(slot), created_at__lt=start_of(slot + 1)
    )
    if acts.actions:
        rows = rows.filter(action__in=acts.actions)
    if acts.results:
        rows = rows.filter(result__in=acts.results)
    return rows.count()


def _silent_screens(now: datetime) -> int:
    hanging = Screen.objects.filter(revoked_at=None, expires_at__gt=now)
    return hanging.filter(seen_at__lt=now - SILENT_AFTER).count()

"""All figures as Prometheus reads them: counted by processes, and told by the snapshot.

What the collector took and read stands in each snapshot, so that every web process can
tell it, wherever the collector runs.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import REGISTRY, GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from opspanel.sanitize.labels import clean_labels
from opspanel.snapshot.schema import Snapshot

type Family = GaugeMetricFamily


class OfSnapshot(Collector):
    """`snapshot` is None where none is known; then only that is told."""

    def __init__(self, snapshot: Snapshot | None, now: datetime) -> None:
        self._snapshot = snapshot
        self._now = now

    def collect(self) -> Iterator[Family]:
        snapshot = self._snapshot
        known = "Whether this process has a snapshot to show"
        yield _one("opspanel_snapshot_known", known, float(snapshot is not None))
        if snapshot is None:
            return
        age = self._seconds_since(snapshot.taken_at)
        yield _one("opspanel_snapshot_age_seconds", "Since the last pass", age)
        yield from _sources(snapshot)
        yield from self._checks(snapshot)

    def _checks(self, snapshot: Snapshot) -> Iterator[Family]:
        if snapshot.self_test is not None:
            test = snapshot.self_test
            text = "Made-up secrets that the last pass let through"
            yield _one("opspanel_canaries_survived", text, test.survived)
            age = self._seconds_since(test.checked_at)
            text = "Since the sanitizer tested itself"
            yield _one("opspanel_self_test_age_seconds", text, age)
        if snapshot.audit is not None and snapshot.audit.verified_at is not None:
            age = self._seconds_since(snapshot.audit.verified_at)
            text = "Since the audit trail was verified"
            yield _one("opspanel_audit_verified_age_seconds", text, age)

    def _seconds_since(self, moment: datetime) -> float:
        return max((self._now - moment).total_seconds(), 0.0)


def _one(name: str, text: str, value: float) -> Family:
    return GaugeMetricFamily(name, text, value)


def _sources(snapshot: Snapshot) -> Iterator[Family]:
    told = {
        "opspanel_source_up": "Whether the source answered the last pass",
        "opspanel_source_seconds": "How long the source took",
        "opspanel_source_reads": "How often the pass asked the source",
    }
    # A label that says nothing is none.
    names = ("source", "region") if snapshot.regions else ("source",)
    families = {
        name: GaugeMetricFamily(name, text, labels=names) for name, text in told.items()
    }
    for source in snapshot.sources:
        told_of = {"source": source.key, "region": source.region or ""}
        label = [clean_labels(told_of)[name] for name in names]
        families["opspanel_source_up"].add_metric(label, float(not source.failure))
        families["opspanel_source_reads"].add_metric(label, source.reads)
        if source.took_seconds is not None:
            families["opspanel_source_seconds"].add_metric(label, source.took_seconds)
    yield from families.values()


def exposition(snapshot: Snapshot | None, now: datetime, folder: str | None) -> bytes:
    """`folder`: where several processes count together."""
    registry = CollectorRegistry()
    registry.register(OfSnapshot(snapshot, now))
    if folder is None:
        return generate_latest(REGISTRY) + generate_latest(registry)
    _forget_the_dead(Path(folder))
    MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]  # it has no types
    return generate_latest(registry)


def _forget_the_dead(folder: Path) -> None:
    """What a process counted stays; that it has readers does not."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdigit() and not _is_alive(int(pid)):
            mark_process_dead(int(pid), str(folder))  # type: ignore[no-untyped-call]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

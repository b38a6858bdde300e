"""What Prometheus reads of the panel itself."""

import subprocess
import sys
from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from opspanel.env import BASE_DIR
from opspanel.metrics.exposition import exposition
from tests import snapshots
from tests.servers import environment


def read(snapshot, after=timedelta(), folder=None):
    text = exposition(snapshot, snapshots.NOW + after, folder).decode()
    return {
        (
            sample.name,
            *(value for _, value in sorted(sample.labels.items())),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_last_pass_is_told_with_its_age():
    """Whoever made it: any process can say what took how long."""
    snapshot = snapshots.unhealthy()
    found = read(snapshot, snapshot.taken_at - snapshots.NOW + timedelta(seconds=30))
    assert found["opspanel_snapshot_known",] == 1
    assert found["opspanel_snapshot_age_seconds",] == 30
    for source in snapshot.sources:
        assert found["opspanel_source_up", source.source] == float(not source.failure)
        assert found["opspanel_source_reads", source.source] == source.reads


def test_without_a_snapshot_nothing_is_made_up():
    """No age of nothing: one figure says that there is none."""
    found = read(None)
    assert found["opspanel_snapshot_known",] == 0
    assert not {"opspanel_snapshot_age_seconds", "opspanel_source_up"} & {
        name for name, *_ in found
    }


COUNT = """
from opspanel import metering
metering.polls.labels("ops:overview", "unchanged").inc(5)
metering.readers.labels("people").set(7)
"""


def test_processes_count_together(tmp_path):
    """What an ended one counted stays; the readers that it had are gone with it."""
    given = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PYTHONPATH": str(BASE_DIR)}
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-c", COUNT], env=environment | given, check=True
        )
    found = read(None, folder=str(tmp_path))
    assert found["opspanel_polls_total", "unchanged", "ops:overview"] == 10
    assert found.get(("opspanel_readers", "people"), 0) == 0

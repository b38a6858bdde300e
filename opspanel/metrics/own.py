"""The figures of this very process, at this moment."""

from django.conf import settings

from opspanel.database.clock import database_now
from opspanel.metrics.exposition import exposition
from opspanel.snapshot.latest import configured_latest


def own_figures() -> bytes:
    snapshot = configured_latest().snapshot()
    return exposition(snapshot, database_now(), settings.PROMETHEUS_MULTIPROC_DIR)

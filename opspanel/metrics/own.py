"""The figures of this very process, at this moment."""

from django.conf import settings
from django.utils import timezone

from opspanel.metrics.exposition import exposition
from opspanel.snapshot.latest import configured_latest


def own_figures() -> bytes:
    snapshot = configured_latest().snapshot()
    return exposition(snapshot, timezone.now(), settings.PROMETHEUS_MULTIPROC_DIR)

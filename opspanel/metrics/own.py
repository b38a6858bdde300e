"""The figures of this very process, at this moment."""

from django.conf import settings
from django.utils import timezone

from opspanel.incidents.latest import configured_latest_with_incidents
from opspanel.metrics.exposition import exposition


def own_figures() -> bytes:
    snapshot = configured_latest_with_incidents().snapshot()
    return exposition(snapshot, timezone.now(), settings.PROMETHEUS_MULTIPROC_DIR)

"""What a process counts of itself. `opspanel.metrics` shows it.

Where several processes serve one address, PROMETHEUS_MULTIPROC_DIR names a folder in which
they count together; without it each tells of itself alone, whichever is asked.
"""

from collections.abc import Mapping
from functools import cache

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

requests = Counter(
    "opspanel_requests_total",
    "Requests that Django answered",
    ("route", "method", "status"),
)
request_seconds = Histogram(
    "opspanel_request_seconds",
    "How long Django took for a route",
    ("route",),
    buckets=SECONDS,
)
polls = Counter(
    "opspanel_polls_total",
    "Polls that were answered before Django",
    ("page", "answer"),
)
sent_bytes = Counter(
    "opspanel_sent_bytes_total", "Bodies of answers, as sent", ("answered_by",)
)
readers = Gauge(
    "opspanel_readers",
    "Open pages and screens that polled lately",
    ("kind",),
    multiprocess_mode="livesum",
)
redactions = Counter(
    "opspanel_redactions_total", "Values that the sanitizer replaced", ("reason",)
)


@cache
def polled(page: str, answer: str) -> Counter:
    """The counter itself: to find it costs more than to count."""
    return polls.labels(page, answer)


_told: dict[str, int] = {}


def note_redactions(counts: Mapping[str, int]) -> None:
    """`counts`: since the process began; the keeper tells them now and then."""
    for reason, count in counts.items():
        redactions.labels(reason).inc(count - _told.get(reason, 0))
        _told[reason] = count

"""What is asked for an SLO: its events over each window of its burn alerts."""

from collections.abc import Iterator

from opspanel.panel.section import Labels
from opspanel.panel.slos import (
    BUCKETS,
    BURN_ALERTS,
    ERROR_RATIO,
    HISTORY,
    NOW,
    OLDEST,
    Latency,
    Recorded,
    Slo,
    fill_labels,
    key,
    seconds,
    windows,
)
from opspanel.sources._promql import Pieces

# Prometheus reaches as far back as a window if there is a sample in its first part.
FIRST_PART = 12


def queries(slo: Slo, labels: Labels) -> Iterator[tuple[str, Pieces]]:
    """By window: what fails of a long one leaves the short ones whole."""
    selectors = {
        told: fill_labels(selector, labels)
        for told, selector in slo.indicator.counters.items()
    }
    judged = {slo.period, *(alert.long for alert in BURN_ALERTS)}
    for window in windows(slo):
        asked = {
            key(slo, told, window): _increase(told, selector, window)
            for told, selector in selectors.items()
        }
        if isinstance(slo.indicator, Recorded):
            series = fill_labels(slo.indicator.series(window), labels)
            asked[key(slo, ERROR_RATIO, window)] = f"max({series})"
        if window in judged:
            counter = list(selectors.values())[-1]
            asked[key(slo, HISTORY, window)] = _history(counter, seconds(window, slo))
        yield window, asked
    if isinstance(slo.indicator, Latency) and slo.indicator.oldest_unfinished:
        oldest = fill_labels(slo.indicator.oldest_unfinished, labels)
        yield NOW, {key(slo, OLDEST): f"max(\n{oldest}\n)"}


def _increase(told: str, selector: str, window: str) -> str:
    by = " by (le)" if told == BUCKETS else ""
    return f"sum{by} (increase({selector}[{window}]))"


def _history(selector: str, length: int) -> str:
    part = length // FIRST_PART
    return f"count(count_over_time({selector}[{part}s] offset {length - part}s))"

"""How many events a window held, and how many of them were good."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from opspanel.assess.figures import only_value
from opspanel.assess.wording import Missing
from opspanel.panel.slos import (
    BUCKETS,
    ERROR_RATIO,
    GOOD,
    HISTORY,
    STARTED,
    TOTAL,
    Latency,
    Recorded,
    Slo,
    key,
)
from opspanel.readings import Answer, Sample
from opspanel.terms import Absence, FailureKind

type Answers = Mapping[str, Answer[tuple[Sample, ...]]]


@dataclass(frozen=True, slots=True)
class Events:
    """`least_good` and `most_good` differ where no edge of the histogram is the limit.
    `unfinished` began and were never seen to end, those in flight among them."""

    least_good: float
    most_good: float
    total: float
    unfinished: float = 0.0

    @property
    def is_exact(self) -> bool:
        return self.least_good == self.most_good


def past_events(slo: Slo, window: str, answers: Answers) -> Events | Missing:
    """NO_TRAFFIC where there were none."""
    if isinstance(slo.indicator, Latency):
        return _by_duration(slo, slo.indicator, window, answers)
    total = _some(one_value(answers.get(key(slo, TOTAL, window))))
    if isinstance(total, Absence | FailureKind):
        return total
    good = _counted(slo, window, answers, total)
    return (
        good if isinstance(good, Absence | FailureKind) else Events(good, good, total)
    )


def _counted(slo: Slo, window: str, answers: Answers, total: float) -> float | Missing:
    """The good ones: by a counter of theirs, or by the share that somebody recorded."""
    if isinstance(slo.indicator, Recorded):
        bad = one_value(answers.get(key(slo, ERROR_RATIO, window)))
        if isinstance(bad, Absence | FailureKind):
            return bad
        return total * (1 - min(max(bad, 0.0), 1.0))
    good = one_value(answers.get(key(slo, GOOD, window)))
    if isinstance(good, Absence):
        return 0.0  # a counter of what went well appears with the first of it
    return good if isinstance(good, FailureKind) else min(good, total)


def is_covered(slo: Slo, window: str, answers: Answers) -> bool:
    """Whether Prometheus reaches back to where the window begins."""
    found = answers.get(key(slo, HISTORY, window))
    return bool(found) and not isinstance(found, FailureKind)


def one_value(samples: Answer[tuple[Sample, ...]] | None) -> float | Missing:
    return Absence.NO_SERIES if samples is None else only_value(samples)


def _some(total: float | Missing) -> float | Missing:
    none = isinstance(total, float) and total <= 0
    return Absence.NO_TRAFFIC if none else total


def _by_duration(
    slo: Slo, indicator: Latency, window: str, answers: Answers
) -> Events | Missing:
    samples = answers.get(key(slo, BUCKETS, window), ())
    if isinstance(samples, FailureKind):
        return samples
    edges = _edges(samples)
    finished: float | Missing = edges.get(math.inf, Absence.NO_SERIES)
    begun = finished
    if indicator.started is not None:
        begun = one_value(answers.get(key(slo, STARTED, window)))
    total = _some(begun)
    if isinstance(total, Absence | FailureKind):
        return total
    if isinstance(finished, Absence | FailureKind):
        return finished
    least, most = _good(edges, indicator.threshold_seconds)
    # What began before the window may end in it: no share is above one.
    unfinished = max(total - finished, 0.0)
    return Events(min(least, total), min(most, total), total, unfinished)


def _edges(samples: Iterable[Sample]) -> dict[float, float]:
    """Events at or below each edge; what is no edge, or no number, is left out."""
    edges = {}
    for sample in samples:
        edge = _number(sample.labels.get("le", ""))
        if edge is not None and sample.value is not None:
            edges[edge] = sample.value
    return edges


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _good(edges: Mapping[float, float], limit: float) -> tuple[float, float]:
    below = [edge for edge in edges if edge < limit and not _same(edge, limit)]
    above = [edge for edge in edges if edge > limit and not _same(edge, limit)]
    for edge, count in edges.items():
        if _same(edge, limit):
            return count, count
    return edges[max(below)] if below else 0.0, edges[min(above)]


def _same(edge: float, limit: float) -> bool:
    """0.3, as 0.30 and as what is left of 0.1 + 0.2."""
    return math.isclose(edge, limit, rel_tol=1e-9)

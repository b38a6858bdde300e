"""The verdict on the whole platform: one sentence, with its reason and coverage."""

from collections.abc import Sequence

from opspanel.assess.actions import WORK_ORDER
from opspanel.assess.verdict import (
    BAD,
    UNSEEN,
    Judged,
    by_severity,
    worst,
)
from opspanel.assess.wording import listed, number
from opspanel.assessment import Coverage, Decision
from opspanel.terms import BADNESS, Health, Signal

LEVELS = {Health.DEGRADED: 1, Health.UNHEALTHY: 2}
UNHEALTHY_AND_CRITICAL = 3


def decide(subjects: Sequence[Judged]) -> Decision:
    coverage = covered(subjects)
    status = _status(subjects)
    return Decision(
        status=status,
        degradation_level=_degradation_level(status, subjects),
        sentence=f"{status.value.capitalize()}: {_because(subjects, coverage)}",
        coverage=coverage,
    )


def covered(subjects: Sequence[Judged]) -> Coverage:
    declared = [subject for subject in subjects if subject.counted]
    return Coverage(
        fresh=sum(subject.fresh for subject in declared), declared=len(declared)
    )


def _status(subjects: Sequence[Judged]) -> Health:
    status = worst(subject.status for subject in subjects)
    return Health.UNKNOWN if status in UNSEEN else status


def _degradation_level(status: Health, subjects: Sequence[Judged]) -> int:
    critical = any(
        subject.critical and subject.status is Health.UNHEALTHY for subject in subjects
    )
    return UNHEALTHY_AND_CRITICAL if critical else LEVELS.get(status, 0)


def _because(subjects: Sequence[Judged], coverage: Coverage) -> str:
    bad = sorted((item for item in subjects if item.status in BAD), key=_urgency)
    unknown = _unexplained(subjects)
    if not bad and not unknown:
        return f"all {number(coverage.declared)} signals fresh"
    lead, *rest = bad or unknown
    unnamed = [item.name for item in (unknown if bad else rest)]
    parts = [f"{lead.name} {by_severity(lead.findings)[0].reason}"]
    if bad and rest:
        parts.append(f"{number(len(rest))} more")
    if unnamed:
        parts.append(f"{'' if bad else 'also '}unknown: {listed(unnamed)}")
    if coverage.fresh < coverage.declared:
        fresh, declared = number(coverage.fresh), number(coverage.declared)
        parts.append(f"{fresh} of {declared} signals fresh")
    return "; ".join(parts)


def _unexplained(subjects: Sequence[Judged]) -> list[Judged]:
    """What is unknown, failed sources first, without what only follows from those."""
    failed = {item.source for item in subjects if _is_failed_source(item)}
    hidden = [item for item in subjects if not item.fresh]
    causes = [item for item in hidden if _is_failed_source(item)]
    others = [item for item in hidden if item.source not in failed]
    return [*causes, *others]


def _is_failed_source(subject: Judged) -> bool:
    """Wholly: of one of a pair nothing is unknown."""
    return any(
        found.signal is Signal.SOURCE_FAILED and found.status is not Health.DEGRADED
        for found in subject.findings
    )


def _urgency(subject: Judged) -> tuple[int, bool, int]:
    signal = by_severity(subject.findings)[0].signal
    place = WORK_ORDER[signal] if signal else len(WORK_ORDER)
    return -BADNESS[subject.status], not subject.critical, place

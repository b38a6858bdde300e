"""What an old snapshot may still say of the present: nothing good."""

from dataclasses import replace
from datetime import datetime, timedelta

from opspanel.snapshot.schema import CleanText, Snapshot
from opspanel.terms import Health
from opspanel.trust import LATE_INTERVALS

SENTENCE = CleanText("Unknown: nothing new was collected since taken_at")


def stale_after(interval_seconds: float) -> float:
    return LATE_INTERVALS * interval_seconds


def is_stale(taken_at: datetime, now: datetime, interval_seconds: float) -> bool:
    limit = timedelta(seconds=stale_after(interval_seconds))
    return now - taken_at > limit


def without_decision(snapshot: Snapshot) -> Snapshot:
    """For scripts, which look at the decision first and at its time perhaps never."""
    coverage = replace(snapshot.decision.coverage, fresh=0)
    decision = replace(
        snapshot.decision,
        status=Health.UNKNOWN,
        degradation_level=0,
        sentence=SENTENCE,
        coverage=coverage,
    )
    return replace(snapshot, decision=decision)

"""What each severity means, and how often an incident of it has to be told about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from opspanel.terms import Severity

DEFAULT: Final = Severity.SEV3

DEFINITIONS: Final = {
    Severity.SEV1: "Most customers cannot use the platform, or data is being lost",
    Severity.SEV2: "Many customers are hit, or a main function is down for some",
    Severity.SEV3: "Few customers are hit, or there is a way around",
    Severity.SEV4: "No customer notices; to be mended before one does",
}


@dataclass(frozen=True, slots=True)
class Cadence:
    """The first update is due `first` after the declaration, each later one `then`
    after the last."""

    first: timedelta
    then: timedelta

    @property
    def minutes(self) -> int:
        return int(self.then.total_seconds()) // 60


CADENCES: Final = {
    Severity.SEV1: Cadence(timedelta(minutes=15), timedelta(minutes=30)),
    Severity.SEV2: Cadence(timedelta(minutes=30), timedelta(minutes=60)),
}


def next_update_due(
    severity: Severity, declared_at: datetime, updated_at: datetime | None
) -> datetime | None:
    """None where no update is owed. `updated_at`: the last one, None before the first."""
    cadence = CADENCES.get(severity)
    if cadence is None:
        return None
    if updated_at is None:
        return declared_at + cadence.first
    return updated_at + cadence.then

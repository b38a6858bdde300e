"""Two stored moments side by side."""

from dataclasses import dataclass

from opspanel.snapshot.schema import Snapshot
from opspanel.snapshot.states import Subject, states
from opspanel.terms import Health


@dataclass(frozen=True, slots=True)
class Pair:
    """How one thing was at each of the two; None where there was no such thing."""

    subject: Subject
    earlier: Health | None
    later: Health | None

    @property
    def differs(self) -> bool:
        return self.earlier is not self.later


def pairs(earlier: Snapshot, later: Snapshot) -> list[Pair]:
    """Those that differ first; each group in the order of the overview."""
    then, now = states(earlier), states(later)
    found = [
        Pair(subject, then.get(subject), now.get(subject))
        for subject in dict.fromkeys([*then, *now])
    ]
    return sorted(found, key=lambda pair: not pair.differs)

"""Whether the panel's database answered this process when it was last asked who reads.

Lost and found by the statements of opspanel.access.admission, of which there is at least
one a second while it is lost.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache


@dataclass(slots=True)
class Contact:
    """`lost_at`: since when it does not answer; None while it does."""

    lost_at: datetime | None = None

    def lose(self, now: datetime) -> None:
        self.lost_at = self.lost_at or now

    def find(self) -> None:
        self.lost_at = None


@cache
def configured_contact() -> Contact:
    return Contact()

"""What is asked of a signal's points, and what was answered."""

from dataclasses import dataclass

from opspanel.terms import Detector, Unit, WatchKind, WatchState
from opspanel.watch.points import HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`more`: a difference from usual below this is not worth telling, in the signal's
    own unit. `limit`: what must not be reached; for FILLS the size, where it is no
    signal of its own; for RUNS_OUT the seconds under which it is told. `horizon`: FILLS
    is told if it will be full within so many seconds.
    """

    name: str
    kind: WatchKind
    unit: Unit
    counts: bool = False
    more: float = 5.0
    limit: float | None = None
    horizon: float = 7 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one detector says of one moment: `line` tells it with figures; `times` is
    how far it is above what is usual, or allowed, for ranking."""

    detector: Detector
    line: str
    times: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is remembered of a signal between two judgements; slots, None for never."""

    raised: int | None = None
    ended: int | None = None
    detector: Detector | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`line` is there in every state; `found` is None where nothing is wrong now."""

    state: WatchState
    line: str
    standing: Standing
    found: Found | None = None


# Not raised again so soon after it ended.
COOL_DOWN = HOUR

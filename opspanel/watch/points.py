"""Points of a signal: one per five minutes of the clock, oldest first, gaps as None."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from opspanel.watch.wording import lasting

STEP_SECONDS = 300
HOUR = 3600 // STEP_SECONDS
DAY = 24 * HOUR
WEEK = 7 * DAY
# What counts in 64 bits says "no limit" with numbers like this. NaN is not less either.
_TOO_MUCH = 2.0**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """`first` is the slot of `values[0]`. `remarks` tell what was wrong with the rows."""

    first: int
    values: Sequence[float | None]
    remarks: tuple[str, ...] = field(default=())

    @property
    def last(self) -> int:
        """The newest slot, whether or not it has a value."""
        return self.first + len(self.values) - 1


def slot_of(at: datetime) -> int:
    """The five minutes of the clock in which `at` lies, counted since 1970."""
    return int(at.timestamp()) // STEP_SECONDS


def start_of(slot: int) -> datetime:
    return datetime.fromtimestamp(slot * STEP_SECONDS, UTC)


def on_grid(
    rows: Iterable[tuple[int, float | None]], *, last: int, slots: int
) -> Points:
    """From rows of a slot and a value: the last `slots` slots; of two rows, the later.

    Rows from the future were written by a clock that was wrong: they are left out, and
    told, as are values that are not numbers and a silence at the end.
    """
    first = last - slots + 1
    values: list[float | None] = [None] * slots
    future = unreadable = 0
    for slot, value in rows:
        if slot > last:
            future += 1
        elif value is not None and not abs(value) < _TOO_MUCH:
            unreadable += 1
        elif slot >= first:
            values[slot - first] = None if value is None else float(value)
    remarks = (*_of_rows(future, unreadable), *_of_silence(values))
    return Points(first=first, values=values, remarks=remarks)


def _of_rows(future: int, unreadable: int) -> Iterable[str]:
    if future:
        yield f"{future:,} points from the future left out: a clock went back"
    if unreadable:
        yield f"{unreadable:,} points were not a number"


def _of_silence(values: Sequence[float | None]) -> Iterable[str]:
    silent = 0
    for value in reversed(values):
        if value is not None:
            break
        silent += 1
    if silent == len(values):
        yield "no points"
    elif silent > 1:
        yield f"no point for {lasting(silent * STEP_SECONDS)}"

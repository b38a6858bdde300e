"""Figures over time: folded as they come, so that a chart reads few rows whatever it shows.

A row holds all figures of one step, as columns of numbers, compressed: one row a step is
rewritten at each pass, and one read gives every chart of a page. A figure that had no
value adds nothing, so that a gap stays a gap.
"""

import math
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from opspanel.models import FigureName, FigureRollup
from opspanel.models.history import LONGEST_FIGURE
from opspanel.snapshot.key_figures import key_figures
from opspanel.snapshot.schema import Snapshot

MINUTE: Final = 60
# In seconds. The last is for a quarter of a year.
STEPS: Final = (MINUTE, 600, 3_600, 28_800)
KEPT: Final = timedelta(days=90)
_LARGEST: Final = 3.4e38

_SAVE = """
INSERT INTO ops_figurerollup (step, at, taken_at, body) VALUES (%s, %s, %s, %s)
ON CONFLICT (step, at) DO UPDATE SET taken_at = excluded.taken_at, body = excluded.body
"""
# Few rows a time, as of minutes.
_TRIM = """
DELETE FROM ops_figurerollup WHERE (step, at) IN (
    SELECT step, at FROM ops_figurerollup WHERE step = %s AND at < %s
    ORDER BY at LIMIT 100
)
"""


@dataclass(frozen=True, slots=True)
class Fold:
    """Of one figure over one step. `count` is at least 1."""

    count: int
    least: float
    most: float
    total: float

    @property
    def mean(self) -> float:
        # Within its bounds, whatever a sum of floats has lost.
        return min(max(self.total / self.count, self.least), self.most)

    def with_value(self, value: float) -> "Fold":
        least, most = min(self.least, value), max(self.most, value)
        return Fold(self.count + 1, least, most, self.total + value)


# Of each column: how its numbers are kept. Bounds are kept to seven digits.
_COLUMNS: Final = ("I", "I", "f", "f", "d")
_WIDTH: Final = sum(array(kind).itemsize for kind in _COLUMNS)


def packed(folds: Mapping[int, Fold]) -> bytes:
    """Of the figures with those numbers."""
    rows = ((number, *_astuple(fold)) for number, fold in folds.items())
    columns = list(zip(*rows, strict=True)) or [()] * len(_COLUMNS)
    return zlib.compress(b"".join(map(_packed_column, _COLUMNS, columns)), 6)


class Folds:
    """What a body holds; nothing of what is damaged. Only what is asked for is made."""

    def __init__(self, body: bytes) -> None:
        self._columns = _unpacked_columns(body)
        self._places = {number: at for at, number in enumerate(self._columns[0])}

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def get(self, number: int) -> Fold | None:
        at = self._places.get(number)
        if at is None:
            return None
        _, counts, least, most, totals = self._columns
        return Fold(counts[at], least[at], most[at], totals[at])

    def all(self) -> dict[int, Fold]:
        return {
            number: Fold(*rest) for number, *rest in zip(*self._columns, strict=True)
        }


def _astuple(fold: Fold) -> tuple[int, float, float, float]:
    return fold.count, _bounded(fold.least), _bounded(fold.most), fold.total


def _bounded(value: float) -> float:
    """What a float of four bytes can hold."""
    return min(max(value, -_LARGEST), _LARGEST)


def _packed_column(kind: str, numbers: Iterable[Any]) -> bytes:
    """First bytes stand together, then second ones: alike, so that they compress."""
    column = array(kind, numbers)
    raw = column.tobytes()
    return b"".join(raw[at :: column.itemsize] for at in range(column.itemsize))


def _unpacked_columns(body: bytes) -> list[array[Any]]:
    try:
        raw = zlib.decompress(body)
    except zlib.error:
        raw = b""
    many, rest = divmod(len(raw), _WIDTH)
    columns, begin = [], 0
    for kind in _COLUMNS:
        column = array(kind)
        end = begin + (0 if rest else many) * column.itemsize
        column.frombytes(_in_order(raw[begin:end], column.itemsize))
        columns.append(column)
        begin = end
    return columns


def _in_order(raw: bytes, width: int) -> bytes:
    many, ordered = len(raw) // width, bytearray(len(raw))
    for at in range(width):
        ordered[at::width] = raw[at * many : (at + 1) * many]
    return bytes(ordered)


def begin_of(step: int, moment: datetime) -> datetime:
    """The beginning of the step in which `moment` lies."""
    inside = moment.timestamp() % step
    return (moment - timedelta(seconds=inside)).replace(microsecond=0)


def fold_in(snapshot: Snapshot, minutes_kept_from: datetime) -> None:
    """Once, however often: what is not newer than what a step holds adds nothing to it,
    nor does what a clock that jumped back lives through again."""
    values = _values(snapshot)
    with transaction.atomic():
        kept = _kept(snapshot.taken_at)
        rows: list[list[Any]] = [
            [step, at, snapshot.taken_at, packed(_folded(kept.get((step, at)), values))]
            for step, at in _steps(snapshot.taken_at)
            if not _is_late(kept.get((step, at)), snapshot)
        ]
        with connection.cursor() as cursor:
            cursor.executemany(_SAVE, rows)
            for step in STEPS:
                old = snapshot.taken_at - KEPT
                cursor.execute(
                    _TRIM, [step, minutes_kept_from if step == MINUTE else old]
                )


def _values(snapshot: Snapshot) -> dict[int, float]:
    """By number; without those that are missing, or no number to reckon with."""
    present = {
        name[:LONGEST_FIGURE]: figure
        for name, figure in key_figures(snapshot)
        if figure.value is not None and math.isfinite(figure.value)
    }
    units = {name: figure.unit.value for name, figure in present.items()}
    numbers = _numbers(units)
    return {
        numbers[name]: figure.value
        for name, figure in present.items()
        if figure.value is not None
    }


def _numbers(units: Mapping[str, str]) -> dict[str, int]:
    """By name. New ones are given where there are none."""
    found = _known(units)
    new = [
        FigureName(name=name, unit=units[name]) for name in units if name not in found
    ]
    if not new:
        return found
    FigureName.objects.bulk_create(new, ignore_conflicts=True)
    return _known(units)


def _known(names: Iterable[str]) -> dict[str, int]:
    rows = FigureName.objects.filter(name__in=list(names))
    return dict(rows.values_list("name", "pk"))


def _steps(moment: datetime) -> list[tuple[int, datetime]]:
    return [(step, begin_of(step, moment)) for step in STEPS]


def _kept(moment: datetime) -> dict[tuple[int, datetime], FigureRollup]:
    rows = FigureRollup.objects.filter(pk__in=_steps(moment)).select_for_update()
    return {(row.step, row.at): row for row in rows}


def _is_late(kept: FigureRollup | None, snapshot: Snapshot) -> bool:
    return kept is not None and kept.taken_at >= snapshot.taken_at


def _folded(kept: FigureRollup | None, values: Mapping[int, float]) -> dict[int, Fold]:
    folds = Folds(bytes(kept.body)).all() if kept is not None else {}
    for number, value in values.items():
        before = folds.get(number)
        folds[number] = (
            before.with_value(value) if before else Fold(1, value, value, value)
        )
    return folds

"""Figures over time: folded as they come, so that a chart reads few rows whatever it shows.

A row holds all figures of one step, as columns of numbers, compressed: one row a step is
rewritten at each pass, and one read gives every chart of a page. A figure that had no
value adds nothing, so that a gap stays a gap.
"""

import math
import zlib
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from opspanel.models import FigureName, FigureRollup
from opspanel.models.history import LONGEST_FIGURE
from opspanel.snapshot.key_figures import key_figures
from opspanel.snapshot.schema import Snapshot

MINUTE: Final = 60
# In seconds. The last is for a quarter of a year.
STEPS: Final = (MINUTE, 600, 3_600, 28_800)
KEPT: Final = timedelta(days=90)

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


type Folds = Mapping[int, Fold]


def packed(folds: Folds) -> bytes:
    """Of the figures with those numbers."""
    columns = (
        array("I", folds),
        array("I", (fold.count for fold in folds.values())),
        array("d", (fold.least for fold in folds.values())),
        array("d", (fold.most for fold in folds.values())),
        array("d", (fold.total for fold in folds.values())),
    )
    return zlib.compress(b"".join(column.tobytes() for column in columns), 6)


_WIDTH = 4 + 4 + 3 * 8


def unpacked(body: bytes) -> dict[int, Fold]:
    """Nothing of what is damaged."""
    try:
        raw = zlib.decompress(body)
    except zlib.error:
        return {}
    many, rest = divmod(len(raw), _WIDTH)
    if rest:
        return {}
    whole, real = array("I"), array("d")
    whole.frombytes(raw[: 8 * many])
    real.frombytes(raw[8 * many :])
    folds = map(
        Fold,
        whole[many:],
        real[:many],
        real[many : 2 * many],
        real[2 * many :],
    )
    return dict(zip(whole[:many], folds, strict=True))


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
        rows = [
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
    folds = unpacked(bytes(kept.body)) if kept is not None else {}
    for number, value in values.items():
        before = folds.get(number)
        folds[number] = (
            before.with_value(value) if before else Fold(1, value, value, value)
        )
    return folds

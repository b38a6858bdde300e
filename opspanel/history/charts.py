"""Figures over time, for charts: at most a few hundred points, whatever the span."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from opspanel.models import FigureName, FigureRollup
from opspanel.sanitize import fields
from opspanel.snapshot.rollups import Fold, Folds, begin_of
from opspanel.snapshot.schema import CleanText, Trend
from opspanel.terms import Unit

WEEK: Final = timedelta(days=7)
# Of a table, for who reads instead of looking.
MOST_ROWS: Final = 30
# Of one page.
MOST: Final = 24


@dataclass(frozen=True, slots=True)
class Span:
    """`points` steps of `step` seconds."""

    name: str
    step: int
    points: int

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=self.step * self.points)


SPANS: Final = {
    span.name: span
    for span in (
        Span("1h", 60, 60),
        Span("4h", 60, 240),
        Span("1d", 600, 144),
        Span("7d", 3_600, 168),
        Span("90d", 28_800, 270),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Of several steps from `begins_at` on. None where nothing was known; `earlier`: the
    mean of the same time a week before."""

    begins_at: datetime
    fold: Fold | None
    earlier: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`means` of each step; `earlier` those of a week before, None where the span is
    longer. `rows` say the same in at most MOST_ROWS lines."""

    name: CleanText
    unit: Unit
    means: Trend
    earlier: Trend | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """By name, MOST of them; `more` figures come after them. In `gaps` steps nothing was
    collected."""

    span: Span
    begins_at: datetime
    ends_at: datetime
    charts: tuple[Chart, ...]
    more: int
    gaps: int


def charts(span: Span, until: datetime, first: int = 0) -> Charts:
    """From the figure at `first` on. Two reads of at most `span.points` rows."""
    ends_at = begin_of(span.step, until) + timedelta(seconds=span.step)
    window = _Window(span, ends_at)
    now, before = window.read(timedelta()), {}
    if span.length <= WEEK:
        before = window.read(WEEK)
    seen = {number for folds in now.values() for number in folds}
    names = list(FigureName.objects.filter(pk__in=seen).order_by("name")[first:])
    return Charts(
        span=span,
        begins_at=window.begins_at,
        ends_at=ends_at,
        charts=tuple(window.chart(name, now, before) for name in names[:MOST]),
        more=len(names[MOST:]),
        gaps=span.points - len(now),
    )


type _Steps = Mapping[int, Folds]


@dataclass(frozen=True, slots=True)
class _Window:
    span: Span
    ends_at: datetime

    @property
    def begins_at(self) -> datetime:
        return self.ends_at - self.span.length

    def read(self, ago: timedelta) -> dict[int, Folds]:
        """All figures by place of the step, those of `ago` before."""
        since = self.begins_at - ago
        rows = FigureRollup.objects.filter(
            step=self.span.step, at__gte=since, at__lt=self.ends_at - ago
        )
        return {
            int((at - since).total_seconds()) // self.span.step: Folds(bytes(body))
            for at, body in rows.values_list("at", "body")
        }

    def chart(self, name: FigureName, now: _Steps, before: _Steps) -> Chart:
        folds, earlier = self._folds(name, now), self._folds(name, before)
        unit = Unit(name.unit)
        return Chart(
            name=fields.sentence(name.name),
            unit=unit,
            means=self._trend(unit, folds),
            earlier=self._trend(unit, earlier) if any(earlier) else None,
            rows=tuple(self._rows(folds, earlier)),
        )

    def _folds(self, name: FigureName, steps: _Steps) -> list[Fold | None]:
        return [
            steps[place].get(name.pk) if place in steps else None
            for place in range(self.span.points)
        ]

    def _trend(self, unit: Unit, folds: Iterable[Fold | None]) -> Trend:
        return Trend(
            unit=unit,
            ends_at=self.ends_at,
            step_seconds=self.span.step,
            points=tuple(fold.mean if fold else None for fold in folds),
        )

    def _rows(
        self, folds: list[Fold | None], earlier: list[Fold | None]
    ) -> Iterable[Row]:
        several = -(-self.span.points // MOST_ROWS)
        for place in range(0, self.span.points, several):
            part = slice(place, place + several)
            before = joined(earlier[part])
            yield Row(
                begins_at=self.begins_at + timedelta(seconds=place * self.span.step),
                fold=joined(folds[part]),
                earlier=before.mean if before else None,
            )


def joined(folds: Iterable[Fold | None]) -> Fold | None:
    """Several steps as one; None where all are."""
    known = [fold for fold in folds if fold is not None]
    if not known:
        return None
    return Fold(
        sum(fold.count for fold in known),
        min(fold.least for fold in known),
        max(fold.most for fold in known),
        sum(fold.total for fold in known),
    )

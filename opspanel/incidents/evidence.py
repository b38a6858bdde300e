"""How the platform stood when an incident was declared, kept with the declaration.

A snapshot's decision, action cards, key figures and their trends: little enough for the
timeline, and there when the snapshots of that day are long gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice, starmap
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from opspanel.models import IncidentEvent
from opspanel.sanitize import fields
from opspanel.snapshot.key_figures import key_figures
from opspanel.snapshot.places import elsewhere, named
from opspanel.snapshot.schema import CleanText, Figure, Snapshot, Trend
from opspanel.terms import Absence, FailureKind, Health, IncidentEventType, Unit

# The name under which the declaration's changes hold it.
FIELD: Final = "evidence"
_CARDS = 20
_FIGURES = 40
_TRENDS = 12
# Enough for a picture.
_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFigure:
    """`value` is None exactly if `missing` is set."""

    name: CleanText
    value: float | None
    unit: Unit
    missing: Absence | FailureKind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCard:
    title: CleanText
    reason: CleanText
    status: Health


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTrend:
    """`limit`: the threshold of its figure, None where it has none."""

    name: CleanText
    trend: Trend
    limit: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """`trends` is empty where they were not kept yet."""

    taken_at: datetime
    status: Health
    sentence: CleanText
    cards: tuple[KeptCard, ...]
    figures: tuple[KeptFigure, ...]
    trends: tuple[KeptTrend, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One figure then and now; None where there is none of that name."""

    name: CleanText
    then: KeptFigure | None
    now: KeptFigure | None


_EVIDENCE = TypeAdapter(Evidence)


def evidence_of(snapshot: Snapshot) -> Evidence:
    cards = [
        KeptCard(title=card.title, reason=card.reason, status=card.status)
        for card in snapshot.actions[:_CARDS]
    ]
    return Evidence(
        taken_at=snapshot.taken_at,
        status=snapshot.decision.status,
        sentence=snapshot.decision.sentence,
        cards=tuple(cards),
        figures=tuple(starmap(_kept, islice(key_figures(snapshot), _FIGURES))),
        trends=tuple(_trends(snapshot))[:_TRENDS],
    )


def as_json(evidence: Evidence) -> dict[str, Any]:
    """As the declaration keeps it."""
    kept: dict[str, Any] = _EVIDENCE.dump_python(evidence, mode="json")
    return kept


def declared_with(incident_id: int) -> Evidence | None:
    """None where nothing had been collected, or what was kept cannot be read."""
    rows = IncidentEvent.objects.filter(
        incident_id=incident_id, type=IncidentEventType.DECLARED, changes__has_key=FIELD
    )
    changes = rows.values_list("changes", flat=True).first()
    if changes is None:
        return None
    try:
        return _cleaned(_EVIDENCE.validate_python(changes[FIELD][1]))
    except ValidationError:
        return None


def compared(then: Evidence, now: Evidence | None) -> list[Compared]:
    """In the order of then; what is only there now comes last."""
    before = {figure.name: figure for figure in then.figures}
    present = {figure.name: figure for figure in now.figures} if now else {}
    return [
        Compared(name=name, then=before.get(name), now=present.get(name))
        for name in dict.fromkeys([*before, *present])
    ]


def _trends(snapshot: Snapshot) -> Iterator[KeptTrend]:
    """What fails first: there may be more than are kept."""
    healthy_last = sorted(snapshot.errors, key=lambda one: one.status is Health.HEALTHY)
    for error in healthy_last:
        if error.trend is not None:
            name = named(elsewhere(error, snapshot), error.name)
            yield _drawn(f"{name}: error rate", error.trend, error.degraded_at)
    for flow in snapshot.throughput:
        if flow.trend is not None:
            name = named(elsewhere(flow, snapshot), flow.name)
            yield _drawn(f"{name}: throughput", flow.trend, None)


def _drawn(name: str, trend: Trend, limit: float | None) -> KeptTrend:
    points = tuple(
        None if point is None else float(f"{point:.{_DIGITS}g}")
        for point in trend.points
    )
    name = fields.sentence(name)
    return KeptTrend(name=name, trend=replace(trend, points=points), limit=limit)


def _kept(name: str, figure: Figure) -> KeptFigure:
    return KeptFigure(
        name=fields.sentence(name),
        value=figure.value,
        unit=figure.unit,
        missing=figure.missing,
    )


def _cleaned(kept: Evidence) -> Evidence:
    """What comes out of a table is cleaned again, like all else that is shown."""
    return replace(
        kept,
        sentence=fields.sentence(kept.sentence),
        cards=tuple(
            replace(
                card,
                title=fields.sentence(card.title),
                reason=fields.sentence(card.reason),
            )
            for card in kept.cards
        ),
        figures=tuple(
            replace(figure, name=fields.sentence(figure.name))
            for figure in kept.figures
        ),
        trends=tuple(
            replace(kept_one, name=fields.sentence(kept_one.name))
            for kept_one in kept.trends
        ),
    )

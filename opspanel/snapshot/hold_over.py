"""Keeps the last known figures of a source that does not answer now.

Pure, clean to clean. Judgement never uses what is held over: a status stays as
assessed (unknown), the number returns marked HELD_OVER with its own old time, and
`keep_seconds` after the source's last good answer it is gone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from opspanel.snapshot.schema import (
    HELD_OVER_REASON,
    ActionCard,
    Consumer,
    Estimate,
    Figure,
    Snapshot,
    SourceState,
    StreamQueue,
    TaskQueue,
)
from opspanel.terms import Exactness, FailureKind, Health, Source

CHANGES_KEPT = timedelta(minutes=10)
MOST_CHANGES = 50

# What tells the members of a list apart: the first of these names that they have.
_IDENTITIES = ("component_id", "name", "task_type", "status")

# Lists whose very members are only known from the source.
_LISTED_BY = {
    StreamQueue: Source.NATS,
    Consumer: Source.NATS,
    TaskQueue: Source.NODE_TASKS,
    Estimate: Source.NODE_TASKS,
}


@dataclass(frozen=True, slots=True)
class _Span:
    """Which sources failed in this pass and are held over still."""

    held: frozenset[Source]
    since: datetime


def hold_over(
    previous: Snapshot | None, current: Snapshot, keep_seconds: float
) -> Snapshot:
    """`current`, its gaps filled from `previous`, each action card dated from when it
    first appeared."""
    if previous is None:
        return current
    sources = _sources(previous.sources, current.sources, current.taken_at)
    span = _span(sources, current.taken_at - timedelta(seconds=keep_seconds))
    return replace(
        current,
        sources=sources,
        actions=_actions(previous.actions, current.actions, span),
        **{
            name: _filled(getattr(previous, name), getattr(current, name), span)
            for name in ("health", "queues", "throughput", "errors", "slos")
        },
    )


def _sources(
    previous: Iterable[SourceState], current: Iterable[SourceState], now: datetime
) -> tuple[SourceState, ...]:
    before = {state.key: state for state in previous}
    return tuple(
        _since(before[state.key], state, now) if state.key in before else state
        for state in current
    )


def _since(before: SourceState, state: SourceState, now: datetime) -> SourceState:
    """A failed source keeps the time of its last good answer."""
    kept = tuple(at for at in before.changed_at if at >= now - CHANGES_KEPT)
    if (before.failure is None) != (state.failure is None):
        kept = (*kept, now)[-MOST_CHANGES:]
    if state.failure:
        state = replace(state, observed_at=before.observed_at)
    return replace(state, changed_at=kept)


def _span(sources: Iterable[SourceState], since: datetime) -> _Span:
    """A source of which one of two answers is not held over."""
    states = list(sources)
    answering = {state.source for state in states if state.failure is None}
    held = {
        state.source
        for state in states
        if state.failure and state.observed_at and state.observed_at >= since
    }
    return _Span(frozenset(held - answering), since)


def _filled(previous: Any, current: Any, span: _Span) -> Any:
    if isinstance(current, Figure):
        return _figure(previous, current, span)
    if isinstance(current, tuple):
        return _members(previous, current, span)
    if not is_dataclass(current) or type(previous) is not type(current):
        return current
    return _each_field(previous, current, span)


def _each_field(previous: Any, current: Any, span: _Span) -> Any:
    return replace(
        current,
        **{
            field.name: _filled(
                getattr(previous, field.name), getattr(current, field.name), span
            )
            for field in fields(current)
        },
    )


def _members(
    previous: tuple[Any, ...], current: tuple[Any, ...], span: _Span
) -> tuple[Any, ...]:
    before = {_identity(item): item for item in previous}
    present = {_identity(item) for item in current}
    gone = (item for name, item in before.items() if name not in present)
    return (
        *(_filled(before.get(_identity(item)), item, span) for item in current),
        *(_held(item) for item in gone if _LISTED_BY.get(type(item)) in span.held),
    )


def _identity(item: object) -> object:
    for name in _IDENTITIES:
        if hasattr(item, name):
            return getattr(item, name)
    return item


def _figure(previous: object, current: Figure, span: _Span) -> Figure:
    failed = isinstance(current.missing, FailureKind)
    if not failed or not isinstance(previous, Figure) or previous.value is None:
        return current
    if previous.observed_at < span.since:
        return current
    return replace(previous, exactness=Exactness.HELD_OVER)


def _held(item: Any) -> Any:
    """The same thing as last seen: numbers held over, health unknown."""
    if isinstance(item, Figure):
        return replace(item, exactness=Exactness.HELD_OVER)
    if isinstance(item, tuple):
        return tuple(_held(member) for member in item)
    if not is_dataclass(item) or isinstance(item, type):
        return item
    changed = {field.name: _held(getattr(item, field.name)) for field in fields(item)}
    if isinstance(changed.get("status"), Health):
        changed |= {"status": Health.UNKNOWN, "reason": HELD_OVER_REASON}
    return replace(item, **changed)


def _actions(
    previous: tuple[ActionCard, ...], current: tuple[ActionCard, ...], span: _Span
) -> tuple[ActionCard, ...]:
    before = {card.key: card for card in previous}
    present = {card.key for card in current}
    return (
        *(replace(card, since=before.get(card.key, card).since) for card in current),
        *(
            replace(card, held_over=True)
            for card in previous
            if card.key not in present and card.source in span.held
        ),
    )

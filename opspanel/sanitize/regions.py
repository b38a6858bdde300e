"""The parts of all regions as one snapshot. Clean to clean: a region's name is a name
of panel.toml's own, by its grammar."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from opspanel.quantities import duration
from opspanel.sanitize.own_cards import own_card
from opspanel.snapshot.schema import (
    ActionCard,
    CleanText,
    Coverage,
    Decision,
    Region,
    Snapshot,
)
from opspanel.terms import BADNESS, Health, Signal, Source

# What stands in one list for all regions, each item with the name of its own.
_LISTS = ("health", "throughput", "errors", "slos", "sources")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A region by itself. `kinds`: the sources it has. `told_at`: when its worker last
    did, None for never; where that is too long ago it is not `reported`, and nothing in
    `snapshot` is from now."""

    region: str
    kinds: frozenset[Source]
    snapshot: Snapshot
    reported: bool
    told_at: datetime | None


def of_own_region(whole: Snapshot | None) -> Snapshot | None:
    """What `with_regions` was given for the panel's own region."""
    if whole is None or not whole.regions:
        return whole
    lists: dict[str, Any] = {
        name: _own(getattr(whole, name), whole.region) for name in ("actions", *_LISTS)
    }
    return replace(whole, regions=(), **lists)


def _own(items: Iterable[Any], region: CleanText | None) -> tuple[Any, ...]:
    return tuple(item for item in items if item.region in {region, None})


def with_regions(
    own: Snapshot, region: str, parts: Sequence[Part], previous: Snapshot | None
) -> Snapshot:
    """`own`: the panel's own `region`. `previous`: the whole of the last pass."""
    here = CleanText(region)
    each = [(here, own), *((CleanText(part.region), part.snapshot) for part in parts)]
    lists: dict[str, Any] = {
        name: tuple(
            replace(item, region=there)
            for there, snapshot in each
            for item in getattr(snapshot, name)
        )
        for name in _LISTS
    }
    return replace(
        own,
        decision=_decision(own, here, parts),
        actions=_actions(own, here, parts, previous),
        region=here,
        regions=(_own_region(own, here), *map(_region, parts)),
        **lists,
    )


def _actions(
    own: Snapshot, here: CleanText, parts: Sequence[Part], previous: Snapshot | None
) -> tuple[ActionCard, ...]:
    """In the order of one region's. A part that was made without its worker knows
    nothing of the last one: since when a card stands is taken from the whole."""
    since = {card.key: card.since for card in previous.actions} if previous else {}
    theirs = (card for part in parts for card in _cards(part, own.taken_at))
    cards = (
        *(replace(card, region=here) for card in own.actions),
        *(replace(card, since=since.get(card.key, card.since)) for card in theirs),
    )
    return tuple(sorted(cards, key=_place))


def _own_region(own: Snapshot, here: CleanText) -> Region:
    return Region(
        region=here,
        reported=True,
        taken_at=own.taken_at,
        decision=own.decision,
        nats=None,
        node_tasks=None,
        outbox=None,
    )


def _region(part: Part) -> Region:
    queues = part.snapshot.queues
    return Region(
        region=CleanText(part.region),
        reported=part.reported,
        taken_at=part.told_at,
        decision=part.snapshot.decision,
        nats=queues.nats if Source.NATS in part.kinds else None,
        node_tasks=queues.node_tasks if Source.NODE_TASKS in part.kinds else None,
        outbox=queues.outbox if Source.OUTBOX in part.kinds else None,
    )


def _cards(part: Part, now: datetime) -> Iterable[ActionCard]:
    """That its worker is silent stands for each of its sources that cannot be read."""
    region = CleanText(part.region)
    if not part.reported:
        yield _silence(part, now)
    for card in part.snapshot.actions:
        if part.reported or card.signal is not Signal.SOURCE_FAILED:
            signal, _, subject = card.key.partition(":")
            yield replace(
                card,
                key=CleanText(f"{signal}:{region}/{subject}"),
                title=CleanText(f"{region}: {card.title}"),
                region=region,
            )


def _silence(part: Part, now: datetime) -> ActionCard:
    told = "never told anything"
    if part.told_at is not None:
        ago = duration(max((now - part.told_at).total_seconds(), 0.0))
        told = f"last told something {ago} ago"
    card = own_card(
        Signal.SOURCE_FAILED,
        CleanText("Nothing is collected of a region"),
        CleanText(
            f"The worker of this region {told}. Start it, or see what holds it up."
        ),
        "ops.panel.region",
        now,
    )
    return replace(
        card,
        key=CleanText(f"{Signal.SOURCE_FAILED}:{part.region}"),
        title=CleanText(f"{part.region}: nothing is collected"),
        status=Health.UNKNOWN,
        region=CleanText(part.region),
    )


def _place(card: ActionCard) -> tuple[int, int]:
    return list(Signal).index(card.signal), -BADNESS[card.status]


def _decision(own: Snapshot, here: CleanText, parts: Sequence[Part]) -> Decision:
    """The worst region leads; those that are not healthy are named; all are counted."""
    told = [(here, own.decision, ""), *map(_told, parts)]
    worst_first = sorted(told, key=lambda each: _rank(each[1]))
    (_, lead, _), *_ = worst_first
    coverage = Coverage(
        fresh=sum(decision.coverage.fresh for _, decision, _ in told),
        declared=sum(decision.coverage.declared for _, decision, _ in told),
    )
    return replace(
        lead,
        coverage=coverage,
        sentence=CleanText(
            f"{lead.status.value.capitalize()}: {_because(worst_first, coverage)}"
        ),
    )


type _Told = tuple[CleanText, Decision, str]


def _told(part: Part) -> _Told:
    """With the words for a region of which nothing is collected."""
    silent = "" if part.reported else "nothing is collected"
    return CleanText(part.region), part.snapshot.decision, silent


def _because(worst_first: Sequence[_Told], coverage: Coverage) -> str:
    (region, lead, silent), *rest = worst_first
    if lead.status is Health.HEALTHY:
        count = len(worst_first)
        return f"all {coverage.declared:,} signals of {count} regions fresh"
    parts = [f"{region}: {silent or _own_words(lead)}"]
    parts += [
        f"{name} {silent or decision.status.value}"
        for name, decision, silent in rest
        if decision.status is not Health.HEALTHY
    ]
    if coverage.fresh < coverage.declared:
        parts.append(f"{coverage.fresh:,} of {coverage.declared:,} signals fresh")
    return "; ".join(parts)


def _own_words(decision: Decision) -> str:
    """A region's sentence, without the verdict before and the count behind it."""
    _, _, words = decision.sentence.partition(": ")
    fresh, declared = decision.coverage.fresh, decision.coverage.declared
    return words.removesuffix(f"; {fresh:,} of {declared:,} signals fresh")


def _rank(decision: Decision) -> tuple[int, int]:
    return -BADNESS[decision.status], -decision.degradation_level

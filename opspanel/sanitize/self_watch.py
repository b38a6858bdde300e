"""The panel watches itself: a card for each of its own figures that is bad. Clean to
clean."""

from collections.abc import Iterator
from dataclasses import replace

from opspanel.quantities import duration
from opspanel.sanitize.own_cards import own_card
from opspanel.snapshot.schema import ActionCard, CleanText, Snapshot
from opspanel.terms import Health, Signal

# The upkeep worker verifies the audit trail each minute.
SILENT_SECONDS = 600.0


def with_self_watch(
    snapshot: Snapshot, interval: float, previous: Snapshot | None
) -> Snapshot:
    """`interval`: seconds from one pass to the next."""
    since = {card.key: card.since for card in previous.actions} if previous else {}
    cards = (
        replace(card, status=Health.DEGRADED, since=since.get(card.key, card.since))
        for card in _cards(snapshot, interval)
    )
    return replace(snapshot, actions=(*snapshot.actions, *cards))


def _cards(snapshot: Snapshot, interval: float) -> Iterator[ActionCard]:
    times = {
        state.key: state.took_seconds or 0.0
        for state in snapshot.sources
        if state.failure is None
    }
    slowest = max(times, key=times.__getitem__, default=None)
    if slowest is not None and times[slowest] > interval:
        yield own_card(
            Signal.PANEL_SLOW,
            CleanText("Reading takes longer than its interval"),
            CleanText(
                f"{slowest} took {duration(times[slowest])} of {duration(interval)}."
            ),
            "ops.panel.slow",
            snapshot.taken_at,
        )
    verified_at = snapshot.audit.verified_at if snapshot.audit else None
    silent = (snapshot.taken_at - verified_at).total_seconds() if verified_at else 0.0
    if silent > SILENT_SECONDS:
        yield own_card(
            Signal.PANEL_UPKEEP,
            CleanText("The upkeep worker is silent"),
            CleanText(f"The audit trail was last verified {duration(silent)} ago."),
            "ops.panel.upkeep",
            snapshot.taken_at,
        )

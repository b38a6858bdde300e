"""The panel's own figures, when they are bad, are a card like any other."""

from dataclasses import replace
from datetime import timedelta

from opspanel.sanitize.self_watch import with_self_watch
from opspanel.snapshot.schema import AuditTrail, CleanText
from opspanel.terms import AuditResult, Health, Signal
from tests import snapshots

INTERVAL = 5.0


def watched(snapshot, previous=None):
    return with_self_watch(snapshot, INTERVAL, previous)


def cards(snapshot):
    own = {Signal.PANEL_SLOW, Signal.PANEL_UPKEEP}
    return {card.signal: card for card in snapshot.actions if card.signal in own}


def slow(snapshot, seconds):
    first, *others = snapshot.sources
    return replace(
        snapshot, sources=(replace(first, took_seconds=seconds, failure=None), *others)
    )


def verified(snapshot, ago):
    trail = AuditTrail(
        result=AuditResult.WHOLE,
        verified_at=snapshot.taken_at - ago,
        read_whole_at=None,
        last_seq=1,
        fault=CleanText(""),
        anchor=None,
    )
    return replace(snapshot, audit=trail)


def test_good_figures_are_no_card():
    """Quick, and verified a minute ago."""
    fine = verified(slow(snapshots.healthy(), 0.2), timedelta(minutes=1))
    assert cards(watched(fine)) == {}


def test_a_source_slower_than_the_interval_is_told_with_its_figures():
    """Each pass would be late; which one it is, and by how much."""
    card = cards(watched(slow(snapshots.healthy(), 7.0)))[Signal.PANEL_SLOW]
    assert card.status == Health.DEGRADED
    assert "7 s of 5 s" in card.reason


def test_a_silent_upkeep_worker_is_told():
    """It verifies the audit trail each minute, and tells webhooks."""
    late = verified(snapshots.healthy(), timedelta(minutes=12))
    assert "12 min" in cards(watched(late))[Signal.PANEL_UPKEEP].reason


def test_a_card_keeps_its_beginning():
    """It says since when, not that it just began."""
    first = watched(slow(snapshots.healthy(), 7.0))
    later = replace(
        slow(snapshots.healthy(), 8.0),
        taken_at=first.taken_at + timedelta(seconds=30),
    )
    card = cards(watched(later, previous=first))[Signal.PANEL_SLOW]
    assert card.since == first.taken_at

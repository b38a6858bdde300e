"""How the panel's own audit trail is, for everybody to see. Clean to clean but for the
reading, whose texts are cleaned here."""

from dataclasses import replace

from opspanel.readings import AuditTrailReading
from opspanel.sanitize import fields
from opspanel.sanitize.own_cards import own_card
from opspanel.snapshot.schema import (
    ActionCard,
    Anchor,
    AuditTrail,
    CleanText,
    Snapshot,
)
from opspanel.terms import AuditResult, Signal


def with_audit_trail(
    snapshot: Snapshot, reading: AuditTrailReading | None, previous: Snapshot | None
) -> Snapshot:
    """`snapshot`, with a card if the trail is broken. Without a reading, what is known
    from before: its age tells."""
    before = previous.audit if previous else None
    trail = _cleaned(reading, before) if reading else before
    if trail is None or trail.result != AuditResult.BROKEN:
        return replace(snapshot, audit=trail)
    cards = (*snapshot.actions, _card(trail, snapshot, previous))
    return replace(snapshot, audit=trail, actions=cards)


def _cleaned(reading: AuditTrailReading, before: AuditTrail | None) -> AuditTrail:
    return AuditTrail(
        result=reading.result,
        verified_at=reading.verified_at,
        read_whole_at=reading.read_whole_at,
        last_seq=reading.last_seq,
        fault=fields.sentence(reading.fault),
        anchor=_anchor(reading, before.anchor if before else None),
    )


def _anchor(reading: AuditTrailReading, before: Anchor | None) -> Anchor | None:
    """The newest row known to be there: a trail that lost rows has no say in it."""
    whole = reading.result == AuditResult.WHOLE and reading.last_seq > 0
    if not whole or (before and before.seq > reading.last_seq):
        return before
    return Anchor(seq=reading.last_seq, hash=fields.digest(reading.last_hash))


def _card(
    trail: AuditTrail, snapshot: Snapshot, previous: Snapshot | None
) -> ActionCard:
    known = (card for card in (previous.actions if previous else ()))
    since = next(
        (card.since for card in known if card.signal == Signal.AUDIT_BROKEN),
        trail.verified_at or snapshot.taken_at,
    )
    return own_card(
        Signal.AUDIT_BROKEN,
        CleanText("Audit trail was changed"),
        CleanText(f"{trail.fault}. Keep the database's files and the log as they are."),
        "ops.panel.audit",
        since,
    )

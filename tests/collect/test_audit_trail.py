"""Every snapshot says how the panel's own audit trail is."""

from dataclasses import replace

from django.utils import timezone

from opspanel.asking import Sources
from opspanel.collect import Collector, Own
from opspanel.panel.load import configured_panel
from opspanel.readings import AuditTrailReading
from opspanel.snapshot.store import MemoryStore
from opspanel.terms import AuditResult, Signal

WHOLE = AuditTrailReading(
    result=AuditResult.WHOLE,
    verified_at=timezone.now(),
    read_whole_at=timezone.now(),
    last_seq=41,
    last_hash="9f" * 32,
)
BROKEN = replace(
    WHOLE,
    result=AuditResult.BROKEN,
    last_seq=7,
    last_hash="00" * 32,
    fault="audit broken at seq 3: altered",
)


def passes(*readings):
    """The snapshots of one pass for each reading, over one store."""
    store, panel = MemoryStore(), configured_panel()
    given = iter(readings)
    own = Own(audit_trail=lambda: next(given))
    with Collector(Sources(), [store], panel, own=own) as collector:
        return [collector.run_pass(timezone.now()) for _ in readings]


def broken_cards(snapshot):
    return [card for card in snapshot.actions if card.signal == Signal.AUDIT_BROKEN]


def test_a_whole_trail_is_shown_with_its_age_and_anchor():
    """Result, time, and the anchor that must stay, its hash readable."""
    (snapshot,) = passes(WHOLE)
    assert snapshot.audit.result == AuditResult.WHOLE
    assert snapshot.audit.verified_at == WHOLE.verified_at
    assert (snapshot.audit.anchor.seq, snapshot.audit.anchor.hash) == (41, "9f" * 32)
    assert broken_cards(snapshot) == []


def test_a_broken_trail_raises_a_card_and_keeps_the_old_anchor():
    """Who changed the trail cannot move the anchor; the card leads to its runbook."""
    _, broken, again = passes(WHOLE, BROKEN, BROKEN)
    assert broken.audit.anchor.seq == 41
    (card,) = broken_cards(broken)
    assert BROKEN.fault in card.reason
    assert [runbook.id for runbook in card.runbooks] == ["ops.panel.audit"]
    assert len(broken_cards(again)) == 1


def test_the_card_goes_when_the_trail_is_whole_again():
    """No card is held from an earlier snapshot."""
    assert broken_cards(passes(BROKEN, WHOLE)[-1]) == []


def test_a_shorter_trail_moves_no_anchor_back():
    """A whole chain that lost its tail keeps the anchor that tells."""
    _, shorter = passes(WHOLE, replace(WHOLE, last_seq=5, last_hash="11" * 32))
    assert (shorter.audit.anchor.seq, shorter.audit.last_seq) == (41, 5)


def test_what_cannot_be_read_now_stays_as_it_was_known():
    """With the database away the last result stands, with its old time."""
    _, later = passes(WHOLE, None)
    assert later.audit.verified_at == WHOLE.verified_at
    assert passes(None)[0].audit is None


def test_no_secret_gets_in_by_a_fault():
    """The reason passes the sanitizer like all text."""
    (snapshot,) = passes(replace(BROKEN, fault="password=hunter2hunter2"))
    assert "hunter2" not in repr(snapshot)

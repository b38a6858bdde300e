"""Whatever is done to the trail is found; writing by many never breaks it."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from opspanel.audit import AuditBusyError, Target, record
from opspanel.audit.anchors import Anchor, found_in, keep, stored
from opspanel.audit.chain import Fault, verify
from opspanel.audit.status import READ_WHOLE_EVERY, status, verify_and_anchor
from opspanel.logs import LineFormatter
from opspanel.models import AuditAnchor, AuditEvent, AuditVerification
from opspanel.terms import AuditResult

EDITS = {
    "created_at": "created_at + interval '1 microsecond'",
    "actor_user_id": "coalesce(actor_user_id, 0) + 1",
    "actor_label": "actor_label || 'x'",
    "actor_role": "actor_role || 'x'",
    "action": "action || 'x'",
    "target_type": "target_type || 'x'",
    "target_id": "target_id || 'x'",
    "result": "CASE result WHEN 'success' THEN 'denied' ELSE 'success' END",
    "correlation_id": "correlation_id || 'x'",
    "metadata": """metadata || '{"node_id": "other"}'""",
    "actor_ip": "CASE WHEN actor_ip IS NULL THEN '10.9.9.9'::inet END",
    "user_agent": "user_agent || 'x'",
    "prev_hash": "sha256(prev_hash)",
    "hash": "sha256(hash)",
    "seq": "seq + 1000000",
}
COPY = """
INSERT INTO ops_auditevent (actor_user_id, actor_label, actor_role, action, target_type,
  target_id, result, correlation_id, metadata, actor_ip, user_agent)
SELECT actor_user_id, actor_label, actor_role, action, target_type,
  target_id || CASE seq WHEN %s THEN 'x' ELSE '' END,
  result, correlation_id, metadata, actor_ip, user_agent
FROM kept ORDER BY seq
"""


class Owner:
    """Who owns the tables, and so may disarm and alter everything."""

    def __init__(self, dice):
        self.dice = dice
        self.last = AuditEvent.objects.order_by("-seq").first().seq

    def run(self, statement, *values):
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    def disarm(self, word="DISABLE"):
        for table in ("ops_auditevent", "ops_audithead"):
            self.run(f"ALTER TABLE {table} {word} TRIGGER USER")

    def any_row(self):
        return self.dice.randint(1, self.last)

    def edit(self):
        self.alter(self.dice.choice(list(EDITS)), self.any_row())

    def alter(self, column, seq):
        changed = f"{column} = {EDITS[column]}"
        self.run(f"UPDATE ops_auditevent SET {changed} WHERE seq = %s", seq)  # noqa: S608 - from above

    def delete(self):
        self.run("DELETE FROM ops_auditevent WHERE seq = %s", self.any_row())

    def swap(self):
        first, second = self.dice.sample(range(1, self.last + 1), 2)
        for old, new in ((first, -1), (second, first), (-1, second)):
            self.run("UPDATE ops_auditevent SET seq = %s WHERE seq = %s", new, old)

    def cut_tail(self, first=None):
        first = first or self.any_row()
        self.run("DELETE FROM ops_auditevent WHERE seq >= %s", first)
        last = AuditEvent.objects.order_by("-seq").first()
        seq, hash_ = (last.seq, last.hash) if last else (0, bytes(32))
        self.run("UPDATE ops_audithead SET seq = %s, hash = %s", seq, hash_)

    def write_anew(self):
        """One row altered, and it and all after it chained again, as they should be."""
        first = self.any_row()
        self.run(
            "CREATE TEMP TABLE kept AS SELECT * FROM ops_auditevent WHERE seq >= %s",
            first,
        )
        self.cut_tail(first)
        self.disarm("ENABLE")
        self.run(COPY, first)
        self.run("DROP TABLE kept")


DEEDS = (Owner.edit, Owner.delete, Owner.swap, Owner.cut_tail, Owner.write_anew)


def end():
    return verify([]).end


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_every_tampering_by_the_tables_owner_is_found(written, deed):
    """Forty of each kind, of random rows and columns: two hundred, all found."""
    written(40)
    anchor = end()
    assert verify([anchor]).whole
    dice = random.Random(deed.__name__)
    unseen = []
    for number in range(40):
        with transaction.atomic():
            owner = Owner(dice)
            owner.disarm()
            deed(owner)
            if verify([anchor]).whole:
                unseen.append(number)
            transaction.set_rollback(True)
    assert unseen == []
    assert verify([anchor]).whole


@pytest.mark.parametrize("column", EDITS)
def test_no_column_can_be_edited_unseen(written, column):
    """The hash covers each of them, also in the last row."""
    written(3)
    owner = Owner(random.Random(1))
    owner.disarm()
    owner.alter(column, owner.last)
    assert not verify([]).whole


def test_a_cut_tail_needs_the_anchor(written):
    """The chain alone cannot see it, which is why anchors are kept elsewhere."""
    written(5)
    anchor = end()
    owner = Owner(random.Random(1))
    owner.disarm()
    owner.cut_tail(owner.last)
    assert verify([]).whole
    verdict = verify([anchor])
    assert (verdict.fault, verdict.seq) == (Fault.ANCHOR, anchor.seq)


def test_a_lost_head_is_found(written):
    """Without its head the trail cannot go on."""
    written(2)
    owner = Owner(random.Random(1))
    owner.disarm()
    owner.run("DELETE FROM ops_audithead")
    assert verify([]).fault == Fault.HEAD


def written_down(target, tries=3):
    """Also where a machine is so slow that the trail is busy for long."""
    try:
        with transaction.atomic():
            record("test.act", target)
    except AuditBusyError:
        if tries == 1:
            raise
        written_down(target, tries - 1)


def test_sixteen_writers_at_once_make_one_gapless_chain(db):
    """No fork, no gap, no lost row, and no error but that it is busy."""
    before = verify([])
    assert before.whole

    def write(writer):
        try:
            for number in range(25):
                written_down(Target("writer", f"{writer}-{number}"))
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(16)))
    after = verify([])
    assert after.whole
    assert after.end.seq - (before.end.seq if before.end else 0) == 400
    rows = AuditEvent.objects.order_by("-seq").values_list("target_id", flat=True)
    assert Counter(rows[:400]).total() == len(set(rows[:400])) == 400


def test_the_outcome_is_kept_for_the_panel(written):
    """Before: never verified. After: whole, when, and up to where."""
    assert status().result == AuditResult.NEVER_VERIFIED
    written(2)
    verdict = verify_and_anchor()
    kept = status()
    assert (kept.result, kept.last_seq) == (AuditResult.WHOLE, verdict.end.seq)
    assert kept.verified_at is not None
    assert verdict.end in stored()


def test_a_broken_trail_is_told_and_gets_no_anchor(written, caplog):
    """The panel learns which row is wrong; no anchor says that all was well."""
    written(4)
    owner = Owner(random.Random(1))
    owner.disarm()
    owner.alter("result", owner.last)
    known = AuditAnchor.objects.count()
    verify_and_anchor()
    assert status().result == AuditResult.BROKEN
    assert status().fault == f"audit broken at seq {owner.last}: altered"
    assert status().fault in caplog.text
    assert AuditAnchor.objects.count() == known


def test_only_new_rows_are_read_between_whole_readings(written):
    """The end is found and anchored; an old row is looked at only when its time comes."""
    written(4)
    verify_and_anchor()
    first = status()
    written(3)
    owner = Owner(random.Random(1))
    owner.disarm()
    owner.alter("result", owner.last - 5)
    assert verify_and_anchor(read_whole=False).whole
    assert status().last_seq == first.last_seq + 3
    assert status().read_whole_at == first.read_whole_at
    AuditVerification.objects.update(read_whole_at=timezone.now() - READ_WHOLE_EVERY)
    assert not verify_and_anchor(read_whole=False).whole


def test_a_new_row_that_was_altered_is_found_without_reading_all(written):
    """What came after the last verification is read at the next."""
    written(2)
    verify_and_anchor()
    written(3)
    owner = Owner(random.Random(1))
    owner.disarm()
    owner.alter("result", owner.last - 1)
    verdict = verify_and_anchor(read_whole=False)
    assert (verdict.fault, verdict.seq) == (Fault.ALTERED, owner.last - 1)


def test_a_broken_trail_stays_broken(written):
    """The next short reading begins at the first row again, until all is whole."""
    written(4)
    verify_and_anchor()
    owner = Owner(random.Random(1))
    owner.disarm()
    owner.alter("result", owner.last - 1)
    verify_and_anchor()
    assert not verify_and_anchor(read_whole=False).whole


def test_an_anchor_kept_elsewhere_tells_of_a_cut(written):
    """Rows and the table of anchors are gone; the anchor of a snapshot is not."""
    written(4)
    kept = verify_and_anchor().end
    owner = Owner(random.Random(1))
    owner.disarm()
    owner.cut_tail(owner.last)
    owner.run("ALTER TABLE ops_auditanchor DISABLE TRIGGER ALL")
    owner.run("DELETE FROM ops_auditanchor")
    assert verify_and_anchor().whole
    verdict = verify_and_anchor([kept])
    assert (verdict.fault, verdict.seq) == (Fault.ANCHOR, kept.seq)


def test_the_log_holds_anchors_that_verify_can_read(db, caplog):
    """An anchor that went through the sanitized log stream is still that anchor."""
    dice = random.Random(7)
    anchors = [Anchor(dice.randint(1, 10**12), dice.randbytes(32)) for _ in range(200)]
    with caplog.at_level("INFO"):
        for anchor in anchors:
            keep(anchor)
    lines = [LineFormatter().format(each) for each in caplog.records]
    assert found_in(lines) == anchors
    assert found_in(map(str, anchors)) == anchors

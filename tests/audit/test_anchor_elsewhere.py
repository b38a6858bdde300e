"""Whoever owns the trail's tables can cut it and its anchors; the snapshot has one more."""

import random

import pytest
from django.utils import timezone

from opspanel import tasks
from opspanel.asking import Sources
from opspanel.audit.anchors import found_in
from opspanel.audit.status import status_now
from opspanel.collect import Collector, Own
from opspanel.models import AuditEvent
from opspanel.panel.load import configured_panel
from opspanel.snapshot.latest import configured_stores
from opspanel.terms import AuditResult
from tests.audit.test_chain import Owner

pytestmark = pytest.mark.usefixtures("no_snapshots")


def test_the_task_holds_the_snapshot_s_anchor_against_the_trail(
    written, monkeypatch, caplog
):
    """The upkeep task anchors the end in the log, a pass takes it into the snapshot, and
    the next verification finds by it what the tables no longer tell."""
    monkeypatch.setattr(tasks, "claim", lambda *_: 1)
    caplog.set_level("INFO")
    written(5)
    last = AuditEvent.objects.order_by("-seq").first()
    tasks.verify_audit()
    logged = found_in(caplog.messages)
    assert (logged[-1].seq, logged[-1].hash) == (last.seq, bytes(last.hash))
    own = Own(audit_trail=status_now)
    panel = configured_panel()
    with Collector(Sources(), configured_stores(), panel, own=own) as passes:
        kept = passes.run_pass(timezone.now()).audit.anchor
    assert (kept.seq, kept.hash) == (last.seq, bytes(last.hash).hex())
    owner = Owner(random.Random(1))
    owner.disarm()
    owner.cut_tail(last.seq)
    owner.run("ALTER TABLE ops_auditanchor DISABLE TRIGGER ALL")
    owner.run("DELETE FROM ops_auditanchor")
    tasks.verify_audit()
    told = status_now()
    assert told.result is AuditResult.BROKEN
    assert str(last.seq) in told.fault

"""How the trail is, for the panel; and the work that finds out."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import Error, connection
from django.utils import timezone

from opspanel.audit import anchors
from opspanel.audit.anchors import Anchor
from opspanel.audit.chain import START, Verdict, verify
from opspanel.database.base import database_answers_within
from opspanel.models import AuditVerification
from opspanel.readings import AuditTrailReading
from opspanel.terms import AuditResult

log = logging.getLogger(__name__)

# Reading all of a long trail takes seconds; between two such times only new rows are.
READ_WHOLE_EVERY = timedelta(hours=1)
_SECONDS = 1.0

# The database's clock, as for every age that the panel shows.
_SAVE = """
INSERT INTO ops_auditverification AS kept
  (id, result, verified_at, read_whole_at, last_seq, last_hash, fault)
VALUES (1, %(result)s, clock_timestamp(), clock_timestamp(), %(seq)s, %(hash)s,
  %(fault)s)
ON CONFLICT (id) DO UPDATE
SET result = excluded.result, verified_at = excluded.verified_at,
  read_whole_at = CASE WHEN %(read_whole)s
    THEN excluded.read_whole_at ELSE kept.read_whole_at END,
  last_seq = excluded.last_seq, last_hash = excluded.last_hash, fault = excluded.fault
"""


def status() -> AuditTrailReading:
    row = AuditVerification.objects.first()
    if row is None:
        return AuditTrailReading()
    return AuditTrailReading(
        result=AuditResult(row.result),
        verified_at=row.verified_at,
        read_whole_at=row.read_whole_at,
        last_seq=row.last_seq,
        last_hash=bytes(row.last_hash).hex(),
        fault=row.fault,
    )


def status_now() -> AuditTrailReading | None:
    """None where the database does not tell in time."""
    try:
        with database_answers_within(_SECONDS):
            return status()
    except Error:
        return None


def verify_and_anchor(
    known: Sequence[Anchor] = (), *, read_whole: bool = True
) -> Verdict:
    """Verify against the stored anchors and `known` ones, keep the outcome, and anchor
    the end.

    A broken trail gets no anchor: an anchor says that all before it was whole.
    """
    start = START if read_whole else _believed()
    verdict = verify([*anchors.stored(), *known], start)
    end = verdict.end or START
    outcome = {
        "result": AuditResult.WHOLE if verdict.whole else AuditResult.BROKEN,
        "seq": end.seq,
        "hash": end.hash,
        "fault": "" if verdict.whole else str(verdict),
        "read_whole": start == START,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, outcome)
    if not verdict.whole:
        log.error("%s", verdict)
    elif verdict.end is not None:
        anchors.keep(verdict.end)
    return verdict


def _believed() -> Anchor:
    """Where the last verification ended, while that is recent and found all whole."""
    last = AuditVerification.objects.first()
    if last is None or last.result != AuditResult.WHOLE or last.read_whole_at is None:
        return START
    if timezone.now() - last.read_whole_at >= READ_WHOLE_EVERY:
        return START
    return Anchor(last.last_seq, bytes(last.last_hash))

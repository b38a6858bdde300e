"""How the trail is, for the panel; and the work that finds out."""

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection

from opspanel.audit import anchors
from opspanel.audit.chain import Verdict, verify
from opspanel.models import AuditVerification

log = logging.getLogger(__name__)

# The database's clock, as for every age that the panel shows.
_SAVE = """
INSERT INTO ops_auditverification (id, result, verified_at, last_seq, fault)
VALUES (1, %s, clock_timestamp(), %s, %s)
ON CONFLICT (id) DO UPDATE
SET result = excluded.result, verified_at = excluded.verified_at,
  last_seq = excluded.last_seq, fault = excluded.fault
"""


class AuditResult(StrEnum):
    WHOLE = "whole"
    BROKEN = "broken"
    NEVER_VERIFIED = "never verified"


@dataclass(frozen=True, slots=True)
class AuditStatus:
    """`fault` says what is broken and where; empty while nothing is."""

    result: AuditResult
    verified_at: datetime | None
    last_seq: int
    fault: str


def status() -> AuditStatus:
    row = AuditVerification.objects.first()
    if row is None:
        return AuditStatus(AuditResult.NEVER_VERIFIED, None, 0, "")
    result = AuditResult(row.result)
    return AuditStatus(result, row.verified_at, row.last_seq, row.fault)


def verify_and_anchor() -> Verdict:
    """Verify all against the stored anchors, keep the outcome, and anchor the end.

    A broken trail gets no anchor: an anchor says that all before it was whole.
    """
    verdict = verify(anchors.stored())
    last_seq = verdict.end.seq if verdict.end else 0
    result = AuditResult.WHOLE if verdict.whole else AuditResult.BROKEN
    fault = "" if verdict.whole else str(verdict)
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, [result.value, last_seq, fault])
    if not verdict.whole:
        log.error("%s", verdict)
    elif verdict.end is not None:
        anchors.keep(verdict.end)
    return verdict

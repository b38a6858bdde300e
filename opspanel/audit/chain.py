"""Is the trail what was written? Every hash computed anew, every link followed.

The formula stands here once more and not in a call of the database's function: whoever
may alter rows may alter that function, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection

from opspanel.audit.anchors import Anchor

# `-1` marks a head or an end that is not there. One statement sees one moment.
_ENDS = """
SELECT coalesce(head.seq, -1), head.hash, coalesce(last.seq, 0), last.hash
FROM (SELECT 1) AS always
LEFT JOIN ops_audithead AS head ON head.id = 1
LEFT JOIN LATERAL (
  SELECT seq, hash FROM ops_auditevent ORDER BY seq DESC LIMIT 1
) AS last ON true
"""

_FIRST_BREAK = """
SELECT seq,
  seq = expected_seq, prev_hash = expected_prev
FROM (
  SELECT seq, prev_hash, hash,
    lag(seq, 1, %(start_seq)s::bigint) OVER chain + 1 AS expected_seq,
    lag(hash, 1, %(start_hash)s::bytea) OVER chain AS expected_prev,
    sha256(prev_hash || convert_to(jsonb_build_array(seq,
      to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      actor_user_id, actor_label, actor_role, action, target_type, target_id, result,
      correlation_id, metadata, actor_ip::text, user_agent)::text, 'UTF8')) AS computed
  FROM ops_auditevent
  WHERE seq > %(start_seq)s AND seq <= %(last_seq)s
  WINDOW chain AS (ORDER BY seq)
) AS link
WHERE seq <> expected_seq OR prev_hash <> expected_prev OR hash <> computed
ORDER BY seq
LIMIT 1
"""

_LOST_ANCHOR = """
SELECT anchor.seq FROM unnest(%s::bigint[], %s::bytea[]) AS anchor (seq, hash)
LEFT JOIN ops_auditevent AS event ON event.seq = anchor.seq AND event.hash = anchor.hash
WHERE event.seq IS NULL
ORDER BY anchor.seq
LIMIT 1
"""

# Before the first row.
START = Anchor(0, bytes(32))


class Fault(StrEnum):
    ALTERED = "altered"
    MISSING = "rows before it are missing"
    UNLINKED = "not linked to the row before it"
    HEAD = "the head is not the last row"
    ANCHOR = "an anchor's row is not there"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`end` is the last row, None of an empty trail. `seq` is where the fault is."""

    end: Anchor | None
    fault: Fault | None = None
    seq: int | None = None

    @property
    def whole(self) -> bool:
        return self.fault is None

    def __str__(self) -> str:
        last = self.end.seq if self.end else 0
        if self.fault is None:
            return f"audit whole up to {last}"
        return f"audit broken at seq {self.seq}: {self.fault}"


def verify(anchors: Sequence[Anchor], start: Anchor = START) -> Verdict:
    """Reads the whole trail, or what came after `start`, which is believed.

    `anchors` were taken before this call.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ENDS)
        head_seq, head_hash, last_seq, last_hash = cursor.fetchone()
    end = Anchor(last_seq, bytes(last_hash)) if last_seq else None
    broken = _first_break(start, last_seq) or _lost_anchor(anchors)
    if broken is None and not _agree(Anchor(head_seq, bytes(head_hash or b"")), end):
        broken = Fault.HEAD, last_seq
    return Verdict(end, *broken) if broken else Verdict(end)


def _agree(head: Anchor, end: Anchor | None) -> bool:
    return head == end or (end is None and head.seq == 0)


def _first_break(start: Anchor, last_seq: int) -> tuple[Fault, int] | None:
    ends: dict[str, Any] = {
        "start_seq": start.seq,
        "start_hash": start.hash,
        "last_seq": last_seq,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_BREAK, ends)
        row = cursor.fetchone()
    if row is None:
        return None
    seq, in_order, linked = row
    if not in_order:
        return Fault.MISSING, seq
    return (Fault.ALTERED if linked else Fault.UNLINKED), seq


def _lost_anchor(anchors: Sequence[Anchor]) -> tuple[Fault, int] | None:
    with connection.cursor() as cursor:
        columns: list[Any] = [
            [one.seq for one in anchors],
            [one.hash for one in anchors],
        ]
        cursor.execute(_LOST_ANCHOR, columns)
        row = cursor.fetchone()
    return (Fault.ANCHOR, row[0]) if row else None

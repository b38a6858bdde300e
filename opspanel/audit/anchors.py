"""What the trail's end was, kept where the trail's owner cannot reach: the log stream.

A chain cannot see that its tail was cut off; an anchor (number and hash of a row) can.
The table of anchors is the near copy, the log lines are the far one.
"""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from opspanel.models import AuditAnchor

log = logging.getLogger(__name__)

# As `--anchor` takes it, and as the log line below shows it.
_WRITTEN = re.compile(r"\b([1-9][0-9]{0,17}):?(?: ?sha256)?:([0-9a-f]{64})\b")

_KEEP = """
INSERT INTO ops_auditanchor (seq, hash) VALUES (%s, %s) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Anchor:
    seq: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash.hex()}"


def stored() -> list[Anchor]:
    rows = AuditAnchor.objects.values_list("seq", "hash")
    return [Anchor(seq, bytes(hash_)) for seq, hash_ in rows.iterator()]


def found_in(lines: Iterable[str]) -> list[Anchor]:
    """All anchors in a log or in an argument, whatever stands around them."""
    return [
        Anchor(int(seq), bytes.fromhex(hexadecimal))
        for line in lines
        for seq, hexadecimal in _WRITTEN.findall(line)
    ]


def keep(anchor: Anchor) -> None:
    """In the table and in the log stream.

    The word `sha256:` lets the log's sanitizer know that this is no secret.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [anchor.seq, anchor.hash])
    log.info("audit anchor %d sha256:%s", anchor.seq, anchor.hash.hex())

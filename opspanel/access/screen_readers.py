"""Screens with tokens, validated and noted as seen many at a time.

Only a token at which nothing is due gets a grant. One that is new, spent or a week old
goes the long way at each poll, where it settles, is found to be a copy, or is followed
by the next.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from opspanel.access.admission import Grant
from opspanel.access.reader_rows import note_readers, reader_rows
from opspanel.access.screens import ROTATED_AFTER, SEEN_EVERY, digest, mark_of
from opspanel.build import build_id

SCREEN = "screen"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")

_SCREENS = """
SELECT token.digest, screen.id, screen.version, screen.expires_at, token.issued_at,
    seen_at IS NULL OR seen_at <= %(seen_before)s OR build <> %(build)s
FROM ops_screentoken token
JOIN ops_screen screen ON screen.id = token.screen_id
WHERE token.digest = ANY(%(digests)s)
    AND token.settled_at IS NOT NULL
    AND token.spent_at IS NULL
    AND token.issued_at > %(not_due_since)s
    AND screen.revoked_at IS NULL
    AND screen.expires_at > %(now)s
"""
# An act that holds a screen's row is not waited for: a later statement notes it.
_SEEN = """
WITH due AS (
    SELECT id FROM ops_screen WHERE id = ANY(%(due)s)
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE ops_screen SET seen_at = %(now)s, build = %(build)s
FROM due WHERE ops_screen.id = due.id
"""


class _Row(NamedTuple):
    """`due`: that it was seen is to be noted."""

    digest: str
    screen: int
    version: int
    expires_at: datetime
    issued_at: datetime
    due: bool


class ScreenReaders:
    name = "screens"
    cookie = settings.WALL_COOKIE_NAME
    # A wall asks at least every five seconds, and is seen for as long at most afterwards.
    gone_after = 10.0
    # Nobody watches who stands before it; its browser keeps the last board, marked.
    grace_seconds = 0.0

    def key(self, credential: str) -> str | None:
        return digest(credential) if _TOKEN.fullmatch(credential) else None

    def grants(self, keys: Sequence[str]) -> Mapping[str, Grant]:
        values = _values(keys)
        rows = [_Row(*row) for row in reader_rows(_SCREENS, values)]
        if due := [row.screen for row in rows if row.due]:
            note_readers(_SEEN, values | {"due": due})
        return {row.digest: _grant(row) for row in rows}


def _grant(row: _Row) -> Grant:
    ends = min(row.expires_at, row.issued_at + ROTATED_AFTER)
    mark = mark_of(row.screen, row.version)
    return Grant(frozenset({SCREEN}), ends.timestamp(), mark)


def _values(keys: Sequence[str]) -> dict[str, Any]:
    now = timezone.now()
    return {
        "digests": list(keys),
        "not_due_since": now - ROTATED_AFTER,
        "seen_before": now - SEEN_EVERY,
        "now": now,
        "build": build_id(),
    }

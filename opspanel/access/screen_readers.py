"""Screens with tokens, validated and noted as seen many at a time.

Only a token at which nothing is due gets a grant. One that is new, spent or a week old
goes the long way at each poll, where it settles, is found to be a copy, or is followed
by the next.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from opspanel.access.admission import Grant
from opspanel.access.reader_rows import reader_rows
from opspanel.access.screens import ROTATED_AFTER, SEEN_EVERY, digest, mark_of
from opspanel.build import build_id

SCREEN = "screen"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")

# An act that holds a screen's row is not waited for: a later statement notes it.
_SCREENS = """
WITH shown AS MATERIALIZED (
    SELECT token.digest, token.issued_at, screen.id, screen.version, screen.expires_at
    FROM ops_screentoken token
    JOIN ops_screen screen ON screen.id = token.screen_id
    WHERE token.digest = ANY(%(digests)s)
        AND token.settled_at IS NOT NULL
        AND token.spent_at IS NULL
        AND token.issued_at > %(not_due_since)s
        AND screen.revoked_at IS NULL
        AND screen.expires_at > %(now)s
),
due AS (
    SELECT id FROM ops_screen
    WHERE id IN (SELECT id FROM shown)
        AND (seen_at IS NULL OR seen_at <= %(seen_before)s OR build <> %(build)s)
    ORDER BY id
    FOR NO KEY UPDATE SKIP LOCKED
),
noted AS (
    UPDATE ops_screen SET seen_at = %(now)s, build = %(build)s
    FROM due WHERE ops_screen.id = due.id
)
SELECT digest, id, version, expires_at, issued_at FROM shown
"""


class ScreenReaders:
    name = "screens"
    cookie = settings.WALL_COOKIE_NAME
    # A wall asks at least every five seconds, and is seen for as long at most afterwards.
    gone_after = 10.0

    def key(self, credential: str) -> str | None:
        return digest(credential) if _TOKEN.fullmatch(credential) else None

    def grants(self, keys: Sequence[str]) -> Mapping[str, Grant]:
        rows = reader_rows(_SCREENS, _values(keys))
        return {key: _grant(*row) for key, *row in rows}


def _grant(pk: int, version: int, expires_at: datetime, issued_at: datetime) -> Grant:
    ends = min(expires_at, issued_at + ROTATED_AFTER)
    return Grant(frozenset({SCREEN}), ends.timestamp(), mark_of(pk, version))


def _values(keys: Sequence[str]) -> dict[str, Any]:
    now = timezone.now()
    return {
        "digests": list(keys),
        "not_due_since": now - ROTATED_AFTER,
        "seen_before": now - SEEN_EVERY,
        "now": now,
        "build": build_id(),
    }

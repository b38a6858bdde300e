"""How often somebody may try: counted in Postgres before anything is computed.

One statement claims an attempt or refuses it, so no number of guesses at once gets more
than the limit, and neither a restart nor a flushed cache forgets them.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.crypto import salted_hmac


@dataclass(frozen=True, slots=True)
class Limit:
    kind: str
    most: int
    within: timedelta


WINDOW = timedelta(minutes=15)
OF_ACCOUNT = Limit("account", 5, WINDOW)
OF_ADDRESS = Limit("address", 50, WINDOW)
OF_CODES = Limit("codes", 5, WINDOW)
OF_SIGN_ON = Limit("sign-on", 50, WINDOW)
# A code of the last minute that was used is worth nothing any more.
OF_ONE_CODE = Limit("one code", 1, WINDOW)

_CLAIM = """
INSERT INTO ops_attempts AS had (key, count, until) VALUES (%s, 1, now() + %s * interval '1 second')
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN had.until <= now() THEN 1 ELSE had.count + 1 END,
  until = CASE WHEN had.until <= now() THEN excluded.until ELSE had.until END
WHERE had.until <= now() OR had.count < %s
RETURNING had.count
"""
_GIVE_BACK = "UPDATE ops_attempts SET count = count - 1 WHERE key = %s AND count > 0"
# Whoever invents names pays for the removal of names invented before.
_FORGET = """
DELETE FROM ops_attempts WHERE key IN (
  SELECT key FROM ops_attempts WHERE until <= now() LIMIT 10 FOR UPDATE SKIP LOCKED
)
"""


class TooManyAttemptsError(ValidationError):
    """For forms to show. It says the same whether the account exists or not."""

    def __init__(self) -> None:
        super().__init__(
            "Too many attempts. Wait 15 minutes, or use a passkey.", code="too_many"
        )


def claim(limit: Limit, what: str) -> bool:
    """Whether one more attempt at `what` is allowed; if so, it has been counted.

    Call it outside of a transaction: a rollback would give the attempt back.
    """
    seconds = limit.within.total_seconds()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [_key(limit, what), seconds, limit.most])
        claimed = cursor.fetchone() is not None
        if claimed:
            cursor.execute(_FORGET)
    return claimed


def give_back(limit: Limit, what: str) -> None:
    """The attempt was right after all."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [_key(limit, what)])


def _key(limit: Limit, what: str) -> str:
    # A keyed digest: people type passwords into the field for names.
    return salted_hmac(f"attempts:{limit.kind}", what, algorithm="sha256").hexdigest()

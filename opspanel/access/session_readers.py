"""People with sessions, validated many at a time by the rules of a single request.

Refused here is nobody: who gets no grant goes the long way, where middleware and guard
decide and say why.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from opspanel.access.admission import Grant
from opspanel.access.reader_rows import reader_rows
from opspanel.access.roles import HELD
from opspanel.access.session_store import KEY, SessionStore, belongs
from opspanel.access.sessions import ends_at
from opspanel.access.strength import lacks_second_factor
from opspanel.models import User

_KEPT = 10_000

_READERS = f"""
WITH reader AS MATERIALIZED (
    SELECT session.session_key, session.session_data, session.expire_date,
        account.id, account.username, account.is_superuser, account.password,
        account.session_epoch
    FROM ops_session session
    JOIN ops_user account ON account.id = session.user_id
    WHERE session.session_key = ANY(%s)
        AND session.expire_date > %s
        AND account.is_active
),
account AS (SELECT DISTINCT id, is_superuser FROM reader),
{HELD}
SELECT session_key, session_data, expire_date, id, username, password, session_epoch,
    names
FROM reader JOIN held USING (id)
"""  # noqa: S608 - nothing from outside is put into it


class _Row(NamedTuple):
    session_key: str
    session_data: str
    expire_date: datetime
    user_id: int
    username: str
    password: str
    session_epoch: int
    held: str


class SessionReaders:
    name = "people"
    cookie = settings.SESSION_COOKIE_NAME
    gone_after = 120.0  # the slowest pages ask once a minute

    @property
    def grace_seconds(self) -> float:
        return float(settings.OPSPANEL_DATABASE_GRACE_SECONDS)

    def key(self, credential: str) -> str | None:
        return credential if KEY.fullmatch(credential) else None

    def grants(self, keys: Sequence[str]) -> Mapping[str, Grant]:
        rows = reader_rows(_READERS, [list(keys), timezone.now()])
        found = (_Row(*row) for row in rows)
        granted = {row.session_key: _grant(row) for row in found}
        return {key: grant for key, grant in granted.items() if grant}


# A row says the same until it changes, and most rows are the same each time.
@lru_cache(maxsize=_KEPT)
def _grant(row: _Row) -> Grant | None:
    marks = SessionStore().decode(row.session_data)
    if not belongs(marks, User(pk=row.user_id, password=row.password)):
        return None
    held = frozenset(row.held.split())
    if lacks_second_factor(marks, held.__contains__):
        return None
    ends = min(ends_at(marks, row.session_epoch), row.expire_date.timestamp())
    return Grant(held, ends, account=(row.user_id, row.username))

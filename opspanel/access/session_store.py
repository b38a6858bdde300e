"""Sessions in the database, each with its account beside it.

In the database, because a cached session outlives its sign-out when Redis stalls. With
its account, because hundreds are then validated in one statement (session_readers), and
because a page then asks once for both.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from opspanel.access.roles import ACCOUNT, account_of
from opspanel.database.away import AWAY
from opspanel.models import Session, User

# The steps of a sign-in; whoever asks for its pages leaves such a row each time.
OF_STRANGERS = timedelta(minutes=30)
# Others exist in no table: they are not worth a statement.
KEY = re.compile(r"[a-z0-9]{32}")
_LIVING = f"""
SELECT session.session_data, {ACCOUNT}
FROM ops_session session LEFT JOIN ops_user account ON account.id = session.user_id
WHERE session.session_key = %s AND session.expire_date > %s
"""  # noqa: S608 - nothing from outside is put into it


class SessionStore(db.SessionStore):
    _beside: User | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        """Not by a queryset: every page pays for it, and composing costs six times what
        asking does."""
        found = self._row() if KEY.fullmatch(self.session_key or "") else None
        if found is None:
            self._session_key = None
            return {}
        text, *account = found
        self._beside = account_of(account) if account[0] is not None else None
        marks: dict[str, Any] = self.decode(text)
        return marks

    def person(self) -> User | None:
        """Who is signed in, if it is plain from the session's row; else Django is to
        look."""
        marks = self._get_session()  # type: ignore[attr-defined]  # fills _beside
        user = self._beside
        if user is None or not user.is_active:
            return None
        return user if belongs(marks, user) else None

    def _row(self) -> tuple[Any, ...] | None:
        asking: Any = connection
        with asking.prepared_cursor() as cursor:
            cursor.execute(_LIVING, [self.session_key, timezone.now()])
            found: tuple[Any, ...] | None = cursor.fetchone()
            return found

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's
        """Raise UpdateError only for a row that is gone: Django would answer a database
        that takes no writes as a bad request, too."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, AWAY):
                raise error.__context__ from None
            raise

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        made: Any = super().create_model_instance(data)
        made.user_id = data.get(SESSION_KEY)
        if made.user_id is None:
            made.expire_date = timezone.now() + OF_STRANGERS
        row: Session = made
        return row


def belongs(marks: Mapping[str, Any], user: User) -> bool:
    """As django.contrib.auth.get_user has it; a hash of an older SECRET_KEY is renewed
    by Django alone."""
    return (
        marks.get(SESSION_KEY) == str(user.pk)
        and marks.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(
            marks.get(HASH_SESSION_KEY) or "", user.get_session_auth_hash()
        )
    )

"""Sessions in the database, each with its account beside it.

In the database, because a cached session outlives its sign-out when Redis stalls. With
its account, because hundreds are then validated in one statement: see session_readers.
"""

import re
from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.utils import timezone

from opspanel.database.away import AWAY
from opspanel.models import Session

# The steps of a sign-in; whoever asks for its pages leaves such a row each time.
OF_STRANGERS = timedelta(minutes=30)
# Others exist in no table: they are not worth a statement.
KEY = re.compile(r"[a-z0-9]{32}")
_LIVING = """
SELECT session_data FROM ops_session WHERE session_key = %s AND expire_date > %s
"""


class SessionStore(db.SessionStore):
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
        marks: dict[str, Any] = self.decode(found[0])
        return marks

    def _row(self) -> tuple[str] | None:
        with connection.cursor() as cursor:
            cursor.execute(_LIVING, [self.session_key, timezone.now()])
            found: tuple[str] | None = cursor.fetchone()
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

"""Sessions in the database, each with its account beside it.

In the database, because a cached session outlives its sign-out when Redis stalls. With
its account, because hundreds are then validated in one statement: see session_readers.
"""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from opspanel.models import Session


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        made: Any = super().create_model_instance(data)
        made.user_id = data.get(SESSION_KEY)
        row: Session = made
        return row

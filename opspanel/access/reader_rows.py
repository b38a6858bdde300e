"""The one statement that validates many readers, for each kind of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

from opspanel.access.admission import ReadersUnknownError
from opspanel.database.base import database_answers_within

_SECONDS = 1.5


def reader_rows(
    statement: str, values: Sequence[Any] | Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """Raise ReadersUnknownError where the database does not say in time."""
    try:
        with database_answers_within(_SECONDS), connection.cursor() as cursor:
            cursor.execute(statement, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found
    except (DatabaseError, InterfaceError):
        connection.close()  # no end of a request does it here
        raise ReadersUnknownError from None

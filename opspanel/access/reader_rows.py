"""The one statement that validates many readers, for each kind of them, and the one
that notes something of them."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

from opspanel.access.admission import ReadersUnknownError
from opspanel.database.away import AWAY
from opspanel.database.base import database_answers_within

log = logging.getLogger(__name__)

type Values = Sequence[Any] | Mapping[str, Any]

_SECONDS = 1.5


def reader_rows(statement: str, values: Values) -> list[tuple[Any, ...]]:
    """Raise ReadersUnknownError where the database does not say in time."""
    try:
        with database_answers_within(_SECONDS), connection.cursor() as cursor:
            cursor.execute(statement, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found
    except (DatabaseError, InterfaceError):
        connection.close()  # no end of a request does it here
        raise ReadersUnknownError from None


def note_readers(statement: str, values: Values) -> None:
    """Apart from their validation, which must not fail for a database that only reads."""
    try:
        with database_answers_within(_SECONDS), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except AWAY:
        connection.close()
        log.warning("it could not be noted which readers were seen")

"""Statements that go to the server in one message, and are waited for once.

Those that go with the COMMIT are called closing ones. What locks a row that everybody
needs belongs there: the lock is held while the server works, and never while a client
waits for its turn on a busy machine.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import errors

type Values = Sequence[Any] | Mapping[str, Any]
type Send = Callable[[str, Values], psycopg.Cursor[Any]]

# Foreign keys are looked up before the closing statements, and not at the COMMIT
# behind them, when their locks are held already.
_CHECK_NOW = "SET CONSTRAINTS ALL IMMEDIATE"


class ClosingRefusedError(DatabaseError):
    """Postgres refused a closing statement, and so the whole transaction. It quotes
    nothing; `busy`: a lock could not be had in time."""

    def __init__(self, *, busy: bool) -> None:
        super().__init__("a closing statement was refused")
        self.busy = busy


@dataclass(slots=True)
class Closing:
    """The closing statements of a transaction, in their order."""

    statements: list[tuple[str, Values]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.statements)

    def add(self, statement: str, values: Values) -> None:
        self.statements.append((statement, values))

    def commit(self, connection: psycopg.Connection[Any]) -> None:
        """Raises ClosingRefusedError, which holds no other exception: the DETAIL of
        the one that it stands for quotes the row."""
        refused = None
        try:
            self._commit(connection)
        except errors.ForeignKeyViolation:
            raise
        except (psycopg.IntegrityError, psycopg.DataError):
            refused = ClosingRefusedError(busy=False)
        except errors.LockNotAvailable:
            refused = ClosingRefusedError(busy=True)
        if refused is not None:
            raise refused

    def _commit(self, connection: psycopg.Connection[Any]) -> None:
        with connection.pipeline(), psycopg.Cursor(connection) as cursor:
            cursor.execute(_CHECK_NOW)
            for statement, values in self.statements:
                # Bound by the server: values written into a statement would be in the
                # log of an error.
                cursor.execute(statement, values)
            connection.commit()


@contextmanager
def sent_together(using: BaseDatabaseWrapper) -> Iterator[Send]:
    """What is sent inside has its results afterwards, in the cursor of each.

    Within a transaction: where one of them fails, the ones behind it do nothing.
    Values are bound by the server, and JSON comes as text.
    """
    using.ensure_connection()
    connection = using.connection
    with using.wrap_database_errors, connection.pipeline():
        yield lambda statement, values: psycopg.Cursor(connection).execute(
            statement, values
        )

"""Which migrations of this build the database lacks.

A database that has more than this build knows is no fault: while versions change, the
old build goes on over what the new one has migrated.
"""

import pkgutil
from functools import cache

from django.db import Error, ProgrammingError, connection

from opspanel import migrations

NOT_MIGRATED = "is not migrated to this version"

_LACKING = """
SELECT name FROM unnest(%s::text[]) AS ours (name)
EXCEPT SELECT name FROM django_migrations WHERE app = 'ops'
ORDER BY name LIMIT 1
"""


@cache
def _ours() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(migrations.__path__)]


def first_lacking() -> str | None:
    """The name of the first that is not applied. Raises a database's Error."""
    with connection.cursor() as cursor:
        cursor.execute(_LACKING, [_ours()])
        row: tuple[str] | None = cursor.fetchone()
    return row[0] if row else None


def lacks_what_was_asked(failure: BaseException | None) -> bool:
    """Whether a table or column was missed because a migration is."""
    if not isinstance(failure, ProgrammingError):
        return False
    try:
        return first_lacking() is not None
    except Error:
        return False

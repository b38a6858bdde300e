"""When the panel's own database cannot do its part, and what a person is told of it.

Whoever catches AWAY has nothing of what was asked for, and may try again later. A
database that only reads is among them: base.py makes its refusal an OperationalError.
"""

from django.db import InterfaceError, OperationalError

AWAY = (OperationalError, InterfaceError)
NO_ANSWER = "does not answer"
# By SQLSTATE, since the server's own words are in whatever language it speaks.
_WORDS = {
    "25006": "takes no writes now",
    "40001": "was busy",
    "40P01": "was busy",
    "53100": "has no room left on its disk",
    "53300": "has no connection left",
    "55P03": "was busy",
}


def what_failed(error: BaseException | None) -> str:
    """The end of a sentence that begins with "The panel's database"."""
    told = getattr(error and error.__cause__, "sqlstate", None)
    return _WORDS.get(told, NO_ANSWER) if told else NO_ANSWER

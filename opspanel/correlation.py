"""The id that joins a request with its log lines and answers."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "X-Correlation-ID"
_VALID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_current: ContextVar[str | None] = ContextVar("correlation_id", default=None)


def fresh() -> str:
    return uuid.uuid4().hex


def accept(inbound: str | None) -> str:
    """Keep a well-formed inbound id, else make one; it is current from now on."""
    valid = inbound is not None and _VALID.fullmatch(inbound)
    chosen = inbound if inbound and valid else fresh()
    _current.set(chosen)
    return chosen


@contextmanager
def under(given: str | None) -> Iterator[str]:
    """As `accept`, until the end of the block."""
    before = _current.get()
    try:
        yield accept(given)
    finally:
        _current.set(before)


def current_id() -> str | None:
    return _current.get()

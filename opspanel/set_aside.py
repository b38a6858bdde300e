"""An answer that nobody can judge costs its own source, not the whole pass."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from opspanel.readings import Readings
from opspanel.terms import FailureKind


def set_aside(readings: Readings, judge: Callable[[Readings], object]) -> Readings:
    """`readings` without the one answer at which `judge` fails. Raises what it raises
    where it is not the fault of one."""
    *others, last = _each_without_one(readings)
    for fewer in others:
        with suppress(Exception):
            judge(fewer)
            return fewer
    judge(last)
    return last


def _each_without_one(readings: Readings) -> Iterator[Readings]:
    unreadable = FailureKind.BAD_PAYLOAD
    yield replace(readings, prometheus=unreadable)
    yield replace(readings, nats=unreadable)
    yield replace(readings, node_tasks=unreadable)
    yield replace(readings, outbox=unreadable)
    yield replace(readings, slos=unreadable)

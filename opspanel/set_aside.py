"""An answer that nobody can judge costs its own source, not the whole pass."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from celery.exceptions import SoftTimeLimitExceeded

from opspanel.readings import Readings
from opspanel.terms import FailureKind


def set_aside[Judged](
    readings: Readings, judge: Callable[[Readings], Judged]
) -> Judged:
    """What `judge` makes of `readings` without the one answer at which it fails. Raises
    what it raises where it is not the fault of one."""
    *others, last = _each_without_one(readings)
    for fewer in others:
        if (found := _tried(judge, fewer)) is not None:
            return found
    return judge(last)


def _tried[Judged](
    judge: Callable[[Readings], Judged], readings: Readings
) -> Judged | None:
    try:
        return judge(readings)
    except SoftTimeLimitExceeded:
        raise  # no fault of an answer
    except Exception:  # noqa: BLE001  whatever it is, another answer may be at fault
        return None


def _each_without_one(readings: Readings) -> Iterator[Readings]:
    unreadable = FailureKind.BAD_PAYLOAD
    yield replace(readings, prometheus=unreadable)
    if not isinstance(readings.replica, FailureKind):
        yield replace(readings, replica=unreadable)
    yield replace(readings, nats=unreadable)
    yield replace(readings, node_tasks=unreadable)
    yield replace(readings, outbox=unreadable)
    yield replace(
        readings, nats_servers=dict.fromkeys(readings.nats_servers, unreadable)
    )
    yield replace(readings, slos=unreadable)

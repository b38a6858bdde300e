"""JetStream consumers: judged by whether anything moves, not by how much waits."""

from datetime import datetime

from opspanel.assess.figures import Origin
from opspanel.assess.verdict import Finding, crossed, graded, verdict
from opspanel.assess.wording import Missing, duration, number
from opspanel.assessment import Consumer, Figure
from opspanel.panel.section import Level
from opspanel.readings import ConsumerReading, StreamReading
from opspanel.terms import Absence, Health, Signal, Unit

# So few that were handed out just now may well be in work, however old the last ack.
FEW_IN_HAND = 5


def judge_consumer(
    reading: ConsumerReading, stream: StreamReading, origin: Origin, level: Level
) -> tuple[Consumer, tuple[Finding, ...]]:
    silence = no_ack_for(reading, stream.first_at, origin)
    findings = _findings(reading, silence, level)
    status, reason = verdict(findings, fine=_fine(reading))
    query = f"consumer {stream.name} {reading.name}"

    def count(value: int) -> float | Missing:
        return value if reading.has_leader else Absence.NO_LEADER

    consumer = Consumer(
        name=reading.name,
        status=status,
        reason=reason,
        pending=origin.figure(query, Unit.COUNT, count(reading.num_pending)),
        ack_pending=origin.figure(query, Unit.COUNT, count(reading.num_ack_pending)),
        redelivered=origin.figure(query, Unit.COUNT, count(reading.num_redelivered)),
        no_ack_for=origin.figure(query, Unit.SECONDS, silence),
        paused=reading.paused,
        ack_window=_ack_window(reading, origin, query),
    )
    return consumer, findings


def _ack_window(reading: ConsumerReading, origin: Origin, query: str) -> Figure | None:
    """None where there is no such limit."""
    if reading.max_ack_pending <= 0:
        return None
    used = reading.num_ack_pending / reading.max_ack_pending
    value = used if reading.has_leader else Absence.NO_LEADER
    return origin.figure(query, Unit.RATIO, value)


def lag(reading: ConsumerReading) -> int:
    return reading.num_pending + reading.num_ack_pending


def no_ack_for(
    reading: ConsumerReading, first_at: datetime | None, origin: Origin
) -> float | Missing:
    """Seconds for which work has waited without an acknowledgement, at most."""
    if not reading.has_leader:
        return Absence.NO_LEADER
    if not lag(reading):
        return Absence.NOTHING_WAITING
    since = reading.last_acked_at or reading.created_at or reading.last_delivered_at
    if since is None:
        return Absence.NOT_ENOUGH_DATA
    later = [first_at] if first_at else []
    if reading.last_delivered_at and _only_just_handed_out(reading):
        later.append(reading.last_delivered_at)
    # Nothing can have waited for longer than the oldest message that is there.
    return origin.age(max([since, *later]))


def _only_just_handed_out(reading: ConsumerReading) -> bool:
    """After a quiet time the last ack is old, and one message in work is no stall."""
    return (
        reading.num_pending == 0
        and reading.num_redelivered == 0
        and reading.num_ack_pending <= FEW_IN_HAND
    )


def _findings(
    reading: ConsumerReading, silence: float | Missing, level: Level
) -> tuple[Finding, ...]:
    if not reading.has_leader:
        return (Finding(status=Health.UNKNOWN, reason="no leader"),)
    if reading.paused:
        return _paused(reading)
    if not lag(reading):
        return ()
    return (*_silent(reading, silence, level), *_window_full(reading))


def _paused(reading: ConsumerReading) -> tuple[Finding, ...]:
    if not reading.num_pending:
        return ()
    reason = f"paused with {number(reading.num_pending)} waiting"
    return (
        Finding(status=Health.DEGRADED, reason=reason, signal=Signal.QUEUE_BACKLOG),
    )


def _silent(
    reading: ConsumerReading, silence: float | Missing, level: Level
) -> tuple[Finding, ...]:
    if isinstance(silence, Absence):
        reason = f"{number(lag(reading))} waiting, time of the last ack unknown"
        return (Finding(status=Health.UNKNOWN, reason=reason),)
    if not isinstance(silence, float):
        return ()
    status = graded(silence, level)
    if status is Health.HEALTHY:
        return ()
    limit = duration(crossed(silence, level))
    reason = (
        f"no ack for {duration(silence)} >= {limit} with {number(lag(reading))} waiting"
    )
    if _nobody_asks(reading):
        reason += "; no worker is asking"
    return (Finding(status=status, reason=reason, signal=Signal.QUEUE_STALL),)


def _nobody_asks(reading: ConsumerReading) -> bool:
    idle = reading.num_waiting == 0 and reading.num_ack_pending == 0
    return reading.pull and idle and reading.num_pending > 0


def _window_full(reading: ConsumerReading) -> tuple[Finding, ...]:
    # A window of one is how ordered work is asked for: full is its normal state.
    full = reading.num_ack_pending >= reading.max_ack_pending > 1
    if not full or not reading.num_pending:
        return ()
    reason = f"at its ack window ({number(reading.max_ack_pending)})"
    return (
        Finding(status=Health.DEGRADED, reason=reason, signal=Signal.QUEUE_BACKLOG),
    )


def _fine(reading: ConsumerReading) -> str:
    if reading.paused:
        return "paused"
    if lag(reading):
        return f"{number(lag(reading))} waiting"
    if reading.num_redelivered:
        return f"idle; gave up on {number(reading.num_redelivered)}"
    return "idle"

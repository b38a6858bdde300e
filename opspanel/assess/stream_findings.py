"""What is to be said of a stream itself, apart from its consumers."""

from opspanel.assess.backlog import (
    is_dead_letters,
    keeps_acknowledged,
    oldest_age,
    residue,
)
from opspanel.assess.figures import Origin
from opspanel.assess.verdict import Finding, crossed, graded
from opspanel.assess.wording import counted, duration, number, percent
from opspanel.panel.config import PanelConfig
from opspanel.readings import StreamReading
from opspanel.terms import Health, Signal

DISCARDS = {
    "old": "a full stream silently drops its oldest messages",
    "new": "a full stream refuses new messages",
}


def waiting_findings(
    stream: StreamReading, panel: PanelConfig, origin: Origin
) -> tuple[Finding, ...]:
    if is_dead_letters(stream, panel):
        return _dead_letter_findings(stream, panel)
    if keeps_acknowledged(stream, panel):
        return _unread_findings(stream)
    age = oldest_age(stream, panel, origin)
    level = panel.thresholds.oldest_claimable_seconds
    if not isinstance(age, float) or graded(age, level) is Health.HEALTHY:
        return ()
    limit = duration(crossed(age, level))
    return (
        Finding(
            status=graded(age, level),
            reason=f"oldest unacknowledged {duration(age)} >= {limit}",
            signal=Signal.QUEUE_BACKLOG,
        ),
    )


def _dead_letter_findings(
    stream: StreamReading, panel: PanelConfig
) -> tuple[Finding, ...]:
    level = panel.thresholds.dlq_messages
    status = graded(stream.messages, level)
    if status is Health.HEALTHY:
        return ()
    limit = number(crossed(stream.messages, level))
    reason = f"{counted(stream.messages, 'live message')} >= {limit}"
    return (Finding(status=status, reason=reason, signal=Signal.QUEUE_DLQ),)


def _unread_findings(stream: StreamReading) -> tuple[Finding, ...]:
    if stream.consumers or not stream.messages:
        return ()
    reason = "no consumer, so its backlog cannot be known"
    return (Finding(status=Health.NOT_REPORTED, reason=reason),)


def fill_findings(
    stream: StreamReading, fill: float | None, panel: PanelConfig
) -> tuple[Finding, ...]:
    level = panel.thresholds.stream_fill_ratio
    if fill is None or graded(fill, level) is Health.HEALTHY:
        return ()
    effect = DISCARDS.get(stream.discard, "a full stream loses messages")
    reason = f"{percent(fill)} full >= {percent(crossed(fill, level))}: {effect}"
    return (
        Finding(
            status=graded(fill, level), reason=reason, signal=Signal.STREAM_CAPACITY
        ),
    )


def remarks(stream: StreamReading) -> tuple[Finding, ...]:
    found = []
    if left := residue(stream):
        reason = f"{counted(left, 'message')} that no consumer will take"
        found.append(Finding(status=Health.HEALTHY, reason=reason))
    if stream.replicas_lagging:
        # The next server that is lost may have what no other has.
        reason = f"{counted(stream.replicas_lagging, 'replica')} behind"
        found.append(
            Finding(
                status=Health.DEGRADED, reason=reason, signal=Signal.STREAM_REPLICAS
            )
        )
    return tuple(found)

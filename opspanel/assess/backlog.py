"""What waits in a stream, by its retention policy."""

from collections.abc import Iterable

from opspanel.assess.consumers import lag, no_ack_for
from opspanel.assess.figures import Origin
from opspanel.assess.wording import Missing
from opspanel.panel.config import PanelConfig
from opspanel.readings import ConsumerReading, StreamReading
from opspanel.terms import Absence, FailureKind

# Here an acknowledged message stays: the number of messages is history, not backlog.
LIMITS = "limits"
WORK_QUEUE = "workqueue"


def keeps_acknowledged(stream: StreamReading, panel: PanelConfig) -> bool:
    """Dead letters wait for a person: each of them counts, read or not."""
    return stream.retention == LIMITS and not is_dead_letters(stream, panel)


def is_dead_letters(stream: StreamReading, panel: PanelConfig) -> bool:
    return stream.name == panel.nats.dlq_stream


def depth_of(stream: StreamReading, panel: PanelConfig) -> float | Missing:
    if not keeps_acknowledged(stream, panel) or not stream.messages:
        return stream.messages
    if isinstance(stream.consumers, FailureKind):
        return stream.consumers
    if any(not consumer.has_leader for consumer in stream.consumers):
        return Absence.NO_LEADER
    # A sum would count a message once for every consumer it waits for.
    return max(map(lag, stream.consumers), default=Absence.NOT_ENOUGH_DATA)


def oldest_age(
    stream: StreamReading, panel: PanelConfig, origin: Origin
) -> float | Missing:
    if stream.first_at is None:
        return Absence.NOTHING_WAITING
    if not keeps_acknowledged(stream, panel):
        return origin.age(stream.first_at)
    if isinstance(stream.consumers, FailureKind):
        return stream.consumers
    return _longest_silence(stream.consumers, stream, origin)


def _longest_silence(
    consumers: Iterable[ConsumerReading], stream: StreamReading, origin: Origin
) -> float | Missing:
    silences = [no_ack_for(item, stream.first_at, origin) for item in consumers]
    known = [silence for silence in silences if isinstance(silence, float)]
    gaps = [silence for silence in silences if silence is Absence.NOTHING_WAITING]
    if known:
        return max(known)
    nothing_waits = bool(gaps) and len(gaps) == len(silences)
    return Absence.NOTHING_WAITING if nothing_waits else Absence.NOT_ENOUGH_DATA


def residue(stream: StreamReading) -> int:
    """Messages of a work queue that no consumer waits for or has in hand."""
    if stream.retention != WORK_QUEUE or isinstance(stream.consumers, FailureKind):
        return 0
    if any(not consumer.has_leader for consumer in stream.consumers):
        return 0
    return max(0, stream.messages - sum(map(lag, stream.consumers)))

"""What the last snapshot tells the next pass of streams and servers: clean to raw,
by value."""

from opspanel import readings
from opspanel.snapshot import schema


def remembered(previous: schema.Snapshot | None) -> readings.Remembered:
    if previous is None:
        return readings.NOTHING_REMEMBERED
    nats = previous.queues.nats
    return readings.Remembered(
        known=tuple(map(_known, nats.known)),
        losses=tuple(map(_loss, nats.losses)),
        servers=tuple(
            _server(each.name, each.seen) for each in nats.servers if each.seen
        ),
    )


def _server(name: str, seen: schema.SeenServer) -> readings.KnownServer:
    return readings.KnownServer(
        name=name,
        seen_at=seen.at,
        started_at=seen.started_at,
        slow_consumers=seen.slow_consumers,
        rises=tuple(readings.Rise(at=rise.at, by=rise.by) for rise in seen.rises),
    )


def _known(stream: schema.KnownStream) -> readings.KnownStream:
    return readings.KnownStream(
        name=stream.name,
        created_at=stream.created_at,
        last_seq=stream.last_seq,
        messages=stream.messages,
    )


def _loss(loss: schema.StreamLoss) -> readings.StreamLoss:
    return readings.StreamLoss(
        kind=loss.kind,
        before=_known(loss.before),
        last_seq=loss.last_seq,
        seen_at=loss.seen_at,
    )

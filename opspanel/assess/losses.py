"""Streams that lost what they held: since the last pass they are gone, or began anew.

What the last pass saw is remembered in the snapshot, so that a loss is noticed by any
worker, and also when NATS was away for an hour in between. A loss stays for a while:
whoever publishes makes the stream again within seconds, and then nothing else tells.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from opspanel.assess.figures import Scene
from opspanel.assess.verdict import Finding
from opspanel.assess.wording import counted, number
from opspanel.panel.queues import Nats
from opspanel.readings import KnownStream, Remembered, StreamListing, StreamLoss
from opspanel.terms import Absence, FailureKind, Health, Loss, Signal

# As many streams are remembered: those that are named first, then the oldest, so that
# a new one never crowds out one that is compared already.
MOST_KNOWN = 200


def remember(scene: Scene) -> Remembered:
    """What is lost by now, and what the next pass is to compare with."""
    config = scene.panel.nats
    since = scene.now - timedelta(seconds=config.loss_seconds)
    losses = {
        loss.before.name: loss
        for loss in scene.remembered.losses
        if loss.seen_at >= since
    }
    known = tuple(_lasting(scene.remembered.known, config))
    if isinstance(scene.nats, Absence | FailureKind):
        return Remembered(known=known, losses=tuple(losses.values()))
    look = _Look(scene.nats.listing, scene.now)
    # One that was away and is as it was has lost nothing: the listing had a gap.
    before = [loss.before for loss in losses.values() if loss.kind is Loss.VANISHED]
    for was in {each.name: each for each in (*before, *known)}.values():
        _settle(losses, was, look)
    return Remembered(
        known=_to_know(look, known, config), losses=tuple(losses.values())
    )


@dataclass(frozen=True, slots=True)
class _Look:
    listing: StreamListing
    at: datetime

    def sees(self, name: str) -> bool:
        """Whether it would be in the listing if it were there."""
        return self.listing.whole and name not in self.listing.unsure

    @property
    def there(self) -> Mapping[str, KnownStream]:
        return {stream.name: stream for stream in self.listing.streams}


def _settle(losses: dict[str, StreamLoss], was: KnownStream, look: _Look) -> None:
    stream = look.there.get(was.name)
    if stream is None and not look.sees(was.name):
        return
    kind = _kind(was, stream)
    told = losses.get(was.name)
    if kind is None:
        if told and told.kind is Loss.VANISHED:
            del losses[was.name]
    elif told is None or told.kind is not kind or kind is not Loss.VANISHED:
        losses[was.name] = StreamLoss(
            kind=kind,
            before=was,
            last_seq=stream.last_seq if stream else None,
            seen_at=look.at,
        )


def _kind(was: KnownStream, stream: KnownStream | None) -> Loss | None:
    if stream is None:
        return Loss.VANISHED
    if was.created_at and stream.created_at and stream.created_at != was.created_at:
        return Loss.BEGAN_ANEW
    return Loss.WENT_BACK if stream.last_seq < was.last_seq else None


def _to_know(
    look: _Look, known: Iterable[KnownStream], config: Nats
) -> tuple[KnownStream, ...]:
    there = look.there
    unseen = (
        stream
        for stream in known
        if stream.name not in there and not look.sees(stream.name)
    )
    streams = [*_lasting(look.listing.streams, config), *unseen]

    def place(stream: KnownStream) -> tuple[bool, float, str]:
        made = stream.created_at.timestamp() if stream.created_at else 0.0
        return stream.name not in config.streams, made, stream.name

    return tuple(sorted(streams, key=place)[:MOST_KNOWN])


def _lasting(streams: Iterable[KnownStream], config: Nats) -> Iterator[KnownStream]:
    for stream in streams:
        if not any(fnmatchcase(stream.name, each) for each in config.short_lived):
            yield stream


def loss_finding(loss: StreamLoss, config: Nats) -> Finding:
    """A stream that is named is one that people count on. One that went back may have a
    new leader that still catches up."""
    sure = loss.kind is not Loss.WENT_BACK
    grave = sure and loss.before.name in config.streams
    return Finding(
        status=Health.UNHEALTHY if grave else Health.DEGRADED,
        reason=f"{_words(loss)} (seen {loss.seen_at:%H:%M} UTC)",
        signal=Signal.STREAM_LOSS,
    )


def _words(loss: StreamLoss) -> str:
    was = loss.before
    held = counted(was.messages, "message") if was.messages else "nothing in it"
    if loss.last_seq is None:
        return f"vanished: it had {held}, and reached sequence {number(was.last_seq)}"
    steps = f"sequence {number(was.last_seq)} before, {number(loss.last_seq)} after"
    if loss.kind is Loss.BEGAN_ANEW:
        return f"began anew: it had {held}; {steps}"
    return f"went back: it had {held}; {steps}"

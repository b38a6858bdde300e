"""Every pass proves the sanitizer anew: fresh made-up secrets go the way of all text.

They are planted in a copy of the reading, which is judged and cleaned like the real
one; none may be found in the copy's bytes. What is found is told by kind, never shown.
"""

import base64
import json
import secrets
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from opspanel.readings import (
    ConsumerReading,
    NatsReading,
    NodeTasksReading,
    OpenTasks,
    Readings,
    StreamReading,
)
from opspanel.terms import FailureKind

_LETTERS = string.ascii_letters + string.digits
# A secret counts as found when this much of it is: a cut one is still a leak.
_TELLING = 12


@dataclass(frozen=True, slots=True)
class Canary:
    """`text` stands where a name should; `secret` is the part that must not be seen."""

    kind: str
    text: str
    secret: str


def fresh_canaries() -> tuple[Canary, ...]:
    """One of each kind, never twice the same."""
    return tuple(Canary(kind, *_planted(kind)) for kind in _SHAPES)


def _planted(kind: str) -> tuple[str, str]:
    secret = "".join(secrets.choice(_LETTERS) for _ in range(32))
    if kind == "json web token":
        parts = (json.dumps({"alg": "HS256"}), json.dumps({"sub": secret}), secret)
        secret = ".".join(
            base64.urlsafe_b64encode(part.encode()).decode().rstrip("=")
            for part in parts
        )
    return _SHAPES[kind].format(secret), secret


_SHAPES: Mapping[str, str] = {
    "password": "password={}",
    "bearer token": "Authorization: Bearer {}",
    "address with password": "postgres://panel:{}@db.internal/app",
    "code host token": "ghp_{}1234",
    "payment key": "sk_live_{}",
    "private key": "-----BEGIN PRIVATE KEY----- {} -----END PRIVATE KEY-----",
    "json web token": "{}",
    "e-mail": "{}@mail.example.org",
    "prose": "the password is {}",
    "mandatory field": '{{"ssh_private_key_enc": "{}"}}',
}


def planted(
    readings: Readings, canaries: tuple[Canary, ...], stream: str, now: datetime
) -> Readings:
    """A copy of `readings` with the canaries as names: of task types, and of consumers
    of `stream`, one that is shown. A source that failed in this pass gets a reading
    that holds nothing else."""
    nats, tasks = readings.nats, readings.node_tasks
    long_ago = now - timedelta(days=1)
    return replace(
        readings,
        nats=replace(
            _empty_nats(now) if isinstance(nats, FailureKind) else nats,
            streams=(_stream(stream, canaries, long_ago),),
        ),
        node_tasks=replace(
            _empty_tasks(now) if isinstance(tasks, FailureKind) else tasks,
            claimable=tuple(_tasks(canaries, long_ago)),
        ),
    )


def _empty_nats(now: datetime) -> NatsReading:
    return NatsReading(
        observed_at=now, took_seconds=0, reads=0, streams=(), missing=(), capped=False
    )


def _empty_tasks(now: datetime) -> NodeTasksReading:
    return NodeTasksReading(
        observed_at=now,
        took_seconds=0,
        reads=0,
        skew_seconds=0,
        claimable=FailureKind.TIMEOUT,
        in_flight=FailureKind.TIMEOUT,
        stuck=FailureKind.TIMEOUT,
        flow=FailureKind.TIMEOUT,
        finished_per_minute=FailureKind.TIMEOUT,
        terminal_estimates=FailureKind.TIMEOUT,
    )


def _stream(
    name: str, canaries: tuple[Canary, ...], long_ago: datetime
) -> StreamReading:
    """Its consumers are silent for long, which gets their names into reasons too."""
    return StreamReading(
        name=name,
        retention="limits",
        discard="old",
        messages=10,
        bytes=10,
        max_bytes=None,
        max_messages=None,
        first_at=long_ago,
        last_at=long_ago,
        has_leader=True,
        replicas_lagging=0,
        consumers=tuple(_consumer(canary, long_ago) for canary in canaries),
    )


def _consumer(canary: Canary, long_ago: datetime) -> ConsumerReading:
    return ConsumerReading(
        name=canary.text,
        num_pending=10,
        num_ack_pending=0,
        num_redelivered=0,
        num_waiting=0,
        max_ack_pending=1000,
        pull=True,
        paused=False,
        has_leader=True,
        created_at=long_ago,
        last_delivered_at=long_ago,
        last_acked_at=long_ago,
    )


def _tasks(canaries: tuple[Canary, ...], long_ago: datetime) -> Iterator[OpenTasks]:
    for canary in canaries:
        yield OpenTasks(task_type=canary.text, count=1, oldest_at=long_ago, nodes=1)


def survivors(canaries: tuple[Canary, ...], body: bytes) -> tuple[str, ...]:
    """Kinds of which a telling part is in `body`, in capitals or not."""
    shown = body.decode().casefold()
    return tuple(
        canary.kind
        for canary in canaries
        if any(part in shown for part in _parts(canary.secret.casefold()))
    )


def _parts(secret: str) -> Iterator[str]:
    for start in range(0, len(secret) - _TELLING + 1, _TELLING // 2):
        yield secret[start : start + _TELLING]

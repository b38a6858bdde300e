"""NATS servers by what each says of itself: whom it cuts off, and what it owes its disk.

How many slow consumers a server counts in all tells nothing: it only ever rises, and
begins anew with the server. How it rose lately does. What the last pass saw is
remembered in the snapshot, so that any worker can tell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from opspanel.assess.figures import Origin, Scene, good_for
from opspanel.assess.verdict import Finding, Judged, graded, unseen, verdict
from opspanel.assess.wording import MINUTE, Missing, counted, duration, listed, number
from opspanel.assessment import NatsServer, Rise, SeenServer
from opspanel.readings import KnownServer, NatsServerReading
from opspanel.terms import Absence, FailureKind, Health, Signal, Source, Unit

WINDOW = timedelta(minutes=5)
MINUTES = WINDOW / timedelta(minutes=1)
# Rises that follow each other within this time are remembered as one.
TOGETHER = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class JudgedServer:
    server: NatsServer
    findings: tuple[Finding, ...]


def judge_servers(scene: Scene) -> tuple[JudgedServer, ...]:
    """Those that panel.toml names, in its order."""
    known = {each.name: each for each in scene.remembered.servers}
    return tuple(
        _judge(name, reading, known.get(name), scene)
        for name, reading in scene.nats_servers.items()
    )


def subject_of(judged: JudgedServer, scene: Scene) -> Judged:
    return Judged(
        name=f"NATS server {judged.server.name}",
        subject=judged.server.name,
        owner=scene.panel.nats.owner,
        findings=judged.findings,
        source=Source.NATS,
    )


def early_acks(servers: Sequence[JudgedServer]) -> str:
    """A standing fact, not a fault: what is known now of acknowledged messages that are
    only in memory."""
    told = {each.server.name: each.server.sync_interval.value for each in servers}
    intervals = {name: seconds for name, seconds in told.items() if seconds}
    if not intervals:
        return ""
    longest, names = _span(max(intervals.values())), listed(list(intervals))
    return f"Acknowledged is not yet on disk, for up to {longest}: {names}"


def _span(seconds: float) -> str:
    """`2 min`, as it is configured, and not `120 s`."""
    return f"{number(seconds / MINUTE)} min" if seconds >= MINUTE else duration(seconds)


def _judge(
    name: str,
    reading: NatsServerReading | Missing,
    was: KnownServer | None,
    scene: Scene,
) -> JudgedServer:
    origin = _origin(reading, scene)
    risen = _risen(was, reading, scene.now)
    seen = _seen(reading, was, risen, scene.now)
    rate = _per_minute(reading, risen, seen)
    findings = (*_cut_off(seen, scene), *_gap(reading, rate))
    status, reason = verdict(findings, fine="")
    server = NatsServer(
        name=name,
        status=status,
        reason=reason,
        slow_consumers=origin.figure("slow_consumers", Unit.PER_MINUTE, rate),
        sync_interval=origin.figure("sync_interval", Unit.SECONDS, _sync(reading)),
        seen=seen,
    )
    return JudgedServer(server, findings)


def _origin(reading: NatsServerReading | Missing, scene: Scene) -> Origin:
    return Origin(
        source=Source.NATS,
        observed_at=scene.now
        if isinstance(reading, Absence | FailureKind)
        else reading.observed_at,
        good_for=good_for(scene.panel),
    )


def _seen(
    reading: NatsServerReading | Missing,
    was: KnownServer | None,
    risen: int | None,
    now: datetime,
) -> SeenServer | None:
    rises = [
        Rise(at=rise.at, by=rise.by)
        for rise in (was.rises if was else ())
        if rise.at > now - WINDOW
    ]
    if not isinstance(reading, Absence | FailureKind):
        return SeenServer(
            at=now,
            started_at=reading.started_at,
            slow_consumers=reading.slow_consumers,
            rises=_with(rises, Rise(at=now, by=risen)) if risen else tuple(rises),
        )
    if was is None:
        return None
    return SeenServer(
        at=was.seen_at,
        started_at=was.started_at,
        slow_consumers=was.slow_consumers,
        rises=tuple(rises),
    )


def _risen(
    was: KnownServer | None, reading: NatsServerReading | Missing, now: datetime
) -> int | None:
    """None where nobody knows by how much it rose within the window.

    A server that started since counts from zero. One that is older than the last look,
    and yet another, stands behind the same address. What rose since a look that is
    longer ago than the window may have risen before it.
    """
    if was is None or isinstance(reading, Absence | FailureKind):
        return None
    if reading.started_at == was.started_at:
        since, by = now - was.seen_at, reading.slow_consumers - was.slow_consumers
    elif timedelta(seconds=reading.uptime_seconds) <= now - was.seen_at:
        since, by = timedelta(seconds=reading.uptime_seconds), reading.slow_consumers
    else:
        return None
    return max(0, by) if by <= 0 or since <= WINDOW else None


def _with(rises: Sequence[Rise], new: Rise) -> tuple[Rise, ...]:
    if rises and new.at - rises[-1].at < TOGETHER:
        return (*rises[:-1], replace(rises[-1], by=rises[-1].by + new.by))
    return (*rises, new)


def _per_minute(
    reading: NatsServerReading | Missing, risen: int | None, seen: SeenServer | None
) -> float | Missing:
    if isinstance(reading, Absence | FailureKind):
        return reading
    if seen is None or risen is None:
        return Absence.NOT_ENOUGH_DATA
    return _lately(seen) / MINUTES


def _lately(seen: SeenServer) -> int:
    return sum(rise.by for rise in seen.rises)


def _sync(reading: NatsServerReading | Missing) -> float | Missing:
    if isinstance(reading, Absence | FailureKind):
        return reading
    return Absence.NO_SERIES if reading.sync_seconds is None else reading.sync_seconds


def _cut_off(seen: SeenServer | None, scene: Scene) -> Iterator[Finding]:
    """What was seen to rise stays said while the server cannot be read."""
    lately = _lately(seen) if seen else 0
    status = graded(lately / MINUTES, scene.panel.thresholds.slow_consumers_per_minute)
    if lately and status is not Health.HEALTHY:
        yield Finding(
            status=status,
            reason=f"cut off {counted(lately, 'slow consumer')} in {MINUTES:.0f} min",
            signal=Signal.SLOW_CONSUMERS,
        )


def _gap(
    reading: NatsServerReading | Missing, rate: float | Missing
) -> Iterator[Finding]:
    if isinstance(reading, Absence | FailureKind):
        yield unseen(reading, "monitoring port")
    elif isinstance(rate, Absence | FailureKind):
        yield unseen(rate, "slow consumers")

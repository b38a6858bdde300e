"""Made-up boards for the wall's demo: none of it is about a real platform."""

from dataclasses import replace
from datetime import datetime, timedelta

from opspanel.live.wall_board import WallBoard, WallIncident, WallQueue
from opspanel.sanitize.fields import sentence
from opspanel.snapshot.schema import (
    ActionCard,
    Component,
    Coverage,
    Decision,
    Figure,
    SourceState,
)
from opspanel.terms import (
    ComponentType,
    Exactness,
    FailureKind,
    Health,
    Signal,
    Source,
    Trust,
    Unit,
)

NAMES = (
    "API",
    "Web",
    "Provisioning worker",
    "Billing worker",
    "Webhook worker",
    "Outbox relay",
    "Node agents",
    "Prometheus",
    "NATS JetStream",
    "Postgres",
)
CARDS = (
    (Signal.OUTBOX_RELAY, Health.UNHEALTHY, "Outbox relay does not publish"),
    (Signal.API_ERRORS, Health.UNHEALTHY, "API errors"),
    (Signal.QUEUE_BACKLOG, Health.DEGRADED, "PROVISIONING backlog grows old"),
    (Signal.FLEET_TELEMETRY, Health.DEGRADED, "A node does not report"),
    (Signal.QUEUE_DLQ, Health.DEGRADED, "Dead letters wait"),
    (Signal.WORKER_FAILURES, Health.DEGRADED, "Billing worker fails tasks"),
    (Signal.STREAM_CAPACITY, Health.DEGRADED, "STORAGE is nearly full"),
)


def healthy(now: datetime) -> WallBoard:
    return WallBoard(
        taken_at=now - timedelta(seconds=3),
        environment=sentence("demo"),
        decision=_decision(Health.HEALTHY, "healthy: nothing is degraded"),
        actions=(),
        components=tuple(_component(name, now) for name in NAMES),
        queues=(
            _queue("NATS PROVISIONING", now, waiting=12, oldest=1.4),
            _queue("Node tasks", now, waiting=31, oldest=4.0),
            _queue("Outbox", now, waiting=3, oldest=0.8),
        ),
        open=0,
        incidents=(),
        not_shown=0,
        incidents_read=True,
        silent=(),
    )


def degraded(now: datetime) -> WallBoard:
    base = healthy(now)
    backlog = replace(
        _queue("NATS PROVISIONING", now, waiting=1204, oldest=412),
        status=Health.DEGRADED,
    )
    reason = "degraded: PROVISIONING oldest waiting 412 s > 120 s"
    return replace(
        base,
        decision=_decision(Health.DEGRADED, reason),
        actions=_cards(now)[2:3],
        queues=(backlog, *base.queues[1:]),
    )


def unhealthy(now: datetime) -> WallBoard:
    base = degraded(now)
    api, *others = base.components
    return replace(
        base,
        decision=_decision(
            Health.UNHEALTHY, "unhealthy: API errors 14% > 10%; and 3 more"
        ),
        actions=_cards(now)[:4],
        components=(replace(api, status=Health.UNHEALTHY), *others),
        open=2,
        incidents=(
            _incident("INC-42", 1, "acknowledged", now),
            _incident("INC-41", 3, "open", now),
        ),
    )


def acknowledged(now: datetime) -> WallBoard:
    """Nothing is wrong any more, but nobody has closed the incident."""
    incidents = (_incident("INC-42", 1, "acknowledged", now),)
    return replace(healthy(now), open=1, incidents=incidents)


def crowded(now: datetime) -> WallBoard:
    base = unhealthy(now)
    more = tuple(_component(f"Service number {each}", now) for each in range(20))
    incidents = tuple(
        _incident(f"INC-{each}", 1 + each % 4, "open", now) for each in range(4, 12)
    )
    return replace(
        base,
        actions=_cards(now),
        components=(*base.components, *more),
        open=8,
        incidents=tuple(sorted(incidents, key=lambda each: each.severity)),
    )


def source_failed(now: datetime) -> WallBoard:
    """NATS is silent: its last figures stand there, marked."""
    base = degraded(now)
    then = now - timedelta(minutes=2, seconds=5)
    queue = base.queues[0]
    held = tuple(
        (label, replace(each, exactness=Exactness.HELD_OVER, observed_at=then))
        for label, each in queue.figures
    )
    return replace(
        base,
        decision=_decision(Health.UNKNOWN, "unknown: NATS JetStream does not answer"),
        actions=tuple(replace(card, held_over=True) for card in base.actions),
        queues=(
            replace(queue, status=Health.UNKNOWN, figures=held),
            *base.queues[1:],
        ),
        silent=(_silent(Source.NATS, then),),
    )


def unknown(now: datetime) -> WallBoard:
    """No source answers."""
    base = healthy(now)
    blank = tuple(
        replace(
            each,
            status=Health.UNKNOWN,
            figures=tuple(
                (label, replace(shown, value=None, missing=FailureKind.TIMEOUT))
                for label, shown in each.figures
            ),
        )
        for each in base.queues
    )
    return replace(
        base,
        decision=_decision(Health.UNKNOWN, "unknown: no source answers"),
        components=tuple(
            replace(each, status=Health.UNKNOWN) for each in base.components
        ),
        queues=blank,
        silent=tuple(_silent(source, now) for source in Source),
    )


def _decision(status: Health, reason: str) -> Decision:
    return Decision(
        status=status,
        degradation_level=0,
        sentence=sentence(reason),
        coverage=Coverage(fresh=9, declared=9),
    )


def _figure(value: float, unit: Unit, now: datetime) -> Figure:
    return Figure(
        value=value,
        unit=unit,
        source=Source.NATS,
        query=sentence("demo"),
        observed_at=now - timedelta(seconds=2),
        good_for=20.0,
        exactness=Exactness.EXACT,
        missing=None,
    )


def _component(name: str, now: datetime) -> Component:
    return Component(
        component_id=sentence(name),
        name=sentence(name),
        component_type=ComponentType.WORKER,
        owner_domain=sentence("platform"),
        status=Health.HEALTHY,
        reason=sentence(""),
        checked_at=now,
        instances_up=_figure(1, Unit.COUNT, now),
        instances_expected=1,
        latency_p95=None,
    )


def _queue(name: str, now: datetime, *, waiting: float, oldest: float) -> WallQueue:
    return WallQueue(
        name=name,
        status=Health.HEALTHY,
        figures=(
            ("waiting", _figure(waiting, Unit.COUNT, now)),
            ("oldest", _figure(oldest, Unit.SECONDS, now)),
        ),
    )


def _cards(now: datetime) -> tuple[ActionCard, ...]:
    return tuple(
        ActionCard(
            key=sentence(f"{signal}:demo"),
            signal=signal,
            subject=sentence("demo"),
            status=status,
            title=sentence(title),
            reason=sentence("oldest claimable 412 s > 120 s"),
            owner_domain=sentence("platform"),
            runbooks=(),
            since=now - timedelta(minutes=6, seconds=52),
            source=Source.NATS,
            held_over=False,
        )
        for signal, status, title in CARDS
    )


def _incident(ref: str, severity: int, word: str, now: datetime) -> WallIncident:
    return WallIncident(
        ref=sentence(ref),
        severity=severity,
        word=word,
        is_drill=False,
        started_at=now - timedelta(minutes=31),
        told_at=now - timedelta(minutes=4),
        overdue=severity == 1,
        owned=word == "acknowledged",
    )


def _silent(source: Source, since: datetime) -> SourceState:
    return SourceState(
        source=source,
        failure=FailureKind.TIMEOUT,
        observed_at=since,
        took_seconds=3.0,
        reads=1,
        partial=0,
        warnings=0,
        skew_seconds=None,
        trust=Trust.ERROR,
    )

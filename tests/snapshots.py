"""Clean snapshots of every kind that a page must be able to show.

Each builder takes `now` and returns a whole Snapshot taken a moment before it.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from opspanel.snapshot.schema import (
    NO_INCIDENTS_READ,
    SCHEMA,
    ActionCard,
    Bounds,
    BurnRate,
    CleanText,
    Component,
    Consumer,
    Coverage,
    Decision,
    ErrorRate,
    Estimate,
    Figure,
    HitService,
    Incident,
    Incidents,
    Nats,
    NatsServer,
    NodeTasks,
    Outbox,
    Queues,
    Runbook,
    SelfTest,
    Slo,
    Snapshot,
    SourceState,
    StreamQueue,
    TaskQueue,
    Throughput,
    Trend,
    WatchedItem,
    Watchlist,
)
from opspanel.terms import (
    Absence,
    ComponentType,
    Detector,
    Exactness,
    FailureKind,
    Health,
    Impact,
    IncidentStatus,
    Signal,
    Source,
    Trust,
    Unit,
    Urgency,
    WatchStatus,
)

NOW = datetime(2026, 11, 23, 14, 5, 10, tzinfo=UTC)
HOSTILE = (
    "<script>window.hit=1</script><img src=x onerror=window.hit=1>"
    "\"' onmouseover=window.hit=1 {{ 7|add:1 }} {% now %} <hx-partial hx-target=body>"
)
text = CleanText


class Builder:
    """Makes figures that were all read two seconds before `now`."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.read = now - timedelta(seconds=2)

    def figure(
        self,
        value: float | None,
        unit: Unit,
        source: Source,
        query: str,
        missing: Absence | FailureKind | None = None,
    ) -> Figure:
        return Figure(
            value=value,
            unit=unit,
            source=source,
            query=text(query),
            observed_at=self.read,
            good_for=20.0,
            exactness=Exactness.EXACT,
            missing=missing,
        )

    def trend(self, unit: Unit, around: float) -> Trend:
        points = [around * (1 + 0.2 * ((i * 7) % 11 - 5) / 5) for i in range(60)]
        return Trend(
            unit=unit, ends_at=self.read, step_seconds=30.0, points=tuple(points)
        )


SERVICES = (
    ("api", "API", ComponentType.API, "platform", 1, 182.4),
    ("web", "Web", ComponentType.WEB, "frontend", 1, 41.2),
    (
        "provisioning-worker",
        "Provisioning worker",
        ComponentType.WORKER,
        "provisioning",
        1,
        3.1,
    ),
    ("billing-worker", "Billing worker", ComponentType.WORKER, "billing", 1, 6.4),
    ("webhook-worker", "Webhook worker", ComponentType.WORKER, "billing", 1, 0.8),
    ("outbox-relay", "Outbox relay", ComponentType.WORKER, "platform", 1, 11.7),
    ("node-agent", "Node agents", ComponentType.RUNTIME, "fleet", 4, None),
    ("prometheus", "Prometheus", ComponentType.OBSERVABILITY, "observability", 1, None),
    ("nats", "NATS JetStream", ComponentType.EVENT_BUS, "platform", 1, None),
    ("postgres", "Postgres", ComponentType.DATABASE, "platform", 1, None),
)
STREAMS = ("PROVISIONING", "BILLING", "PAYMENTS", "APPS", "STORAGE", "DLQ")
TASK_TYPES = (
    "slice.topology_discover",
    "slice.vm_provision",
    "slice.vm_release",
    "allocation.provision_user",
    "allocation.deprovision_user",
    "diag.health_probe",
)


def healthy(now: datetime = NOW) -> Snapshot:
    b = Builder(now)
    return Snapshot(
        schema=SCHEMA,
        environment=text("demo"),
        environment_profile=text("development"),
        taken_at=b.read,
        decision=Decision(
            status=Health.HEALTHY,
            degradation_level=0,
            sentence=text("healthy: nothing is degraded"),
            coverage=Coverage(fresh=9, declared=9),
        ),
        actions=(),
        health=tuple(_component(b, *service) for service in SERVICES),
        queues=Queues(
            nats=Nats(
                status=Health.HEALTHY,
                reason=text(""),
                streams=tuple(_stream(b, name) for name in STREAMS),
                missing=(),
                capped=False,
                not_shown=0,
            ),
            node_tasks=_node_tasks(b),
            outbox=_outbox(b),
        ),
        throughput=tuple(
            Throughput(
                component_id=text(service[0]),
                name=text(service[1]),
                rate=b.figure(
                    service[5],
                    Unit.PER_SECOND,
                    Source.PROMETHEUS,
                    f"throughput:{service[0]}",
                ),
                trend=b.trend(Unit.PER_SECOND, service[5]),
            )
            for service in SERVICES
            if service[5] is not None
        ),
        errors=tuple(
            ErrorRate(
                component_id=text(service[0]),
                name=text(service[1]),
                status=Health.HEALTHY,
                reason=text(""),
                ratio=b.figure(
                    0.0, Unit.RATIO, Source.PROMETHEUS, f"errors:{service[0]}"
                ),
                degraded_at=0.02,
                trend=b.trend(Unit.RATIO, 0.001),
            )
            for service in SERVICES
            if service[5] is not None
        ),
        self_test=SelfTest(checked_at=b.read, canaries=10, survived=0),
        incidents=replace(NO_INCIDENTS_READ, read_at=now),
        sources=tuple(
            SourceState(
                source=source,
                failure=None,
                observed_at=b.read,
                took_seconds=0.042,
                reads=7,
                partial=0,
                warnings=0,
                skew_seconds=0.01,
                trust=Trust.FRESH,
            )
            for source in Source
        ),
        slos=(
            _slo(b, "api-p95", "API p95 within 300 ms", 0.95, 0.981),
            _slo(b, "api-p99", "API p99 within 1 s", 0.99, 0.9982),
            _slo(b, "allocation-event", "Allocation to its event", 0.99, None),
        ),
    )


def _slo(
    b: Builder, slo_id: str, name: str, objective: float, good: float | None
) -> Slo:
    """Without `good`, one that can only be told between bounds."""

    def figure(value: float | None, unit: Unit, window: str = "30d") -> Figure:
        missing = Absence.NO_EDGE if value is None else None
        return b.figure(value, unit, Source.PROMETHEUS, f"{slo_id}.{window}", missing)

    burn = None if good is None else (1 - good) / (1 - objective)
    bounds = Bounds(
        at_least=figure(0.962, Unit.SHARE), at_most=figure(0.997, Unit.SHARE)
    )
    return Slo(
        slo_id=text(slo_id),
        name=text(name),
        owner_domain=text("platform"),
        status=Health.UNKNOWN if good is None else Health.HEALTHY,
        reason=text("not measurable exactly" if good is None else ""),
        objective=objective,
        objective_is_ours=good is None,
        window_days=30,
        threshold_seconds=0.3,
        compliance=figure(good, Unit.SHARE),
        bounds=bounds if good is None else None,
        budget_left=figure(None if burn is None else 1 - burn, Unit.RATIO),
        burn=figure(burn, Unit.TIMES, "1h"),
        exhausted_in=None,
        events=figure(1_204_331, Unit.COUNT),
        unfinished=figure(3, Unit.COUNT) if good is None else None,
        oldest_unfinished=figure(84, Unit.SECONDS) if good is None else None,
        burns=tuple(
            BurnRate(
                long_window=text(long),
                short_window=text(short),
                urgency=urgency,
                factor=factor,
                long=figure(burn, Unit.TIMES, long),
                short=figure(burn, Unit.TIMES, short),
                firing=False,
            )
            for long, short, factor, urgency in (
                ("1h", "5m", 14.4, Urgency.PAGE),
                ("6h", "30m", 6.0, Urgency.PAGE),
                ("1d", "2h", 3.0, Urgency.TICKET),
                ("3d", "6h", 1.0, Urgency.TICKET),
            )
        ),
    )


def _burning(slo: Slo) -> Slo:
    """Twenty times too fast, and overspent."""
    first, *others = slo.burns
    fast = replace(
        first,
        long=replace(first.long, value=20.0),
        short=replace(first.short, value=31.4),
        firing=True,
    )
    return replace(
        slo,
        status=Health.UNHEALTHY,
        reason=text("burns 20\N{MULTIPLICATION SIGN} over 1h; overspent by 12 %"),
        compliance=replace(slo.compliance, value=0.944),
        budget_left=replace(slo.budget_left, value=-0.12),
        burn=replace(slo.burn, value=20.0),
        exhausted_in=replace(slo.burn, value=0.0, unit=Unit.SECONDS),
        burns=(fast, *others),
    )


def _component(b: Builder, *service: Any) -> Component:
    ident, name, kind, owner, instances, rate = service
    is_http = kind in {ComponentType.API, ComponentType.WEB}
    return Component(
        component_id=text(ident),
        name=text(name),
        component_type=kind,
        owner_domain=text(owner),
        status=Health.HEALTHY,
        reason=text(""),
        checked_at=b.read,
        instances_up=b.figure(instances, Unit.COUNT, Source.PROMETHEUS, f"up:{ident}"),
        instances_expected=instances,
        latency_p95=b.figure(
            0.087, Unit.SECONDS, Source.PROMETHEUS, f"latency_p95:{ident}"
        )
        if is_http and rate
        else None,
    )


def _stream(b: Builder, name: str) -> StreamQueue:
    def nats(
        value: float | None, unit: Unit, query: str, missing: Absence | None = None
    ) -> Figure:
        return b.figure(value, unit, Source.NATS, f"{query}:{name}", missing)

    consumer = Consumer(
        name=text(f"{name.lower()}-worker"),
        status=Health.HEALTHY,
        reason=text(""),
        pending=nats(3, Unit.COUNT, "consumer.pending"),
        ack_pending=nats(1, Unit.COUNT, "consumer.ack_pending"),
        redelivered=nats(0, Unit.COUNT, "consumer.redelivered"),
        no_ack_for=nats(1.4, Unit.SECONDS, "consumer.no_ack_for"),
        paused=False,
    )
    return StreamQueue(
        name=text(name),
        status=Health.HEALTHY,
        reason=text(""),
        retention=text("limits"),
        depth=nats(3, Unit.COUNT, "stream.depth"),
        oldest_age=nats(None, Unit.SECONDS, "stream.oldest", Absence.NOTHING_WAITING),
        drain=nats(2.0, Unit.SECONDS, "stream.drain"),
        bytes=nats(4_300_000, Unit.BYTES, "stream.bytes"),
        fill=nats(0.064, Unit.RATIO, "stream.fill"),
        consumers=() if name == "DLQ" else (consumer,),
    )


def _node_tasks(b: Builder) -> NodeTasks:
    def tasks(
        value: float | None, unit: Unit, query: str, missing: Absence | None = None
    ) -> Figure:
        return b.figure(value, unit, Source.NODE_TASKS, query, missing)

    def task_type(name: str) -> TaskQueue:
        return TaskQueue(
            task_type=text(name),
            status=Health.HEALTHY,
            reason=text(""),
            claimable=tasks(2, Unit.COUNT, "claimable"),
            oldest_claimable=tasks(1.2, Unit.SECONDS, "oldest_claimable"),
            in_flight=tasks(4, Unit.COUNT, "in_flight"),
            stuck=tasks(0, Unit.COUNT, "stuck"),
            nodes=tasks(3, Unit.COUNT, "nodes"),
            completed=tasks(12.5, Unit.PER_MINUTE, "completed"),
            failed=tasks(0, Unit.PER_MINUTE, "failed"),
            drain=tasks(9.6, Unit.SECONDS, "drain"),
        )

    return NodeTasks(
        status=Health.HEALTHY,
        reason=text(""),
        claimable=tasks(12, Unit.COUNT, "claimable"),
        oldest_claimable=tasks(1.2, Unit.SECONDS, "oldest_claimable"),
        in_flight=tasks(24, Unit.COUNT, "in_flight"),
        completed=tasks(75, Unit.PER_MINUTE, "completed"),
        trend=b.trend(Unit.PER_MINUTE, 75),
        types=tuple(task_type(name) for name in TASK_TYPES),
        not_shown=0,
        terminal=tuple(
            Estimate(
                status=text(name),
                rows=replace(
                    tasks(rows, Unit.COUNT, "estimate"), exactness=Exactness.ESTIMATED
                ),
            )
            for name, rows in (
                ("completed", 1_204_000),
                ("failed", 812),
                ("expired", 57),
            )
        ),
    )


def _outbox(b: Builder) -> Outbox:
    def rows(
        value: float | None, unit: Unit, query: str, missing: Absence | None = None
    ) -> Figure:
        return b.figure(value, unit, Source.OUTBOX, query, missing)

    return Outbox(
        status=Health.HEALTHY,
        reason=text(""),
        relay=Health.HEALTHY,
        publish_failures=b.figure(0, Unit.COUNT, Source.PROMETHEUS, "publish_failures"),
        pending=rows(4, Unit.COUNT, "pending"),
        oldest_pending=rows(0.6, Unit.SECONDS, "oldest_pending"),
        published=rows(702, Unit.PER_MINUTE, "published"),
        failed_rows=rows(0, Unit.COUNT, "failed_rows"),
        dlq_messages=b.figure(0, Unit.COUNT, Source.NATS, "stream.depth:DLQ"),
    )


def card(now: datetime, signal: Signal, subject: str, **changes: Any) -> ActionCard:
    made = ActionCard(
        key=text(f"{signal}:{subject}"),
        signal=signal,
        subject=text(subject),
        status=Health.DEGRADED,
        title=text(f"{subject} is degraded"),
        reason=text("oldest claimable 412 s > 120 s"),
        owner_domain=text("platform"),
        runbooks=(
            Runbook(
                id=text("ops.queue.backlog"),
                title=text("Queue backlog and stalls"),
                url=None,
            ),
        ),
        since=now - timedelta(minutes=6, seconds=52),
        source=Source.NATS,
        held_over=False,
    )
    return replace(made, **changes)


def degraded(now: datetime = NOW) -> Snapshot:
    """PROVISIONING has a backlog; everything else is well."""
    base = healthy(now)
    reason = text("oldest 412 s > 120 s; 1,204 waiting")
    first, *others = base.queues.nats.streams
    stream = replace(
        first,
        status=Health.DEGRADED,
        reason=reason,
        depth=replace(first.depth, value=1204.0),
        oldest_age=replace(first.oldest_age, value=412.0, missing=None),
        drain=replace(first.drain, value=388.0),
    )
    nats = replace(
        base.queues.nats,
        status=Health.DEGRADED,
        reason=reason,
        streams=(*others, stream),
    )
    return replace(
        base,
        decision=replace(
            base.decision,
            status=Health.DEGRADED,
            degradation_level=1,
            sentence=text("degraded: PROVISIONING oldest waiting 412 s > 120 s"),
        ),
        actions=(
            card(
                now,
                Signal.QUEUE_BACKLOG,
                "PROVISIONING",
                title=text("PROVISIONING backlog grows old"),
            ),
        ),
        queues=replace(base.queues, nats=nats),
    )


def unhealthy(now: datetime = NOW) -> Snapshot:
    """The API fails, the relay is down, a node is gone, and two incidents are open."""
    base = degraded(now)
    api_reason = text("14% of requests fail, 10% is unhealthy")
    api = replace(base.health[0], status=Health.UNHEALTHY, reason=api_reason)
    nodes = replace(
        base.health[6],
        status=Health.DEGRADED,
        reason=text("3 of 4 instances up"),
        instances_up=replace(base.health[6].instances_up, value=3.0),
    )
    first_error = replace(
        base.errors[0],
        status=Health.UNHEALTHY,
        reason=api_reason,
        ratio=replace(base.errors[0].ratio, value=0.14),
        trend=Trend(
            unit=Unit.RATIO,
            ends_at=base.taken_at,
            step_seconds=30.0,
            points=(
                *([0.001] * 30),
                None,
                None,
                *([0.004] * 20),
                0.03,
                0.06,
                0.11,
                0.14,
            ),
        ),
    )
    outbox = replace(
        base.queues.outbox,
        status=Health.UNHEALTHY,
        relay=Health.UNHEALTHY,
        reason=text("oldest pending 95 s > 60 s; 12 publish failures"),
        publish_failures=replace(base.queues.outbox.publish_failures, value=12.0),
        oldest_pending=replace(base.queues.outbox.oldest_pending, value=95.0),
        failed_rows=replace(base.queues.outbox.failed_rows, value=7.0),
        dlq_messages=replace(base.queues.outbox.dlq_messages, value=31.0),
    )
    return replace(
        base,
        slos=(_burning(base.slos[0]), *base.slos[1:]),
        watchlist=watchlist(now),
        decision=replace(
            base.decision,
            status=Health.UNHEALTHY,
            degradation_level=3,
            sentence=text("unhealthy: API errors 14% > 10%; and 3 more"),
        ),
        actions=(
            card(
                now,
                Signal.OUTBOX_RELAY,
                "outbox-relay",
                status=Health.UNHEALTHY,
                title=text("Outbox relay does not publish"),
                reason=outbox.reason,
                runbooks=(
                    Runbook(
                        id=text("ops.outbox.relay"),
                        title=text("Outbox relay degraded"),
                        url=None,
                    ),
                ),
            ),
            card(
                now,
                Signal.API_ERRORS,
                "api",
                status=Health.UNHEALTHY,
                title=text("API errors"),
                reason=api_reason,
                runbooks=(
                    Runbook(
                        id=text("ops.api.degradation"),
                        title=text("API degradation"),
                        url=text("https://runbooks.example/api"),
                    ),
                ),
                source=Source.PROMETHEUS,
            ),
            *base.actions,
            card(
                now,
                Signal.FLEET_TELEMETRY,
                "node-agent",
                title=text("A node does not report"),
                reason=nodes.reason,
                owner_domain=text("fleet"),
            ),
        ),
        health=(api, *base.health[1:6], nodes, *base.health[7:]),
        errors=(first_error, *base.errors[1:]),
        queues=replace(base.queues, outbox=outbox),
        incidents=Incidents(
            open=2,
            highest_severity=1,
            recent=(
                _incident(
                    now,
                    "INC-42",
                    "Customers cannot create allocations",
                    1,
                    acknowledged=True,
                ),
                _incident(now, "INC-41", "Webhooks are late", 3),
            ),
            overdue=1,
            not_shown=0,
            read_at=now,
            version=1,
        ),
    )


def _incident(
    now: datetime, ref: str, title: str, severity: int, *, acknowledged: bool = False
) -> Incident:
    minutes_ago = [now - timedelta(minutes=minutes) for minutes in (31, 28, 25)]
    return Incident(
        id=int(ref.removeprefix("INC-")),
        ref=text(ref),
        title=text(title),
        severity=severity,
        status=IncidentStatus.OPEN,
        is_drill=False,
        services=(HitService(service=text("api"), impact=Impact.DOWN),),
        owner=text("Priya N.") if acknowledged else None,
        started_at=minutes_ago[0],
        declared_at=minutes_ago[1],
        acknowledged_at=minutes_ago[2] if acknowledged else None,
        mitigated_at=None,
        resolved_at=None,
        updated_at=None,
        silent_since=minutes_ago[2] if acknowledged else None,
        next_update_due=now - timedelta(minutes=13) if severity == 1 else None,
        overdue=severity == 1,
    )


def watchlist(now: datetime = NOW) -> Watchlist:
    sign_ins = WatchedItem(
        id=12,
        title=text("sign-in failures"),
        line=text(
            "sign-in failures 367 in 15 min, usual for Monday 14:00 is 46 \N{PLUS-MINUS SIGN} 9, "
            "8\N{MULTIPLICATION SIGN}, for 15 min"
        ),
        status=WatchStatus.OPEN,
        severity=2,
        security=True,
        owner_domain=text("security"),
        detector=Detector.SURGE,
        baseline=text(""),
        target=text(""),
        progress=text(""),
        phase=text(""),
        opened_at=now - timedelta(minutes=15),
        ended_at=None,
        incident=None,
    )
    filling = replace(
        sign_ins,
        id=11,
        title=text("stream's bytes of max_bytes: PAYMENTS"),
        line=text(
            "stream's bytes of max_bytes PAYMENTS 83% of 100% (83%), full in 3 d 16 h to "
            "4 d 4 h at the slopes of 6 h and 1 d"
        ),
        status=WatchStatus.IN_PROGRESS,
        security=False,
        owner_domain=text("platform"),
        detector=Detector.EXHAUSTION,
        opened_at=now - timedelta(hours=9),
        incident=3,
    )
    rotation = replace(
        sign_ins,
        id=3,
        title=text("Keys are rotated without an outage"),
        line=text(
            "A key that cannot be changed quickly cannot be changed when needed."
        ),
        severity=3,
        detector=None,
        baseline=text("rotated by hand"),
        target=text("each key was rotated within the last 90 days"),
        progress=text("two of five"),
        phase=text("security"),
        opened_at=now - timedelta(days=40),
        ended_at=now - timedelta(hours=1),
    )
    return Watchlist(
        found=(sign_ins, filling),
        not_shown=1,
        listed=(rotation,),
        watched=61,
        learning=4,
        silent=2,
        suspended=(Detector.RAMP,),
        judged_at=now - timedelta(minutes=2),
    )


def unknown(now: datetime = NOW) -> Snapshot:
    """No source answers, and nothing is left of what they said before."""
    kinds = {
        Source.PROMETHEUS: FailureKind.TIMEOUT,
        Source.NATS: FailureKind.REFUSED,
        Source.NODE_TASKS: FailureKind.AUTH,
        Source.OUTBOX: FailureKind.AUTH,
    }
    base = _mapped(
        healthy(now),
        lambda found: replace(found, value=None, missing=kinds[found.source]),
    )
    blank = _statuses(base, Health.UNKNOWN, "its source does not answer")
    return replace(
        blank,
        decision=Decision(
            status=Health.UNKNOWN,
            degradation_level=0,
            sentence=text("unknown: no source answers"),
            coverage=Coverage(fresh=0, declared=9),
        ),
        actions=tuple(
            card(
                now,
                Signal.SOURCE_FAILED,
                source,
                status=Health.UNKNOWN,
                title=text(f"{source} does not answer"),
                reason=text(kind),
                source=source,
            )
            for source, kind in kinds.items()
        ),
        throughput=tuple(replace(item, trend=None) for item in blank.throughput),
        errors=tuple(replace(item, trend=None) for item in blank.errors),
        sources=tuple(
            replace(
                state,
                failure=kinds[state.source],
                observed_at=None,
                took_seconds=3.0,
                trust=Trust.ERROR,
            )
            for state in base.sources
        ),
    )


def held_over(now: datetime = NOW) -> Snapshot:
    """NATS went silent two minutes ago; its last figures still stand, marked."""
    base = degraded(now)
    then = now - timedelta(minutes=2, seconds=5)

    def hold(found: Figure) -> Figure:
        if found.source is not Source.NATS or found.value is None:
            return found
        return replace(found, exactness=Exactness.HELD_OVER, observed_at=then)

    mapped = _mapped(base, hold)
    nats = _statuses(
        mapped.queues.nats, Health.UNKNOWN, "held over: the source does not answer"
    )
    return replace(
        mapped,
        decision=replace(
            base.decision,
            status=Health.UNKNOWN,
            sentence=text("unknown: NATS JetStream does not answer"),
            coverage=Coverage(fresh=6, declared=9),
        ),
        actions=tuple(replace(found, held_over=True) for found in base.actions),
        queues=replace(mapped.queues, nats=nats),
        sources=tuple(
            replace(
                state,
                failure=FailureKind.TIMEOUT,
                observed_at=then,
                trust=Trust.ERROR,
            )
            if state.source is Source.NATS
            else state
            for state in base.sources
        ),
    )


def partial(now: datetime = NOW) -> Snapshot:
    """Answers with holes: no series, no traffic, a lower bound, a stale sample."""
    base = healthy(now)
    first, second, third, *rest = base.throughput
    streams = base.queues.nats.streams
    return replace(
        base,
        decision=replace(
            base.decision,
            status=Health.UNKNOWN,
            sentence=text("unknown: Web reports no series"),
            coverage=Coverage(fresh=7, declared=9),
        ),
        health=(
            base.health[0],
            replace(
                base.health[1], status=Health.NOT_REPORTED, reason=text("no series")
            ),
            *base.health[2:],
        ),
        throughput=(
            replace(
                first, rate=replace(first.rate, value=None, missing=Absence.NO_SERIES)
            ),
            replace(
                second,
                rate=replace(second.rate, observed_at=now - timedelta(minutes=4)),
            ),
            replace(third, rate=replace(third.rate, exactness=Exactness.LOWER_BOUND)),
            *rest,
        ),
        errors=tuple(
            replace(
                item,
                ratio=replace(item.ratio, value=None, missing=Absence.NO_TRAFFIC),
                trend=None,
            )
            for item in base.errors
        ),
        queues=replace(
            base.queues,
            nats=replace(
                base.queues.nats,
                streams=streams[:-1],
                missing=(text("STORAGE"),),
                capped=True,
            ),
        ),
        sources=(
            replace(
                base.sources[0],
                partial=2,
                warnings=1,
                skew_seconds=94.0,
                trust=Trust.SKEW,
            ),
            *base.sources[1:],
        ),
    )


def _with_servers(base: Snapshot, now: datetime) -> Snapshot:
    """As where panel.toml names the single servers: none of them cuts anybody off."""
    b = Builder(now)
    servers = tuple(
        NatsServer(
            name=text(name),
            status=Health.HEALTHY,
            reason=text(""),
            slow_consumers=b.figure(
                0.0, Unit.PER_MINUTE, Source.NATS, f"server.slow_consumers:{name}"
            ),
            sync_interval=b.figure(
                120.0, Unit.SECONDS, Source.NATS, f"server.sync_interval:{name}"
            ),
            seen=None,
        )
        for name in ("nats-1", "nats-2")
    )
    sentence = "Acknowledged is not yet on disk, for up to 2 min: nats-1 and nats-2"
    nats = replace(base.queues.nats, servers=servers, early_acks=text(sentence))
    return replace(base, queues=replace(base.queues, nats=nats))


def hostile(now: datetime = NOW) -> Snapshot:
    """Mark-up in every text of the snapshot, those of single servers among them: the
    sanitizer missed it all."""
    base: Snapshot = _texts(_with_servers(unhealthy(now), now))
    return base


def every(now: datetime = NOW) -> Iterator[tuple[str, Snapshot | None]]:
    for build in (healthy, degraded, unhealthy, unknown, held_over, partial, hostile):
        yield build.__name__, build(now)
    yield "nothing yet", None


def figures(node: Any) -> Iterator[Figure]:
    """Every figure of a snapshot."""
    if isinstance(node, Figure):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from figures(item)
    elif is_dataclass(node):
        for field in fields(node):
            yield from figures(getattr(node, field.name))


def _mapped(node: Any, change: Any) -> Any:
    if isinstance(node, Figure):
        return change(node)
    if isinstance(node, tuple):
        return tuple(_mapped(item, change) for item in node)
    if not is_dataclass(node):
        return node
    return replace(
        node, **{f.name: _mapped(getattr(node, f.name), change) for f in fields(node)}
    )


def _statuses(node: Any, status: Health, reason: str) -> Any:
    if isinstance(node, tuple):
        return tuple(_statuses(item, status, reason) for item in node)
    if not is_dataclass(node):
        return status if isinstance(node, Health) else node
    changed = {
        f.name: _statuses(getattr(node, f.name), status, reason) for f in fields(node)
    }
    if "reason" in changed:
        changed["reason"] = text(reason)
    return replace(node, **changed)


def _texts(node: Any) -> Any:
    if isinstance(node, tuple):
        return tuple(_texts(item) for item in node)
    if is_dataclass(node):
        return replace(
            node, **{f.name: _texts(getattr(node, f.name)) for f in fields(node)}
        )
    return f"{node} {HOSTILE}" if type(node) is str else node

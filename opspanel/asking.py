"""Whom a pass reads, and how all of them are asked at once."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from opspanel import tracing
from opspanel.breaker import Breaker, Door
from opspanel.readings import (
    Answer,
    NatsReading,
    NatsServerReading,
    NodeTasksReading,
    OutboxReading,
    PrometheusReading,
    Readings,
    SloReading,
)
from opspanel.snapshot.schema import Snapshot
from opspanel.terms import FailureKind

# As a snapshot's state of Prometheus' second server is called.
REPLICA = "prometheus-replica"
REPLICA_SLOS = "slos-replica"


class Source[Reading](Protocol):
    """Reads within its own total deadline; raises only SourceFailedError.

    Anything else it raises is a fault of the panel: logged, and this source's alone.
    """

    async def read(self) -> Reading: ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """None where no address is given. `doors`: where those listen that are known to."""

    prometheus: Source[PrometheusReading] | None = None
    nats: Source[NatsReading] | None = None
    node_tasks: Source[NodeTasksReading] | None = None
    outbox: Source[OutboxReading] | None = None
    slos: Source[SloReading] | None = None
    replica: Source[PrometheusReading] | None = None
    replica_slos: Source[SloReading] | None = None
    nats_servers: Mapping[str, Source[NatsServerReading]] = field(default_factory=dict)
    doors: Mapping[str, Door] = field(default_factory=dict)

    def by_key(self) -> dict[str, Source[Any] | None]:
        servers = {server_key(name): each for name, each in self.nats_servers.items()}
        return {
            "prometheus": self.prometheus,
            "nats": self.nats,
            "node_tasks": self.node_tasks,
            "outbox": self.outbox,
            "slos": self.slos,
            REPLICA: self.replica,
            REPLICA_SLOS: self.replica_slos,
            **servers,
        }

    async def aclose(self) -> None:
        for source in self.by_key().values():
            if source is not None:
                await source.aclose()


def server_key(name: str) -> str:
    """How a NATS server is called among the sources: as no other can be."""
    return f"nats:{name}"


class Asking:
    """Puts one pass's questions to all sources that are not left alone."""

    def __init__(self, sources: Sources, seconds: float) -> None:
        self._sources = sources
        self._seconds = seconds
        self._breakers = {
            key: Breaker(sources.doors.get(key)) for key in sources.by_key()
        }

    def recall(self, previous: Snapshot | None) -> None:
        if previous is None:
            return
        for state in previous.sources:
            self._breakers[state.key].recall(state, previous.taken_at)

    async def read_all(self, now: datetime) -> Readings:
        sources = self._sources
        (
            (prometheus, replica),
            nats,
            node_tasks,
            outbox,
            slos,
            servers,
        ) = await asyncio.gather(
            self._pair(now),
            self._read("nats", sources.nats, now),
            self._read("node_tasks", sources.node_tasks, now),
            self._read("outbox", sources.outbox, now),
            self._slos(now),
            self._nats_servers(now),
        )
        return Readings(
            prometheus=prometheus,
            nats=nats,
            node_tasks=node_tasks,
            outbox=outbox,
            slos=slos,
            replica=replica,
            nats_servers=servers,
        )

    def settled(self, snapshot: Snapshot) -> Snapshot:
        now = snapshot.taken_at
        circuits = {name: each.settle(now) for name, each in self._breakers.items()}
        return replace(
            snapshot,
            sources=tuple(
                replace(state, circuit=circuits[state.key])
                for state in snapshot.sources
            ),
        )

    async def _pair(
        self, now: datetime
    ) -> tuple[Answer[PrometheusReading], Answer[PrometheusReading]]:
        return await asyncio.gather(
            self._read("prometheus", self._sources.prometheus, now),
            self._read(REPLICA, self._sources.replica, now),
        )

    async def _slos(self, now: datetime) -> Answer[SloReading]:
        """Of a pair they are asked of the one that answered last, of the first if both
        did. They are Prometheus' as well: who is left alone is left alone by all."""
        asked = [("prometheus", "slos", self._sources.slos)]
        if self._sources.replica_slos is not None:
            asked.append((REPLICA, REPLICA_SLOS, self._sources.replica_slos))
        server, key, source = min(
            asked, key=lambda each: self._breakers[each[0]].circuit.failures
        )
        alone = self._breakers[server].left_alone(now)
        return alone if alone is not None else await self._read(key, source, now)

    async def _nats_servers(
        self, now: datetime
    ) -> Mapping[str, Answer[NatsServerReading]]:
        servers = self._sources.nats_servers
        answers = await asyncio.gather(
            *(self._read(server_key(name), servers[name], now) for name in servers)
        )
        return dict(zip(servers, answers, strict=True))

    async def _read[Reading](
        self, name: str, source: Source[Reading] | None, now: datetime
    ) -> Answer[Reading]:
        with tracing.span("source.read", {"source": name}):
            if source is None:
                return FailureKind.UNCONFIGURED
            answer = await self._breakers[name].read(source.read, now, self._seconds)
            if isinstance(answer, FailureKind):
                tracing.fail("upstream_failed")
            return answer

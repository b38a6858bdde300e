"""The demo platform: all its services in one process, each able to die alone."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from opspanel.demo import janitor, streams, visitors
from opspanel.demo.api import Api
from opspanel.demo.effects import Flood, follow
from opspanel.demo.faults import FaultBoard, FaultFile
from opspanel.demo.leak import Leak
from opspanel.demo.leaked import Leaked
from opspanel.demo.node_agent import NODES, SERVICE, NodeAgent
from opspanel.demo.relay import Relay
from opspanel.demo.service import LOOPBACK, Context, Database, Service, keep
from opspanel.demo.targets import Targets
from opspanel.demo.web import Web
from opspanel.demo.workers import BillingWorker, ProvisioningWorker, WebhookWorker

LOOK_EVERY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class DemoConfig:
    """`ports` by service (`node-1` for a node agent); those missing are free ones.
    `listen`: on which address; `called`: the name by which Prometheus finds it."""

    database_url: str
    nats_url: str
    state_dir: Path
    ports: Mapping[str, int] = field(default_factory=dict)
    listen: str = LOOPBACK
    called: str = LOOPBACK


@dataclass(frozen=True, slots=True)
class Entry:
    """One service of the platform, and the fault that kills it."""

    name: str
    job: str
    make: Callable[[str, Context], Service]
    deadly_fault: str = ""


SERVICES = (
    Entry("api", "api", Api),
    Entry("web", "web", Web),
    Entry("provisioning-worker", "provisioning-worker", ProvisioningWorker),
    Entry("billing-worker", "billing-worker", BillingWorker, "worker-dead"),
    Entry("webhook-worker", "webhook-worker", WebhookWorker),
    Entry("outbox-relay", "outbox-relay", Relay, "relay-down"),
    *(Entry(node, SERVICE, NodeAgent) for node in NODES[:-1]),
    Entry(NODES[-1], SERVICE, NodeAgent, "node-dead"),
)


async def run(config: DemoConfig, stop: asyncio.Event) -> None:
    """Run until `stop`. Needs the tables of `schema.prepare`.

    Once all services answer, `state_dir/targets.json` says where. Raises what a service
    died of, if that was not a server being away.
    """
    faults = FaultFile(config.state_dir)
    faults.clear()
    context = Context(
        config.database_url,
        config.nats_url,
        FaultBoard(faults),
        Leaked.make(),
        listen=config.listen,
    )
    async with asyncio.TaskGroup() as group:
        work = group.create_task(_operate(config, context))
        await stop.wait()
        work.cancel()


async def _operate(config: DemoConfig, context: Context) -> None:
    async with (
        aclosing(Database(config.database_url)) as database,
        context.jetstream("demo") as jetstream,
        asyncio.TaskGroup() as group,
    ):
        await streams.ensure(jetstream)
        targets = await _start_services(config, context, group)
        leak = Leak(context.leaked, database, jetstream, targets, config.state_dir)
        chores = {
            "visitors": partial(visitors.visit, context),
            "janitor": partial(janitor.tidy, database, jetstream),
            Flood.fault: partial(follow, Flood(database), context),
            Leak.fault: partial(follow, leak, context),
        }
        for name, chore in chores.items():
            group.create_task(keep(chore, name))
        await _read_faults(context.faults)


async def _start_services(
    config: DemoConfig, context: Context, group: asyncio.TaskGroup
) -> Targets:
    targets = Targets(config.state_dir, config.called)
    for entry in SERVICES:
        slot = Slot(entry, context)
        port = await slot.start(config.ports.get(entry.name, 0))
        targets.add(entry.job, port)
        group.create_task(slot.watch())
    targets.write()
    return targets


async def _read_faults(board: FaultBoard) -> None:
    while True:
        board.refresh()
        await asyncio.sleep(LOOK_EVERY_SECONDS)


class Slot:
    """A service's place: keeps its port, kills it while its fault is on, and remakes it."""

    def __init__(self, entry: Entry, context: Context) -> None:
        self._entry = entry
        self._context = context
        self._service: Service | None = None

    async def start(self, port: int) -> int:
        service = self._entry.make(self._entry.name, self._context)
        bound = await service.start(port)
        self._context.ports[self._entry.name] = bound
        self._service = service
        return bound

    async def watch(self) -> None:
        try:
            while True:
                await self._look()
                await asyncio.sleep(LOOK_EVERY_SECONDS)
        finally:
            await self._stop()

    async def _look(self) -> None:
        dead = self._context.faults.is_on(self._entry.deadly_fault)
        if dead:
            await self._stop()
        elif self._service is None:
            # Its port may be taken for the moment; the next look tries again.
            with suppress(OSError):
                await self.start(self._context.ports[self._entry.name])
        else:
            self._service.check()

    async def _stop(self) -> None:
        if self._service is not None:
            service, self._service = self._service, None
            await service.stop()

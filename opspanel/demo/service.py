"""The shape that all services of the demo share: start, run, stop."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import nats
import psycopg
from nats.js import JetStreamContext
from prometheus_client import CollectorRegistry, generate_latest

from opspanel.demo.faults import FaultBoard
from opspanel.demo.http import HttpServer, Request, Response
from opspanel.demo.leaked import Leaked
from opspanel.demo.metrics import new_registry
from opspanel.telemetry import setup_otel

log = logging.getLogger(__name__)

type Connection = psycopg.AsyncConnection
UPSTREAM_ERRORS = (psycopg.Error, nats.errors.Error, OSError, EOFError)
RETRY_SECONDS = 1
STOP_SECONDS = 1
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Context:
    """What a service knows of the world. `ports`: where services listen, by name;
    `listen`: on which of the machine's addresses."""

    database_url: str
    nats_url: str
    faults: FaultBoard
    leaked: Leaked
    ports: dict[str, int] = field(default_factory=dict)
    listen: str = LOOPBACK

    @asynccontextmanager
    async def jetstream(self, name: str) -> AsyncIterator[JetStreamContext]:
        """A connection of that name, which outlives a restart of the server."""
        client = await nats.connect(
            self.nats_url,
            name=name,
            connect_timeout=2,
            reconnect_time_wait=RETRY_SECONDS,
            max_reconnect_attempts=-1,
            error_cb=_quietly,
        )
        try:
            yield client.jetstream()
        finally:
            # While it is reconnecting nats-py writes its last words to a transport that
            # is gone, and trips; by then it has stopped all else.
            with suppress(TypeError):
                await client.close()


async def _quietly(error: Exception) -> None:
    log.info("nats: %s", type(error).__name__)


class Database:
    """One autocommit connection, opened when first needed and again after it broke."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None
        self._opening = asyncio.Lock()

    async def connection(self) -> Connection:
        """Raises psycopg.OperationalError."""
        async with self._opening:
            if self._connection is None or self._connection.closed:
                self._connection = await psycopg.AsyncConnection.connect(
                    self._url, autocommit=True, connect_timeout=3
                )
            return self._connection

    async def aclose(self) -> None:
        if self._connection is not None:
            await self._connection.close()


class Hiccup:
    """Rare failures, but never two close together: by chance alone a healthy demo
    would now and then cross the panel's thresholds."""

    def __init__(self, at_least: int, at_most: int) -> None:
        self._between = (at_least, at_most)
        self._left = random.randint(*self._between)

    def is_due(self) -> bool:
        self._left -= 1
        if self._left > 0:
            return False
        self._left = random.randint(*self._between)
        return True


async def keep(work: Callable[[], Awaitable[None]], name: str) -> None:
    """Do `work` for ever, again when a server it needs was away."""
    while True:
        try:
            await work()
        except* UPSTREAM_ERRORS as group:
            kinds = sorted({type(error).__name__ for error in group.exceptions})
            log.warning("%s: %s; trying again", name, ", ".join(kinds))
        await asyncio.sleep(RETRY_SECONDS)


class Service:
    """An HTTP port with /metrics, and work. Used once: started again, it is a new one.

    A service overrides `run` (works until cancelled), `handle` (its own paths), or both.
    """

    def __init__(self, name: str, context: Context) -> None:
        self.name = name
        self.context = context
        self.registry: CollectorRegistry = new_registry()
        self.database = Database(context.database_url)
        self.tracer = setup_otel(f"demo-{name}")
        self._server = HttpServer(self._answer, context.listen, self.tracer)
        self._work: asyncio.Task[None] | None = None

    async def start(self, port: int = 0) -> int:
        """Returns the port that it listens on."""
        bound = await self._server.start(port)
        self._work = asyncio.create_task(keep(self.run, self.name))
        return bound

    async def stop(self) -> None:
        await self._server.stop()
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work], timeout=STOP_SECONDS)
        await self.database.aclose()

    def check(self) -> None:
        """Raise what its work died of, if it did: that is a fault in the program."""
        if self._work is not None and self._work.done():
            self._work.result()

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def handle(self, _request: Request) -> Response:
        return Response(404)

    async def _answer(self, request: Request) -> Response:
        if request.path == "/metrics":
            text = generate_latest(self.registry)
            return Response(200, text, "text/plain; version=0.0.4; charset=utf-8")
        if request.path == "/healthz":
            return Response(200, b"{}")
        return await self.handle(request)

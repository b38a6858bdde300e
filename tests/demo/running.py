"""A demo platform in a process of its own, and the facts it leaves in its servers."""

import asyncio
import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nats
import psycopg
from prometheus_client.parser import text_string_to_metric_families

from opspanel.demo import schema
from opspanel.demo.faults import FaultFile

READER_PASSWORD = "of-the-tests"
PATIENCE = 60  # for one answer: a machine that stands still for a while is no fault
SOON = 20
IN_A_WHILE = 30


def eventually(fact, seconds=SOON):
    """Wait until `fact()` is true and return what it gave; fail with its last answer."""
    deadline = time.monotonic() + seconds
    while not (answer := fact()):
        assert time.monotonic() < deadline, f"after {seconds} s still {answer!r}"
        time.sleep(0.2)
    return answer


class Demo:
    def __init__(self, postgres_url, nats_url, state_dir, port_base=0):
        self.postgres_url, self.nats_url = postgres_url, nats_url
        self.state_dir, self.port_base = state_dir, port_base
        self.faults = FaultFile(state_dir)

    def __enter__(self):
        schema.prepare(self.postgres_url, READER_PASSWORD)
        command = [sys.executable, "-m", "opspanel.demo"]
        places = ["--state-dir", self.state_dir, "--port-base", str(self.port_base)]
        self.process = subprocess.Popen(
            [*command, *places], stdin=subprocess.PIPE, text=True
        )
        addresses = {"database_url": self.postgres_url, "nats_url": self.nats_url}
        self.process.stdin.write(json.dumps(addresses))
        self.process.stdin.close()
        eventually((self.state_dir / "targets.json").exists)
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """SIGTERM. Returns how long it took and the exit code."""
        began = time.monotonic()
        if self.process.returncode is not None:
            return 0, self.process.returncode
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=10)
        return time.monotonic() - began, code

    @contextmanager
    def fault(self, name):
        self.faults.switch_on(name)
        try:
            yield
        finally:
            self.faults.clear(name)

    @property
    def targets_file(self):
        return str(self.state_dir / "targets.json")

    def targets(self):
        """[(job, address, labels)], as Prometheus would find them."""
        groups = json.loads(Path(self.targets_file).read_text())
        return [(g["labels"]["job"], g["targets"][0], g["labels"]) for g in groups]

    def scrape(self, job, which=0):
        """The text of /metrics; None when nobody answers."""
        address = [address for name, address, _ in self.targets() if name == job][which]
        try:
            url = f"http://{address}/metrics"
            with urllib.request.urlopen(url, timeout=PATIENCE) as page:
                return page.read().decode()
        except (urllib.error.URLError, ConnectionError):
            return None

    def total(self, job, name, labels):
        """The sum of a job's first target's samples of a name that have the labels."""
        families = text_string_to_metric_families(self.scrape(job) or "")
        samples = (sample for family in families for sample in family.samples)
        return sum(
            sample.value
            for sample in samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def query(self, statement, *arguments):
        with psycopg.connect(self.postgres_url, autocommit=True) as connection:
            return connection.execute(statement, arguments).fetchall()

    def number(self, statement, *arguments):
        return self.query(statement, *arguments)[0][0]

    def jetstream(self, ask):
        """The answer of `await ask(jetstream)`."""

        async def once():
            client = await nats.connect(
                self.nats_url, allow_reconnect=False, connect_timeout=PATIENCE
            )
            try:
                return await ask(client.jetstream(timeout=PATIENCE))
            finally:
                await client.close()

        return asyncio.run(once())

    def messages(self, stream):
        return self.jetstream(lambda js: js.stream_info(stream)).state.messages

    def consumer(self, stream, name):
        return self.jetstream(lambda js: js.consumer_info(stream, name))

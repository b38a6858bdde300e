"""A demo platform in a process of its own, and the facts it leaves in its servers."""

import asyncio
import json
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import nats
import psycopg

from opspanel.demo import schema
from opspanel.demo.faults import FaultFile

READER_PASSWORD = "of-the-tests"
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
    def __init__(self, postgres_url, nats_url, state_dir):
        self.postgres_url, self.nats_url = postgres_url, nats_url
        self.state_dir = state_dir
        self.faults = FaultFile(state_dir)

    def __enter__(self):
        schema.prepare(self.postgres_url, READER_PASSWORD)
        command = [sys.executable, "-m", "opspanel.demo", "--state-dir"]
        self.process = subprocess.Popen(
            [*command, self.state_dir], stdin=subprocess.PIPE, text=True
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

    def targets(self):
        """[(job, address, labels)], as Prometheus would find them."""
        groups = json.loads((self.state_dir / "targets.json").read_text())
        return [(g["labels"]["job"], g["targets"][0], g["labels"]) for g in groups]

    def scrape(self, job, which=0):
        """The text of /metrics; None when nobody answers."""
        address = [address for name, address, _ in self.targets() if name == job][which]
        try:
            with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as page:
                return page.read().decode()
        except (urllib.error.URLError, ConnectionError):
            return None

    def total(self, job, pattern):
        """The sum of the samples of a job's first target that match."""
        text = self.scrape(job) or ""
        found = re.findall(rf"^{pattern}(?:{{.*}})? (\S+)$", text, re.MULTILINE)
        return sum(map(float, found))

    def query(self, statement, *arguments):
        with psycopg.connect(self.postgres_url, autocommit=True) as connection:
            return connection.execute(statement, arguments).fetchall()

    def number(self, statement, *arguments):
        return self.query(statement, *arguments)[0][0]

    def jetstream(self, ask):
        """The answer of `await ask(jetstream)`."""

        async def once():
            client = await nats.connect(self.nats_url, allow_reconnect=False)
            try:
                return await ask(client.jetstream())
            finally:
                await client.close()

        return asyncio.run(once())

    def messages(self, stream):
        return self.jetstream(lambda js: js.stream_info(stream)).state.messages

    def consumer(self, stream, name):
        return self.jetstream(lambda js: js.consumer_info(stream, name))

"""A real Celery worker is killed in the middle of a pass over real sources."""

import secrets
import signal
import subprocess
import time
from urllib.parse import urlsplit

import pytest
from django.db import connection
from kombu import Connection

from opspanel import tasks
from opspanel.models import CollectionSlot, SnapshotMinute
from opspanel.snapshot.latest import configured_stores
from opspanel.snapshot.store import newest_of
from tests.faults.proxy import Proxy
from tests.regions.conftest import WORKER, worker_database_url
from tests.servers import CHECKOUT, environment

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("no_snapshots"),
]
PATIENCE = 60


class Collecting:
    """A worker with a queue of its own, and a proxy before its Prometheus."""

    def __init__(self, settings, log):
        place = urlsplit(settings.PROMETHEUS_URL)
        self.proxy = Proxy(place.hostname, place.port)
        self._queue = f"collect-{secrets.token_hex(6)}"
        self._broker, self._log = settings.REDIS_URL, log
        self._environment = environment | {
            "DATABASE_URL": worker_database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "PROMETHEUS_URL": f"http://127.0.0.1:{self.proxy.port}",
        }
        self.start()

    def start(self):
        argv = [*WORKER, f"--queues={self._queue}", f"--hostname={self._queue}@%h"]
        with self._log.open("ab") as told:
            self._process = subprocess.Popen(
                argv, env=self._environment, stdout=told, stderr=told, cwd=CHECKOUT
            )

    def signal(self, number):
        self._process.send_signal(number)

    def kill(self):
        self._process.kill()
        self._process.wait()

    def close(self):
        self.kill()
        self.proxy.close()

    def asked_until(self, found):
        """As beat asks, until `found` gives something."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            with Connection(self._broker) as broker:
                tasks.collect.apply_async(queue=self._queue, connection=broker)
            time.sleep(0.3)
            if result := found():
                return result
        return pytest.fail(self._log.read_text()[-2000:])


@pytest.fixture
def worker(settings, tmp_path):
    made = Collecting(settings, tmp_path / "worker.log")
    yield made
    made.close()
    connection.close()


def any_snapshot():
    return newest_of(configured_stores())


def whole_after(before):
    """One in which all sources answered."""
    found = newest_of(configured_stores(), before.taken_at)
    answered = found and not any(state.failure for state in found.sources)
    return found if answered else None


def last_slot():
    return CollectionSlot.objects.filter(job="collect").latest("slot").claimed_at


def stopped_within(worker):
    """The newest snapshot, while the worker is frozen at a question to Prometheus in a
    pass that has stored nothing yet; None where it was not, and goes on."""
    worker.signal(signal.SIGSTOP)
    newest = newest_of(configured_stores())
    if worker.proxy.open and newest.taken_at < last_slot():
        return newest
    worker.signal(signal.SIGCONT)
    return None


def test_the_last_snapshot_stays_and_the_next_slot_is_whole(worker):
    """Its slot is lost, nothing of it is seen in any store, and the worker that comes
    after it makes the pass of the next."""
    worker.asked_until(any_snapshot)
    worker.proxy.set("hangs")
    before = worker.asked_until(lambda: stopped_within(worker))
    lost = last_slot()
    worker.kill()
    assert {store.newest() for store in configured_stores()} == {before}
    assert SnapshotMinute.objects.latest("taken_at").taken_at == before.taken_at

    worker.proxy.set("")
    worker.start()
    after = worker.asked_until(lambda: whole_after(before))
    assert before.taken_at < lost < after.taken_at

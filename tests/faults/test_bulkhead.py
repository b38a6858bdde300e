"""An upstream that hangs, and real worker processes that ask it."""

import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from opspanel.panel.config import Collection
from opspanel.snapshot.latest import configured_stores
from opspanel.snapshot.store import newest_of
from opspanel.terms import Source
from tests.faults.proxy import Proxy
from tests.servers import CHECKOUT, environment

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

# A deadline of its own would hold every worker for as long as the test lasts.
PANEL = """
[panel]
environment = "test"
profile = "development"
contact = "the tests"

[collection]
interval_seconds = 2
postgres_deadline_seconds = 60
"""
# node_tasks and the outbox are read by a connection each.
FROZEN = {Source.NODE_TASKS, Source.OUTBOX}
CONNECTIONS_OF_ONE = len(FROZEN)


def celery(folder, log, *arguments, **place):
    """A real Celery program on the tests' database."""
    config = folder / "panel.toml"
    config.write_text(PANEL)
    base = {name: environment[name] for name in environment if "URL" not in name}
    with (folder / log).open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "celery", "--app", "opspanel", *arguments],
            cwd=CHECKOUT,
            env=base | place | {"OPSPANEL_CONFIG": str(config)},
            stdout=out,
            stderr=out,
        )


@pytest.fixture
def frozen():
    """Accepts connections and never says a word."""
    proxy = Proxy("127.0.0.1", 1)
    proxy.set("hangs")
    yield proxy
    proxy.close()


@pytest.fixture
def workers(no_snapshots, frozen, tmp_path: Path):
    """Four processes that may make passes, and a beat that asks for one each interval."""
    at = connection.settings_dict
    who = f"{quote(at['USER'])}:{quote(at['PASSWORD'])}@{at['HOST']}:{at['PORT']}"
    place = {
        "DATABASE_URL": f"postgresql://{who}/{at['NAME']}",
        "REDIS_URL": settings.REDIS_URL,
        "NODE_TASKS_DATABASE_URL": f"postgresql://127.0.0.1:{frozen.port}/x",
    }
    worker = ("worker", "--queues=collect", "--concurrency=4", "--without-mingle")
    schedule = f"--schedule={tmp_path / 'schedule'}"
    started = [
        celery(tmp_path, "worker.log", *worker, **place),
        celery(tmp_path, "beat.log", "beat", "--pidfile=", schedule, **place),
    ]
    yield started
    for process in started:
        process.terminate()
    for process in started:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def claimed():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ops_collectionslot WHERE job = 'collect'")
        return cursor.fetchone()[0]


def wait_until(so, seconds=60):
    ends = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < ends, "no passes are made"
        time.sleep(0.2)


def wait_for(passes):
    wait_until(lambda: claimed() >= passes)


def is_left_alone():
    """Whoever makes a pass from now on knows it."""
    newest = newest_of(configured_stores())
    known = {each.source: each.circuit for each in newest.sources} if newest else {}
    return all(each in known and known[each].open_until for each in FROZEN)


def test_a_frozen_upstream_holds_two_workers_at_most(workers, frozen):
    """Passes go on, slot after slot, whatever its deadline in panel.toml; after three
    failures no connection to it is made, whichever process has the slot. Two of four
    workers are held, and a third where a busy machine is late to let one go."""
    wait_for(passes=5)
    wait_until(is_left_alone)
    wait_for(claimed() + 1)  # and who began before is asking by now
    assert 0 < frozen.most_open <= 3 * CONNECTIONS_OF_ONE
    before, passes = frozen.accepted, claimed()
    wait_for(passes + 3)
    assert frozen.accepted == before


def test_no_deadline_outlasts_an_interval():
    """Else a worker that is held in one slot could be joined by a third in the next but
    one."""
    long = Collection(interval_seconds=2, nats_deadline_seconds=60).bounded()
    assert long.nats_deadline_seconds < long.longest_read_seconds <= 2
    assert Collection().bounded() == Collection()

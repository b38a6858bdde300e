"""A whole pass, from real servers to stored snapshots."""

import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from opspanel import tasks
from opspanel.asking import Sources
from opspanel.collect import Collector
from opspanel.models import CollectionSlot, SnapshotMinute, User
from opspanel.panel.load import configured_panel
from opspanel.slots import Slot
from opspanel.snapshot.codec import from_json, to_json
from opspanel.snapshot.latest import configured_stores
from opspanel.snapshot.store import MemoryStore
from opspanel.sources.prometheus import PrometheusAddress, PrometheusSource
from opspanel.terms import FailureKind, Health, Source
from opspanel.upstreams import open_sources

pytestmark = pytest.mark.usefixtures("no_snapshots")


@pytest.fixture
def fresh_collector():
    tasks.collector.cache_clear()
    yield
    tasks.collector().__exit__()
    tasks.collector.cache_clear()


def collector(sources, stores):
    return Collector(sources, stores, configured_panel())


def take(sources):
    with collector(sources, [MemoryStore()]) as passes:
        return passes.take(timezone.now())


def test_a_pass_over_real_servers_reaches_every_store():
    """All four sources answer, and each store gives back the same snapshot."""
    stores = configured_stores()
    with collector(open_sources(configured_panel()), stores) as passes:
        snapshot = passes.run_pass(timezone.now())
    assert {state.failure for state in snapshot.sources} == {None}
    assert [store.newest() for store in stores] == [snapshot, snapshot]


def test_a_pass_survives_its_json():
    """What scripts get is what was collected, field for field."""
    snapshot = take(open_sources(configured_panel()))
    assert from_json(to_json(snapshot)) == snapshot


def test_without_any_source_nothing_is_green():
    """No address given: every source says so, and nothing is healthy."""
    snapshot = take(Sources())
    assert {state.failure for state in snapshot.sources} == {FailureKind.UNCONFIGURED}
    assert snapshot.decision.status == Health.UNKNOWN
    assert snapshot.decision.coverage.fresh == 0
    assert Health.HEALTHY not in {item.status for item in snapshot.health}


def test_unreachable_upstreams_leave_a_truthful_snapshot(settings):
    """With every upstream refusing, the pass ends, names them, and shows no green."""
    settings.PROMETHEUS_URL = "http://127.0.0.1:1"
    settings.NATS_URL = "nats://127.0.0.1:1"
    settings.NODE_TASKS_DATABASE_URL = "postgres://x@127.0.0.1:1/x"
    snapshot = take(open_sources(configured_panel()))
    assert {state.failure for state in snapshot.sources} == {FailureKind.REFUSED}
    assert snapshot.decision.status != Health.HEALTHY
    assert snapshot.actions


class Broken:
    """A source with a fault of its own."""

    async def read(self):
        raise ZeroDivisionError

    async def aclose(self):
        """Nothing is open."""


def test_a_fault_in_one_source_leaves_the_others(caplog):
    """What no source should raise costs that source's figures only, and is logged."""
    sources = open_sources(configured_panel())
    snapshot = take(replace(sources, outbox=Broken()))
    failures = {state.source: state.failure for state in snapshot.sources}
    assert failures.pop(Source.OUTBOX) == FailureKind.BAD_PAYLOAD
    assert set(failures.values()) == {None}
    assert snapshot.decision.status != Health.HEALTHY
    assert "ZeroDivisionError" in caplog.text


class Unjudgeable:
    """A source whose answer, read well, fails in whoever judges it."""

    def __init__(self):
        self.reads = 0

    async def read(self):
        self.reads += 1
        return object()

    async def aclose(self):
        """Nothing is open."""


@pytest.mark.parametrize("name", ["prometheus", "nats", "node_tasks", "outbox"])
def test_an_answer_that_cannot_be_judged_costs_its_source_alone(name, caplog):
    """Pass after pass the others are judged, the one is told as unreadable and asked
    again; once its answer can be judged all is as it was."""
    sources = open_sources(configured_panel())
    poisoned, store = Unjudgeable(), MemoryStore()
    with collector(replace(sources, **{name: poisoned}), [store]) as passes:
        for _ in range(4):
            told = passes.run_pass(timezone.now())
            failures = {state.source: state.failure for state in told.sources}
            assert failures.pop(Source(name)) == FailureKind.BAD_PAYLOAD
            assert set(failures.values()) == {None}
            assert told.decision.status != Health.HEALTHY
    assert poisoned.reads == 4
    assert "is set aside" in caplog.text
    with collector(open_sources(configured_panel()), [store]) as passes:
        told = passes.run_pass(timezone.now())
    assert {state.failure for state in told.sources} == {None}


def test_where_it_is_no_answers_fault_the_pass_fails_as_it_did():
    """Nothing is stored, and what was stays."""

    def broken(_assessment):
        raise ZeroDivisionError

    store, panel = MemoryStore(), configured_panel()
    with (
        Collector(Sources(), [store], panel, cleaner=broken) as passes,
        pytest.raises(ZeroDivisionError),
    ):
        passes.run_pass(timezone.now())
    assert store.newest() is None


def test_a_pass_that_was_cut_off_does_not_harm_the_next(fresh_collector, monkeypatch):
    """After Celery's time limit struck, the next task begins with new connections."""

    def cut(now):
        raise SoftTimeLimitExceeded

    interrupted = tasks.collector()
    monkeypatch.setattr(interrupted, "run_pass", cut)
    monkeypatch.setattr(tasks, "claim", lambda *_: Slot(1, timezone.now()))
    with pytest.raises(SoftTimeLimitExceeded):
        tasks.collect()
    tasks.collect()
    assert tasks.collector() is not interrupted
    assert SnapshotMinute.objects.count() == 1


def test_two_tasks_in_one_slot_make_one_pass(fresh_collector, monkeypatch):
    """A doubled beat, or a task delivered again, collects nothing twice."""
    made = []
    monkeypatch.setattr(tasks.collector(), "run_pass", made.append)
    panel = configured_panel()
    longer = panel.collection.model_copy(update={"interval_seconds": 3600.0})
    monkeypatch.setattr(
        tasks,
        "configured_panel",
        lambda: panel.model_copy(update={"collection": longer}),
    )
    tasks.collect()
    tasks.collect()
    assert len(made) == 1


def test_the_task_stores_what_pages_show(fresh_collector, client):
    """From beat's task to the page: the stored snapshot is what a viewer sees."""
    tasks.collect()
    assert SnapshotMinute.objects.count() == 1
    sign_in(client, "viewer")
    assert client.get(reverse("ops:overview-json")).status_code == 200


def test_a_snapshot_bears_the_databases_time(fresh_collector):
    """No worker's clock makes it look newer than it is, or the next one older."""
    tasks.collect()
    slot = CollectionSlot.objects.get(job="collect")
    assert SnapshotMinute.objects.get().taken_at == slot.claimed_at


class CountingPrometheus(BaseHTTPRequestHandler):
    """Answers every query with an empty vector, and counts them."""

    reads = 0

    def do_POST(self):
        type(self).reads += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        kind = "matrix" if self.path.endswith("query_range") else "vector"
        body = b'{"status":"success","data":{"resultType":"%s","result":[]}}'
        body %= kind.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Quiet."""


@pytest.fixture
def counting_prometheus():
    CountingPrometheus.reads = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), CountingPrometheus)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def sign_in(client, name):
    user = User.objects.create(username=name)
    user.groups.add(Group.objects.get(name="viewer"))
    client.force_login(user)
    return client


def test_200_readers_cost_the_upstreams_what_one_costs(counting_prometheus):
    """Reads per pass are the same with 1 reader and with 200, each signed in apart."""
    address = PrometheusAddress(url=counting_prometheus)
    source = PrometheusSource(address, configured_panel())
    readers = [sign_in(Client(), f"reader-{n}") for n in range(200)]

    def reads_with(present):
        before = CountingPrometheus.reads
        for _ in range(3):
            passes.run_pass(timezone.now())
            answers = [
                reader.get(reverse("ops:overview"), headers={"HX-Request": "true"})
                for reader in present
            ]
            assert {answer.status_code for answer in answers} == {200}
        return CountingPrometheus.reads - before

    with collector(Sources(prometheus=source), configured_stores()) as passes:
        one = reads_with(readers[:1])
        assert one > 0
        assert reads_with(readers) == one

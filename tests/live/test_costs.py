"""What an interval costs the database and the upstreams, whatever the readers."""

import threading
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.people import sessions_of_people, tokens_of_screens
from opspanel.asking import Sources
from opspanel.build import build_id
from opspanel.collect import Collector, Own
from opspanel.incidents.bell import configured_bell
from opspanel.incidents.latest import configured_latest_with_incidents, incidents_now
from opspanel.live import keeper
from opspanel.live.desks import start_anew
from opspanel.live.projection import WALL
from opspanel.models import ScreenToken
from opspanel.panel.load import configured_panel
from opspanel.regions import OtherRegion
from opspanel.snapshot.latest import Latest, configured_latest, configured_stores
from opspanel.snapshot.store import MemoryStore, StoreUnavailableError
from opspanel.sources.prometheus import PrometheusAddress, PrometheusSource
from tests import snapshots
from tests.collect.test_pass import CountingPrometheus, counting_prometheus
from tests.live.conftest import Clock, Site

__all__ = ["counting_prometheus"]
INTERVALS = 3


@pytest.fixture
def clock():
    return Clock()


class Process:
    """A web process that lives by `clock` in all its parts, and a collector beside it
    whose pass each five seconds is no part of what is counted."""

    def __init__(self, clock):
        self.site, self.clock = Site(clock), clock
        self.keys, self.walls = [], []
        self.began, self.passes = timezone.now() + timedelta(minutes=5), 0
        own = Own(incidents=incidents_now)
        self.collector = Collector(
            Sources(), configured_stores(), configured_panel(), own=own
        )
        shown = configured_latest_with_incidents()
        for part in (configured_latest(), configured_bell(), shown._incidents):
            part._clock = clock

    def interval(self):
        """What the process asks Postgres in five seconds in which all its readers poll."""
        self.make_a_pass()
        with CaptureQueriesContext(connection) as statements:
            for _ in range(5):
                self.clock.now += 1
                self.site.desks.keeper.tick()
            self.poll()
        return [each["sql"] for each in statements]

    def make_a_pass(self):
        self.passes += 1
        self.collector.run_pass(self.began + timedelta(seconds=5 * self.passes))

    def poll(self):
        answers = [self.site.ask(key) for key in self.keys]
        answers += [self._ask_as_wall(token) for token in self.walls]
        assert {answer.status for answer in answers} == {200}

    def _ask_as_wall(self, token):
        return self.site.ask(
            PATH_INFO=WALL.path,
            HTTP_COOKIE=f"ops_wall={token}",
            QUERY_STRING=f"&build={build_id()}",
        )


@pytest.fixture
def process(no_snapshots, clock):
    made = Process(clock)
    with made.collector:
        yield made


@pytest.fixture
def unreachable_redis(no_snapshots, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    configured_stores.cache_clear()
    start_anew()
    yield
    configured_stores.cache_clear()


def settled(process, readers, walls=0):
    """All of them are known to the process."""
    process.keys = sessions_of_people(readers)
    process.walls = tokens_of_screens(walls)
    ScreenToken.objects.update(settled_at=timezone.now())
    process.interval()
    process.site.long_way = 0


@pytest.mark.parametrize(("readers", "walls"), [(1, 0), (200, 0), (1000, 0), (200, 50)])
def test_two_statements_an_interval_at_most(process, readers, walls):
    """For one reader and for a thousand, each with an account of its own, and with walls:
    of all that the process asks in an interval, whatever for."""
    settled(process, readers, walls)
    asked = [len(process.interval()) for _ in range(INTERVALS)]
    assert process.site.long_way == 0
    assert asked == [2 if walls else 1] * INTERVALS


@pytest.mark.usefixtures("unreachable_redis")
def test_eight_statements_an_interval_without_redis(process):
    """People, walls, the snapshot, and each second whether somebody acted."""
    settled(process, readers=20, walls=2)
    asked = [len(process.interval()) for _ in range(INTERVALS)]
    assert process.site.long_way == 0
    assert max(asked) <= 8


def test_with_a_dead_collector_incidents_are_asked_for_themselves(process, monkeypatch):
    """A mark each seven seconds, and all of them at most as often: four statements where
    no webhook is set up; and the snapshot, which Redis has no news of."""
    settled(process, readers=20)
    monkeypatch.setattr(process, "make_a_pass", lambda: None)
    asked = [len(process.interval()) for _ in range(2 * INTERVALS)]
    assert process.site.long_way == 0
    assert sum(asked) <= 6 * len(asked)


def test_upstreams_are_read_once_an_interval(collected, clock, counting_prometheus):
    """1.00 times as often for a thousand readers as for one."""
    site = Site(clock)
    keys = sessions_of_people(1000)
    source = PrometheusSource(
        PrometheusAddress(url=counting_prometheus), configured_panel()
    )

    def reads_with(present):
        before = CountingPrometheus.reads
        for _ in range(INTERVALS):
            passes.run_pass(timezone.now())
            site.desks.keeper.tick()
            assert {site.ask(key).status for key in present} == {200}
        return CountingPrometheus.reads - before

    sources = Sources(prometheus=source)
    with Collector(sources, configured_stores(), configured_panel()) as passes:
        one = reads_with(keys[:1])
        assert one > 0
        assert reads_with(keys) / one == 1.00
    assert site.long_way == 0


def test_each_region_is_read_once_an_interval(collected, clock, counting_prometheus):
    """By its own pass alone: 1.00 times as often for a thousand readers as for one, and
    not once more by the pass that joins what was seen."""
    site = Site(clock)
    keys = sessions_of_people(1000)
    panel = configured_panel()
    others = [OtherRegion(region=n, panel=panel, stores=[MemoryStore()]) for n in "ab"]
    address = PrometheusAddress(url=counting_prometheus)

    def opened(region):
        source = PrometheusSource(address, panel)
        return Collector(Sources(prometheus=source), region.stores, panel)

    def reads_with(present):
        before = CountingPrometheus.reads
        for _ in range(INTERVALS):
            for region in regions:
                region.run_pass(timezone.now())
            read = CountingPrometheus.reads
            joining.run_pass(timezone.now())
            site.desks.keeper.tick()
            assert {site.ask(key).status for key in present} == {200}
            assert CountingPrometheus.reads == read
        return CountingPrometheus.reads - before

    own = Own(parts=lambda now: [other.part(now) for other in others])
    with ExitStack() as stack:
        regions = [stack.enter_context(opened(each)) for each in others]
        joining = stack.enter_context(
            Collector(Sources(), configured_stores(), panel, own=own)
        )
        one = reads_with(keys[:1])
        assert one > 0
        assert reads_with(keys) / one == 1.00
    assert site.long_way == 0


class CountedStore(MemoryStore):
    """Answers, and counts how often it was asked."""

    def __init__(self, *, costs_statements):
        super().__init__()
        self.costs_statements = costs_statements
        self.asked = 0
        self.away = False

    def newest(self, than=None):
        self.asked += 1
        if self.away:
            raise StoreUnavailableError
        return super().newest(than)


@pytest.mark.parametrize("away", [False, True])
def test_a_store_that_costs_statements_is_asked_once_an_interval(clock, away):
    """At most: with a cheaper one that has the news, not at all."""
    cheap, dear = (
        CountedStore(costs_statements=False),
        CountedStore(costs_statements=True),
    )
    latest = Latest([cheap, dear], interval=5.0, clock=clock)
    latest.follow()
    cheap.away = away
    for second in range(1, 61):
        clock.now += 1
        if second % 5 == 0:
            for store in (cheap, dear):
                store.save(snapshots.healthy(timezone.now()))
        latest.follow()
    assert cheap.asked == 61
    assert dear.asked <= (13 if away else 2)
    assert latest.snapshot() is not None


def test_requests_do_not_read_while_the_keeper_does(clock):
    """They take what it left; when it is gone for ten seconds they read again."""
    store = CountedStore(costs_statements=False)
    latest = Latest([store], interval=5.0, clock=clock)
    latest.follow()
    clock.now += 9
    latest.snapshot()
    assert store.asked == 1
    clock.now += 1
    latest.snapshot()
    assert store.asked == 2


def test_a_process_starts_one_keeper_that_ends_with_it(clock, monkeypatch):
    """However many requests ask for it at once; a daemon never holds up an exit."""
    ticks = []
    made = keeper.Keeper([], [])
    monkeypatch.setattr(made, "tick", lambda: ticks.append(1))
    before = set(threading.enumerate())
    for _ in range(50):
        assert made.is_awake()
    (thread,) = set(threading.enumerate()) - before
    assert thread.daemon
    ends = time.monotonic() + 10
    while not ticks and time.monotonic() < ends:
        time.sleep(0.01)
    made.stop()
    assert ticks
    assert not thread.is_alive()

"""A source that fails again and again is left alone for a while, and the page says so."""

import re
from datetime import timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone

from opspanel.asking import Sources
from opspanel.collect import Collector
from opspanel.panel.load import configured_panel
from opspanel.readings import SourceFailedError
from opspanel.snapshot.store import MemoryStore, StoreUnavailableError
from opspanel.terms import FailureKind, Health, Source
from opspanel.upstreams import door
from tests.assess.given import prometheus, server

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

TABLE = "section[aria-labelledby=sources]"
NAMES = {"prometheus": "Prometheus", "nats": "NATS", "database": "node_tasks"}
SOURCES = {
    "prometheus": Source.PROMETHEUS,
    "nats": Source.NATS,
    "database": Source.NODE_TASKS,
}
# Each fails by something else than a closed port.
FAULTS = {"prometheus": "garbage", "nats": "garbage", "database": "hangs"}


def state(snapshot, source):
    [found] = [each for each in snapshot.sources if each.source is source]
    return found


def row(page, upstream):
    name = page.locator("th", has_text=NAMES[upstream])
    return page.locator(f"{TABLE} tr").filter(has=name)


@pytest.mark.parametrize("upstream", SOURCES)
def test_after_three_failures_it_is_not_asked_and_the_page_says_until_when(
    upstream, panel, look
):
    """No connection is made while it is left alone; the others are asked as ever; one
    probe after that is whole, and the row is as before."""
    proxy, source = panel.proxies[upstream], SOURCES[upstream]
    # Passes are run as of the past, so that the pause is over by now.
    panel.run_pass(ago=80)
    proxy.set(FAULTS[upstream])
    for ago in (60, 55, 50):
        failed = state(panel.run_pass(ago=ago), source)
    assert failed.failure not in {None, FailureKind.REFUSED}
    assert failed.circuit.failures == 3
    proxy.set("")
    before = proxy.accepted
    spared = panel.run_pass(ago=45)
    assert proxy.accepted == before
    assert state(spared, source) == failed
    assert spared.decision.status is not Health.HEALTHY
    others = {
        each.failure for each in spared.sources if each.source not in SAME[source]
    }
    assert others == {None}
    text = row(look(), upstream).inner_text()
    until = f"{failed.circuit.open_until:%H:%M:%S}"
    assert re.search(rf"Not asked until\s+{until} UTC, 3 failures\.", text)
    healed = panel.run_pass(ago=15)
    assert {each.failure for each in healed.sources} == {None}
    assert state(healed, source).circuit.failures == 0
    assert "Not asked" not in row(look(), upstream).inner_text()


SAME = {
    Source.PROMETHEUS: {Source.PROMETHEUS},
    Source.NATS: {Source.NATS},
    Source.NODE_TASKS: {Source.NODE_TASKS, Source.OUTBOX},
}


@pytest.mark.parametrize("upstream", SOURCES)
def test_one_that_listens_again_is_asked_at_once(upstream, panel):
    """A refused connection costs nobody anything, so its door is tried at each pass: what
    was restarted is back with the next one, in the midst of the pause."""
    proxy, source = panel.proxies[upstream], SOURCES[upstream]
    proxy.set("refused")
    for ago in (15, 10, 5):
        failed = state(panel.run_pass(ago=ago), source)
    assert failed.failure is FailureKind.REFUSED
    assert failed.circuit.open_until > timezone.now()
    proxy.set("")
    panel.run_pass(ago=1)
    healed = panel.run_pass()
    assert {each.failure for each in healed.sources} == {None}


def test_a_door_that_is_open_in_vain_is_tried_once(panel):
    """A proxy that takes connections and refuses all the same is left alone, too."""
    proxy = panel.proxies["database"]
    proxy.set("garbage")
    for ago in (25, 20, 15):
        failed = state(panel.run_pass(ago=ago), Source.OUTBOX)
    assert failed.failure is FailureKind.REFUSED
    panel.run_pass(ago=10)
    before = proxy.accepted
    panel.run_pass(ago=5)
    assert proxy.accepted == before


def test_a_probe_that_fails_begins_another_pause(panel):
    """Four failures, one of them the probe: another 30 seconds."""
    panel.proxies["nats"].set("garbage")
    for ago in (60, 55, 50):
        panel.run_pass(ago=ago)
    probed = state(panel.run_pass(ago=15), Source.NATS)
    assert probed.circuit.failures == 4
    assert probed.circuit.open_until == probed.circuit.failed_at[-1] + timedelta(
        seconds=30
    )


class Failing:
    """Counts how often it is asked, and never answers."""

    def __init__(self, retry_after=0.0):
        self.asked = 0
        self.retry_after = retry_after

    async def read(self):
        self.asked += 1
        raise SourceFailedError(FailureKind.UNAVAILABLE, self.retry_after)

    async def aclose(self):
        """Nothing is open."""


class Answering(Failing):
    """A NATS server that is well."""

    async def read(self):
        self.asked += 1
        return server()


class Well(Failing):
    """A Prometheus that is well."""

    async def read(self):
        self.asked += 1
        return prometheus()


class Away:
    name = "away"
    costs_statements = False

    def __init__(self):
        self.kept = MemoryStore()
        self.away = False

    def save(self, snapshot):
        self.kept.save(snapshot)

    def newest(self, than=None):
        if self.away:
            raise StoreUnavailableError
        return self.kept.newest(than)


def collector(source, store, name="nats"):
    return Collector(Sources(**{name: source}), [store], configured_panel())


def test_each_worker_process_knows_what_the_others_saw():
    """Failures in several short-lived processes add up by way of the snapshots, and the
    pause holds for one that never asked."""
    now, store, failing = timezone.now(), MemoryStore(), Failing()
    for second in (0, 5, 10, 15, 20):
        with collector(failing, store) as passes:
            passes.run_pass(now + timedelta(seconds=second))
    assert failing.asked == 3


def test_without_any_store_a_process_goes_by_its_own_memory():
    """The pause needs neither Redis nor Postgres."""
    now, store, failing = timezone.now(), Away(), Failing()
    with collector(failing, store) as passes:
        for second in (0, 5, 10):
            passes.run_pass(now + timedelta(seconds=second))
        store.away = True
        with pytest.raises(StoreUnavailableError):
            passes.run_pass(now + timedelta(seconds=15))
    assert failing.asked == 3


def test_slos_are_not_asked_of_a_prometheus_that_is_left_alone():
    """They are questions to the same server."""
    now, store, failing, slos = timezone.now(), MemoryStore(), Failing(), Failing()
    sources = Sources(prometheus=failing, slos=slos)
    with Collector(sources, [store], configured_panel()) as passes:
        for second in range(0, 30, 5):
            passes.run_pass(now + timedelta(seconds=second))
    assert failing.asked == slos.asked == 3


def test_slos_are_asked_of_the_one_of_a_pair_that_answers():
    """From the pass after the first one that failed; the pair's second is asked nothing
    by them while the first answers."""
    now, failing, slos, of_replica = timezone.now(), Failing(), Failing(), Failing()
    sources = Sources(
        prometheus=failing, slos=slos, replica=Well(), replica_slos=of_replica
    )
    with Collector(sources, [MemoryStore()], configured_panel()) as passes:
        passes.run_pass(now)
        assert (slos.asked, of_replica.asked) == (1, 0)
        passes.run_pass(now + timedelta(seconds=5))
        assert (slos.asked, of_replica.asked) == (1, 1)


def test_each_nats_server_is_left_alone_by_itself():
    """One that fails costs neither the other nor NATS itself a question."""
    now, failing, well, nats = timezone.now(), Failing(), Answering(), Failing()
    sources = Sources(nats=nats, nats_servers={"n1": failing, "n2": well})
    with Collector(sources, [MemoryStore()], configured_panel()) as passes:
        for second in (0, 5, 10, 15, 20):
            passes.run_pass(now + timedelta(seconds=second))
    assert (failing.asked, well.asked, nats.asked) == (3, 5, 3)


def test_whose_door_can_be_tried():
    """One host; several, or a socket, have no single door."""
    assert door("http://127.0.0.1:9090/prefix").port == 9090
    assert door("postgresql://u:p@db.example/x").port == 5432
    assert door("postgresql://u:p@one,two/x") is None
    assert door("postgresql:///x?host=/run") is None


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("text", "seconds"),
    [("20", 20), ("7200", 60), ("a date", 40), ("soon", 0), ("", 0)],
)
def test_what_prometheus_asks_for_by_retry_after_is_given(
    liar, panel, status, text, seconds
):
    """By seconds or by a date, for a minute at most, from the first answer on; what
    cannot be read is no wish."""

    def reply():
        when = format_datetime(timezone.now() + timedelta(seconds=41), usegmt=True)
        headers = {"Retry-After": when if text == "a date" else text}
        return status, headers, b"busy"

    liar.reply = reply
    told = state(panel.renewed().run_pass(), Source.PROMETHEUS)
    assert told.failure in {FailureKind.THROTTLED, FailureKind.UNAVAILABLE}
    asked = liar.asked
    panel.run_pass()
    assert (liar.asked == asked) is (seconds > 0)
    if seconds:
        wait = told.circuit.open_until - told.circuit.failed_at[0]
        assert wait.total_seconds() == pytest.approx(seconds, abs=8)
    else:
        assert told.circuit.open_until is None


def test_a_throttled_prometheus_says_so_on_the_page(liar, panel, look):
    """Which word, and until when it is left alone."""
    liar.reply = lambda: (429, {"Retry-After": "45"}, b"busy")
    panel.renewed().run_pass()
    text = row(look(), "prometheus").inner_text()
    assert "throttled" in text
    assert re.search(r"Not asked until\s+\d\d:\d\d:\d\d UTC, 1 failure\.", text)

"""The table of admitted readers: what it asks, what it remembers, and for how long."""

import time
from threading import Event, Thread

import pytest

from opspanel.access.admission import (
    LIFE_SECONDS,
    Admissions,
    Grant,
    ReadersUnknownError,
)
from opspanel.access.contact import Contact
from tests.live.conftest import Clock

SEE = "ops.view_overview"
LONG = 3600.0


class Kind:
    """Readers that a test lets in and throws out; counts the statements."""

    name = "readers"
    cookie = "reader"
    gone_after = 120.0
    grace_seconds = 0.0

    def __init__(self):
        self.valid = {}
        self.asked = []
        self.away = False
        self.before_answering = lambda: None

    def key(self, credential):
        return credential

    def grants(self, keys):
        self.asked.append(sorted(keys))
        self.before_answering()
        if self.away:
            raise ReadersUnknownError
        return {key: self.valid[key] for key in keys if key in self.valid}

    def let_in(self, *keys, seconds=LONG, permissions=(SEE,)):
        ends_at = time.time() + seconds
        self.valid |= {key: Grant(frozenset(permissions), ends_at) for key in keys}


@pytest.fixture
def kind():
    return Kind()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def table(kind, clock):
    return Admissions(kind, clock, Contact())


def test_who_was_admitted_is_not_asked_about_again(table, kind):
    """One statement for the first poll, none for those that follow."""
    kind.let_in("vera")
    assert all(table.admits("vera", SEE) for _ in range(5))
    assert kind.asked == [["vera"]]


def test_a_stranger_is_never_remembered(table, kind):
    """Made-up keys cost a statement and leave nothing behind."""
    assert not table.admits("mallory", SEE)
    assert not table.admits("mallory", SEE)
    assert (len(kind.asked), len(table)) == (2, 0)


def test_a_memo_opens_what_was_granted_and_nothing_else(table, kind):
    """The permission is looked at each time."""
    kind.let_in("vera", permissions=["ops.view_audit"])
    assert not table.admits("vera", SEE)
    assert table.admits("vera", "ops.view_audit")


@pytest.mark.parametrize("readers", [1, 200, 1000])
def test_an_interval_costs_one_statement(table, kind, clock, readers):
    """Whatever the number of readers."""
    names = [f"reader-{n}" for n in range(readers)]
    kind.let_in(*names)
    assert all(table.admits(name, SEE) for name in names)
    kind.asked.clear()
    for _ in range(6):
        clock.now += 5
        table.revalidate()
        assert all(table.admits(name, SEE) for name in names)
    assert [len(asked) for asked in kind.asked] == [readers] * 6


def test_what_was_revoked_is_refused_after_the_next_statement(table, kind, clock):
    """And the others stay."""
    kind.let_in("vera", "otto")
    assert table.admits("vera", SEE)
    assert table.admits("otto", SEE)
    del kind.valid["vera"]
    clock.now += 5
    table.revalidate()
    assert not table.admits("vera", SEE)
    assert table.admits("otto", SEE)


def test_nobody_is_believed_longer_than_ten_seconds(table, kind, clock):
    """The database hangs: known readers until their memo ends, new ones not at all."""
    kind.let_in("vera", "otto")
    assert table.admits("vera", SEE)
    kind.away = True
    assert not table.admits("otto", SEE)
    clock.now += LIFE_SECONDS - 0.1
    with pytest.raises(ReadersUnknownError):
        table.revalidate()
    assert table.admits("vera", SEE)
    clock.now += 0.1
    assert not table.admits("vera", SEE)
    assert LIFE_SECONDS < 10


def test_a_memo_counts_from_before_its_statement(table, kind, clock):
    """What is revoked while the statement runs holds within ten seconds, too."""

    def slow():
        clock.now += 2

    kind.let_in("vera")
    kind.before_answering = slow
    assert table.admits("vera", SEE)
    clock.now += LIFE_SECONDS - 2
    kind.away = True
    assert not table.admits("vera", SEE)


def test_a_memo_ends_with_its_readers_own_limits(table, kind, clock):
    """A session that ends in three seconds is not served for nine."""
    kind.let_in("vera", seconds=3)
    assert table.admits("vera", SEE)
    clock.now += 3
    kind.valid.clear()
    assert not table.admits("vera", SEE)


def test_who_stopped_asking_is_forgotten(table, kind, clock):
    """After two minutes the statements no longer carry them."""
    kind.let_in("vera", "otto")
    table.admits("otto", SEE)
    for _ in range(25):
        clock.now += 5
        table.admits("vera", SEE)
        table.revalidate()
    assert kind.asked[-1] == ["vera"]
    assert len(table) == 1


def test_first_timers_share_a_statement(table, kind):
    """Whoever comes while one runs goes with the next, all together."""
    names = [f"reader-{n}" for n in range(20)]
    kind.let_in("first", *names)
    running, go_on = Event(), Event()

    def hold():
        running.set()
        go_on.wait(10)

    kind.before_answering = hold
    admitted = []
    threads = [Thread(target=ask, args=[table, "first", admitted])]
    threads[0].start()
    assert running.wait(10)
    threads += [Thread(target=ask, args=[table, name, admitted]) for name in names]
    for thread in threads[1:]:
        thread.start()
    wait_until(lambda: table._gathering and len(table._gathering.keys) == 20)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert sorted(admitted) == sorted(["first", *names])
    assert [len(asked) for asked in kind.asked] == [1, 20]


def test_a_failed_statement_lets_nobody_in_and_nobody_hang(table, kind):
    """All who waited for it are told at once."""
    kind.let_in("vera", "otto")
    kind.away = True
    admitted = []
    threads = [
        Thread(target=ask, args=[table, name, admitted]) for name in ("vera", "otto")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    assert admitted == []


def ask(table, name, admitted):
    if table.admits(name, SEE):
        admitted.append(name)


def wait_until(holds):
    ends = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.005)

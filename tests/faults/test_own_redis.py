"""The panel's own Redis is killed, hangs, is emptied, full, or holds an older copy."""

import os
import secrets
import signal
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
import redis
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from opspanel.embedded.supervisor import Supervisor
from opspanel.embedded.valkey import valkey
from opspanel.incidents import Draft, Submission, declare
from opspanel.live.desks import start_anew
from opspanel.models import User
from opspanel.snapshot import latest
from opspanel.snapshot.silence import configured_watcher
from opspanel.snapshot.store import newest_of, save_to_all
from tests import snapshots
from tests.faults.no_script import Browser
from tests.live.conftest import Clock

INTERVAL = 5.0
ASKED = [
    *("readyz", "ops:overview", "ops:overview-json", "ops:incidents", "ops:slos"),
    *("ops:alerts", "ops:watchlist", "ops:account", "ops:handover"),
]


class OwnRedis:
    """One that nobody else uses, and a panel whose snapshots it holds."""

    def __init__(self, folder):
        self.server = valkey(folder / "redis", secrets.token_hex(16))
        self.supervisor = Supervisor(folder / "logs", print)
        self.supervisor.start(self.server.program)
        self.supervisor.await_answers(30)
        self.client = redis.Redis.from_url(self.server.url)

    def signal(self, number):
        os.kill(self.supervisor.pids()["redis"], number)

    def collect(self, **ago):
        """One pass's snapshot, as far as its stores take it."""
        made = replace(snapshots.healthy(), taken_at=timezone.now() - timedelta(**ago))
        save_to_all(latest.configured_stores(), made)
        return made.taken_at

    def newest(self):
        return newest_of(latest.configured_stores()).taken_at


@pytest.fixture
def own_redis(no_snapshots, settings, tmp_path):
    own = OwnRedis(tmp_path)
    settings.REDIS_URL = own.server.url
    latest.configured_stores.cache_clear()
    yield own
    own.client.close()
    own.supervisor.stop()
    latest.configured_stores.cache_clear()


@pytest.fixture
def viewer(db):
    user = User.objects.create(username="vera")
    user.groups.add(Group.objects.get(name="viewer"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def page(viewer):
    """Asks for the overview, as a process that has just begun: its snapshot's time."""

    def ask():
        start_anew()
        answer = viewer.get(reverse("ops:overview-json"))
        assert answer.status_code == 200
        return answer.json()["taken_at"]

    return ask


def told(taken_at):
    return taken_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_snapshots_are_stored_and_shown_without_it(own_redis, page, number):
    """Killed or frozen: the next pass goes to Postgres, from where pages show it."""
    own_redis.collect(seconds=10)
    own_redis.signal(number)
    taken_at = own_redis.collect()
    assert own_redis.newest() == taken_at
    assert page()[:19] == told(taken_at)[:19]


@pytest.fixture
def commands(monkeypatch):
    """Each that this process sends to a Redis, for real."""
    sent, execute = [], redis.Redis.execute_command

    def noted(client, *arguments, **options):
        sent.append(arguments[0])
        return execute(client, *arguments, **options)

    monkeypatch.setattr(redis.Redis, "execute_command", noted)
    return sent


def test_no_request_waits_for_a_frozen_one(own_redis, db, commands):
    """Who follows it for all has found out; no page and no recording asks it anything,
    so that none is slower by it."""
    browser = Browser()
    incident = declare(
        Draft(title="Checkout"), Submission.person(browser.user, uuid4())
    )
    own_redis.collect()
    start_anew()
    own_redis.signal(signal.SIGSTOP)
    note = reverse("ops:incident-note", args=[incident.id])
    token = browser.token()
    asks = [partial(browser.client.get, reverse(name)) for name in ASKED]
    asks.append(partial(browser.sends, note, token, note="Redis hangs"))
    for ask in asks:
        latest.configured_latest().follow()
        assert commands
        commands.clear()
        assert ask().status_code < 500
        assert not commands
    own_redis.signal(signal.SIGCONT)


def test_an_emptied_one_is_filled_by_the_next_pass(own_redis, page):
    """What it held is in Postgres meanwhile."""
    taken_at = own_redis.collect(seconds=10)
    own_redis.client.flushall()
    assert page()[:19] == told(taken_at)[:19]
    own_redis.collect()
    assert own_redis.client.dbsize() == 1


def test_a_full_one_loses_no_snapshot(own_redis, page):
    """It refuses writes; Postgres has them, and Redis again once it has room."""
    own_redis.collect(seconds=10)
    own_redis.client.config_set("maxmemory", "1")
    with pytest.raises(redis.exceptions.OutOfMemoryError):
        own_redis.client.set("anything", "more")
    taken_at = own_redis.collect()
    assert own_redis.newest() == taken_at
    own_redis.client.config_set("maxmemory", "256mb")
    after = own_redis.collect()
    assert own_redis.client.hget(own_redis.client.keys()[0], "taken_at") is not None
    assert page()[:19] == told(after)[:19]


def test_an_old_page_says_what_to_look_at(own_redis, viewer):
    """Passes that nobody asks for, nobody takes, or that cannot be queued at all."""
    own_redis.collect(minutes=2)
    client = own_redis.client
    states = {
        "see whether the scheduler (beat) runs": lambda: None,
        "no worker takes them": lambda: client.rpush("collect", "a pass"),
        "takes no writes": lambda: client.config_set("maxmemory", "1"),
        "does not answer": lambda: own_redis.signal(signal.SIGSTOP),
    }
    for words, cause in states.items():
        cause()
        start_anew()
        configured_watcher().follow(latest.configured_latest().snapshot())
        assert words in viewer.get(reverse("ops:overview")).text
    own_redis.signal(signal.SIGCONT)
    client.config_set("maxmemory", "256mb")
    own_redis.collect()
    start_anew()
    configured_watcher().follow(latest.configured_latest().snapshot())
    assert "queue of passes" not in viewer.get(reverse("ops:overview")).text


def test_an_older_copy_that_comes_back_is_not_believed_for_long(own_redis):
    """A process that began with it looks into Postgres when its news are late; one that
    knew better never goes back."""
    own_redis.collect(seconds=30)
    (key,) = own_redis.client.keys()
    older = own_redis.client.dump(key)
    taken_at = own_redis.collect()
    clock = Clock()
    stores = latest.configured_stores()
    knew, began = (latest.Latest(stores, INTERVAL, clock) for _ in range(2))
    assert knew.snapshot().taken_at == taken_at
    own_redis.client.restore(key, 0, older, replace=True)
    assert own_redis.newest() == taken_at
    began.snapshot()
    clock.now += 2 * INTERVAL
    assert knew.snapshot().taken_at == began.snapshot().taken_at == taken_at
    assert own_redis.collect() == own_redis.newest()

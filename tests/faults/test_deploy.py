"""Web servers are restarted one after the other while they are asked."""

import http.client
import time

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.utils import timezone

from opspanel import env
from opspanel.models import User
from opspanel.serving import KILL_SECONDS
from opspanel.snapshot.latest import configured_stores
from opspanel.snapshot.store import save_to_all
from tests import snapshots
from tests.rolling import Balancer, Replica, Visitors

PATHS = ("/admin/ops/overview", "/admin/ops/slos", "/admin/ops/incidents", "/healthz")
# Several probes long, of whom each may take PATIENCE, after a machine stood still.
DRAIN_SECONDS = 8


@pytest.fixture
def environment(transactional_db, no_snapshots, settings):
    """Of servers on this test's database."""
    save_to_all(configured_stores(), snapshots.healthy(timezone.now()))
    given = connection.settings_dict
    address = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format_map(given)
    return {
        "DATABASE_URL": address,
        "REDIS_URL": settings.REDIS_URL,
        "OPSPANEL_STATIC_ROOT": settings.STATIC_ROOT,
    }


@pytest.fixture
def cookie(transactional_db):
    user = User.objects.create(username="vera")
    user.groups.add(Group.objects.get(name="viewer"))
    client = Client()
    client.force_login(user)
    return f"ops_session={client.session.session_key}"


pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_no_request_is_lost(environment, cookie):
    """One of two is restarted; whoever asks those that are ready is answered."""
    replicas = [Replica(DRAIN_SECONDS, **environment) for _ in range(2)]
    try:
        for replica in replicas:
            replica.await_ready()
        with (
            Balancer(replicas) as balancer,
            Visitors(balancer, PATHS, {"Cookie": cookie}, per_second=30) as visitors,
        ):
            visitors.await_answers(replicas)
            assert replicas[0].restart() == 0
    finally:
        for replica in replicas:
            replica.stop()
    assert visitors.failures == []


def test_it_is_unready_before_it_ends_and_lets_connections_go(environment):
    """What is asked meanwhile is answered, as the last on its connection."""
    replica = Replica(30, **environment)
    replica.await_ready()
    kept = http.client.HTTPConnection("127.0.0.1", replica.port, timeout=10)
    try:
        assert not answered(kept, "/healthz").will_close
        replica.ask_to_end()
        while replica.is_ready(otherwise=True):
            time.sleep(0.02)
        last = answered(kept, "/healthz")
        assert (last.status, last.will_close) == (200, True)
    finally:
        kept.close()
        replica.ask_to_end()  # once more: the pause is over
        assert replica.wait() == 0


def test_a_request_that_hangs_does_not_keep_it():
    """The server ends without it, in a time that it was given or has of itself."""
    assert KILL_SECONDS == {"GRANIAN_WORKERS_KILL_TIMEOUT": "10"}
    replica = Replica(
        0, "tests.faults.hanging:application", **dict.fromkeys(KILL_SECONDS, "1")
    )
    kept = http.client.HTTPConnection("127.0.0.1", replica.port, timeout=10)
    try:
        replica.await_open()
        kept.request("GET", "/")
        assert replica.stop() == 0
        with pytest.raises((OSError, http.client.HTTPException)):
            kept.getresponse()
    finally:
        kept.close()


@pytest.mark.parametrize("value", ["-1", "301", "1.5", "soon"])
def test_a_pause_that_is_none_is_refused_by_name(value, monkeypatch):
    """At start, as every setting."""
    monkeypatch.setenv("OPSPANEL_DRAIN_SECONDS", value)
    with pytest.raises(ImproperlyConfigured, match="OPSPANEL_DRAIN_SECONDS must be"):
        env.drain_seconds()


def answered(kept, path):
    kept.request("GET", path)
    answer = kept.getresponse()
    answer.read()
    return answer

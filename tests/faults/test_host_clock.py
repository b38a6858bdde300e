"""The clock of one host is ten minutes wrong, a worker's or a web server's, and all others
are right."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from opspanel.embedded.debian import unpack
from opspanel.embedded.program import StartError
from opspanel.models import User
from opspanel.snapshot.latest import configured_stores
from opspanel.snapshot.store import newest_of
from opspanel.terms import Health, Source
from tests import snapshots
from tests.regions.conftest import worker_database_url
from tests.servers import CHECKOUT, environment

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("no_snapshots"),
]
PASS = "import django; django.setup(); from opspanel import tasks; tasks.collect()"
PAGE = """
import sys
import django
django.setup()
from django.test import Client
client = Client()
client.cookies["ops_session"] = sys.stdin.read()
page = client.get("/admin/ops/overview")
poll = client.get("/admin/ops/overview", headers={"HX-Request": "true"})
assert (page.status_code, poll.status_code) == (200, 200), (page, poll)
print(poll.headers["X-Ops-Now"])
print(page.content.decode())
"""
FOLDER = CHECKOUT / ".tools" / "faketime"
WRONG = 600


@pytest.fixture(scope="session")
def faketime():
    """The library that tells a program another time of day."""
    if not list(FOLDER.rglob("libfaketimeMT.so.1")):
        try:
            unpack("libfaketime", FOLDER)
        except StartError as error:
            pytest.skip(f"libfaketime: {error}")
    return next(FOLDER.rglob("libfaketimeMT.so.1"))


@pytest.fixture
def host(settings, faketime):
    """Runs a script on a host whose clock is wrong by so many seconds."""

    def run(script, seconds, given=""):
        wrong = {
            "LD_PRELOAD": str(faketime),
            "FAKETIME": f"{seconds:+d}s",
            "DONT_FAKE_MONOTONIC": "1",  # no clock that was set wrong makes seconds longer
            "DATABASE_URL": worker_database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "OPSPANEL_STATIC_ROOT": settings.STATIC_ROOT,
        }
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=environment | wrong,
            cwd=CHECKOUT,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def vera(no_snapshots):
    client = Client()
    vera = User.objects.create_user("vera")
    vera.groups.add(Group.objects.get(name="viewer"))
    client.force_login(vera)
    return client


@pytest.mark.parametrize("seconds", [WRONG, -WRONG], ids=["ahead", "behind"])
def test_a_workers_wrong_clock_is_told_and_makes_nothing_green(host, vera, seconds):
    """The snapshot bears the database's time; how far the clocks are apart stands on
    the page; no service is healthy by figures whose age nobody knows."""
    began = timezone.now()
    host(PASS, seconds)
    snapshot = newest_of(configured_stores())
    assert began <= snapshot.taken_at <= timezone.now()
    states = {state.source: state for state in snapshot.sources}
    skew = states[Source.PROMETHEUS].skew_seconds
    assert skew == pytest.approx(-seconds, abs=30)
    assert snapshot.decision.status != Health.HEALTHY
    page = vera.get("/admin/ops/overview").content.decode()
    side = "behind" if seconds > 0 else "ahead"
    assert re.search(rf'data-th="Clock differs by">\s*\d+ min \d+ s {side}', page)
    assert f'data-status="{Health.HEALTHY}"' not in page


def shown_by(host, vera, seconds, snapshot):
    """The server's time as its polls tell it, and the page."""
    for store in configured_stores():
        store.save(snapshot)
    told, _, page = host(PAGE, seconds, vera.cookies["ops_session"].value).partition(
        "\n"
    )
    return datetime.fromtimestamp(int(told) / 1000, tz=UTC), page


@pytest.mark.parametrize("seconds", [WRONG, -WRONG], ids=["ahead", "behind"])
def test_a_web_servers_wrong_clock_makes_nothing_old_fresh_and_nothing_fresh_old(
    host, vera, seconds
):
    """Ages of pages and polls count by the database's clock, which dates snapshots."""
    old = snapshots.healthy(timezone.now() - timedelta(minutes=4))
    told, page = shown_by(host, vera, seconds, old)
    assert abs(told - timezone.now()) < timedelta(seconds=60)
    assert " data-stale>" in page
    _, page = shown_by(host, vera, seconds, snapshots.healthy(timezone.now()))
    assert " data-stale>" not in page
    assert f'data-status="{Health.HEALTHY}"' in page

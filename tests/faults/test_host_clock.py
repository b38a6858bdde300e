"""The clock of a worker's host is ten minutes wrong, and all others are right."""

import re
import subprocess
import sys

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
from tests.regions.conftest import _database_url
from tests.servers import CHECKOUT, environment

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("no_snapshots"),
]
PASS = "import django; django.setup(); from opspanel import tasks; tasks.collect()"
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


def pass_made(settings, library, seconds):
    """What one pass of a worker stored whose clock is wrong by so many seconds."""
    wrong = {
        "LD_PRELOAD": str(library),
        "FAKETIME": f"{seconds:+d}s",
        "DONT_FAKE_MONOTONIC": "1",  # no clock that was set wrong makes seconds longer
        "DATABASE_URL": _database_url(),
        "REDIS_URL": settings.REDIS_URL,
    }
    argv = [sys.executable, "-c", PASS]
    subprocess.run(argv, env=environment | wrong, cwd=CHECKOUT, check=True, timeout=120)
    return newest_of(configured_stores())


@pytest.mark.parametrize("seconds", [WRONG, -WRONG], ids=["ahead", "behind"])
def test_a_workers_wrong_clock_is_told_and_makes_nothing_green(
    settings, faketime, seconds
):
    """The snapshot bears the database's time; how far the clocks are apart stands on
    the page; no service is healthy by figures whose age nobody knows."""
    began = timezone.now()
    snapshot = pass_made(settings, faketime, seconds)
    assert began <= snapshot.taken_at <= timezone.now()
    states = {state.source: state for state in snapshot.sources}
    skew = states[Source.PROMETHEUS].skew_seconds
    assert skew == pytest.approx(-seconds, abs=30)
    assert snapshot.decision.status != Health.HEALTHY
    vera = User.objects.create_user("vera")
    vera.groups.add(Group.objects.get(name="viewer"))
    client = Client()
    client.force_login(vera)
    page = client.get("/admin/ops/overview").content.decode()
    side = "behind" if seconds > 0 else "ahead"
    assert re.search(rf'data-th="Clock differs by">\s*\d+ min \d+ s {side}', page)
    assert f'data-status="{Health.HEALTHY}"' not in page

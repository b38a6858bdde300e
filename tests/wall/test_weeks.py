"""A wall over weeks, in short: its memory, and thirty days of lost answers."""

import random
from datetime import timedelta
from itertools import cycle, islice

import pytest
from django.utils import timezone

from opspanel.models import Screen
from opspanel.views import wall as wall_views
from tests import snapshots
from tests.memory import stays_flat
from tests.servers import environment

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("no_snapshots"),
]
# A week of polls is 60,480; `make soak` asks for all of them.
SWAPS = int(environment.get("WALL_SWAPS", "1000"))
MARKED = ("X-Ops-Fragment", "X-Ops-Build", "X-Ops-Screen", "X-Ops-Now", "Content-Type")
COUNT = """() => {
  window.swaps = 0;
  document.addEventListener("ops:swapped", () => (window.swaps += 1));
}"""


@pytest.fixture
def fast(front, monkeypatch):
    """Polls follow each other as fast as they are answered."""
    monkeypatch.setattr(wall_views, "POLL_SECONDS", 0.01)
    return front


def answers(page, collect):
    """A healthy and a crowded board in turns, as the application sends them."""
    made = []
    for build in (snapshots.healthy, snapshots.unhealthy):
        collect(build)
        page.wait_for_timeout(2_000)
        said = page.request.get(page.url + "/board")
        assert said.ok
        headers = [(name, said.headers[name.lower()]) for name in MARKED]
        made.append(("200 OK", headers, said.body()))
    return cycle(made)


def test_its_memory_stays_flat(opened, approved, collect, fast, record_property):
    """Boards come and go; after the garbage is collected no more is held than before."""
    page = opened(approved()[1])
    fast.canned = answers(page, collect)
    fast.act = "canned"
    stays_flat(page, COUNT, after=200, swaps=SWAPS, tell=record_property)
    assert page.faults == []


class Calendar:
    """The time of the server, ahead of the real one by whole steps."""

    def __init__(self, monkeypatch):
        self.ahead = timedelta()
        real = timezone.now
        monkeypatch.setattr(timezone, "now", lambda: real() + self.ahead)


def test_thirty_days_of_lost_answers_revoke_nobody(wall_client, monkeypatch):
    """Hours of polls, of which every third answer never arrives."""
    calendar = Calendar(monkeypatch)
    dice = random.Random(11)
    for _ in islice(cycle([None]), 30 * 24):
        calendar.ahead += timedelta(hours=1)
        kept = wall_client.cookies["ops_wall"].value
        answer = wall_client.get("/admin/ops/wall/board")
        assert answer.status_code == 200
        if dice.random() < 1 / 3:
            wall_client.cookies["ops_wall"] = kept
    assert Screen.objects.get().revoked_at is None
    assert wall_client.screen.tokens.filter(spent_at=None).count() <= 2

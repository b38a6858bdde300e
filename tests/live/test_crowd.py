"""Open tabs and walls, each of its own, on a real web server: all answered, and all fresh
again after a cut. (`make soak` has 500 tabs and 50 walls, for half an hour.)"""

import pytest
from django.db import connection
from django.utils import timezone

from bench import crowd, herd, load, people, readers
from opspanel.snapshot.latest import configured_stores
from opspanel.snapshot.store import save_to_all
from tests import snapshots
from tests.faults.proxy import Proxy

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("no_snapshots"),
]
TABS, WALLS = 20, 3


def collect(build):
    save_to_all(configured_stores(), build(timezone.now()))


@pytest.fixture
def server(settings, monkeypatch):
    """On what the tests' own process uses."""
    to = connection.settings_dict
    place = f"{to['HOST']}:{to['PORT']}/{to['NAME']}"
    database = f"postgresql://{to['USER']}:{to['PASSWORD']}@{place}"
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("REDIS_URL", settings.REDIS_URL)
    monkeypatch.setenv("OPSPANEL_STATIC_ROOT", settings.STATIC_ROOT)
    collect(snapshots.healthy)
    with readers.serving("opspanel.settings") as server:
        yield server


def everybody(address):
    tabs, walls = people.sessions_of_people(TABS), people.tokens_of_screens(WALLS)
    return [
        *(crowd.Reader(address, crowd.POLL, key) for key in tabs),
        *(crowd.Wall(address, crowd.BOARD, token) for token in walls),
    ]


def test_everybody_is_answered(server):
    """Each poll of each tab and each wall."""
    readers = everybody(server.address)
    result = load.polled(readers, 2, warm=0.5, interval=0.5)
    assert len(result.times) >= TABS + WALLS
    assert "older" not in {reader.version for reader in readers}
    assert result.refused() == 0


class Noting(crowd.Reader):
    """Remembers which of the parts that it was sent were edits."""

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.edits = []

    def _take(self, name, head, body, parts):
        super()._take(name, head, body, parts)
        self.edits.append(b"x-ops-edits-of" in head.lower())


def test_news_come_as_edits_of_what_a_tab_keeps(server):
    """As to a page; and they make the very text that the process names."""
    reader = Noting(server.address, crowd.POLL, people.sessions_of_people(1)[0])
    with crowd.Crowd([reader]) as one:
        one.once()
        first = reader.version
        collect(snapshots.healthy)
        while reader.version == first:
            one.poll(0.2, 0.2)
    assert reader.edits == [False, True]


def test_after_a_cut_everybody_is_fresh_with_one_question(server):
    """What came meanwhile reaches all of them at once, and nobody is refused."""
    before = crowd.Reader(server.address, crowd.POLL, people.sessions_of_people(1)[0])

    def news():
        with crowd.Crowd([before]) as one:
            one.once()
            first = before.version
            collect(snapshots.unhealthy)
            while before.version == first:
                one.poll(0.2, 0.2)

    proxy = Proxy(*server.address)
    waiting = everybody(("127.0.0.1", proxy.port))
    _, result = herd.healed(proxy, waiting, news, interval=0.5)
    proxy.close()
    assert len(result.times) == TABS + WALLS
    assert result.refused() == 0

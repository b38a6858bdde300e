"""A wall's polls at the door before Django: who is let in, what is said, what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from opspanel.access import screen_readers, screens
from opspanel.access.admission import LIFE_SECONDS, ReadersUnknownError
from opspanel.build import build_id
from opspanel.live.keeper import REVALIDATE_SECONDS
from opspanel.models import Screen, ScreenToken
from opspanel.views import wall as wall_views
from tests import snapshots
from tests.live.conftest import Clock, Site, collected, shown_version

__all__ = ["collected"]
pytestmark = pytest.mark.django_db
INTERVALS = 3


@pytest.fixture
def clock():
    return Clock()


class WallSite(Site):
    path, cookie = "/admin/ops/wall/board", "ops_wall"

    def poll(self, token, version="older", build=None, **changes):
        query = f"v={version}&build={build or build_id()}"
        no_htmx = {"HTTP_HX_REQUEST": "", "QUERY_STRING": query}
        return self.ask(token, **no_htmx, **changes)


@pytest.fixture
def site(collected, clock):
    made = WallSite(clock)
    made.desks.keeper.tick()
    return made


def pass_time(site, clock, seconds, *tokens):
    """As the keeper lives through it, and as walls that poll every five seconds do."""
    for second in range(1, round(seconds) + 1):
        clock.now += 1
        site.desks.keeper.tick()
        if second % 5 == 0:
            assert {site.poll(token).status for token in tokens} <= {200}


def test_a_poll_never_reaches_django(site, settled, collected):
    """With news and without, marked as ours and for this screen."""
    token = settled()
    mark = f"{Screen.objects.get().pk}.1"
    for version, status in (("older", 200), (shown_version(), 204)):
        answer = site.poll(token, version)
        told = dict(answer.headers)
        assert answer.status == status
        assert (told["X-Ops-Fragment"], told["X-Ops-Screen"]) == ("1", mark)
        assert told["X-Ops-Build"] == build_id()
    assert site.long_way == 0


@pytest.mark.parametrize("version", ["older", None])
def test_both_ways_say_the_same(site, settled, version, monkeypatch):
    """Each header and each value, and the body, but for the moment and the request."""
    monkeypatch.setattr(wall_views, "configured_desks", lambda: site.desks)
    token = settled()
    query = f"v={version or shown_version()}&build={build_id()}"
    fast = site.ask(token, HTTP_HX_REQUEST="", QUERY_STRING=query)
    slow = site.ask_django(token, HTTP_HX_REQUEST="", QUERY_STRING=query)
    assert site.long_way == 0
    assert fast.status == slow.status
    assert fast.body == slow.body
    names = [name for name, _ in fast.headers]
    assert len(set(names)) == len(names)
    told, said = dict(fast.headers), dict(slow.headers)
    if fast.status == 204:  # who is told nothing needs no policy
        said = {name: said[name] for name in told}
    assert told.keys() == said.keys()
    for name in told.keys() - {"X-Correlation-ID", "X-Ops-Now"}:
        assert told[name] == said[name]


def test_a_board_with_news_is_light(site, settled, collect):
    """At most 1.5 KB of body, with alarms on every board."""
    collect(snapshots.unhealthy)
    site.desks.keeper.tick()
    answer = site.poll(settled())
    assert (answer.status, site.long_way) == (200, 0)
    assert len(answer.body) <= 1_500


@pytest.mark.parametrize("walls", [1, 50])
def test_two_statements_an_interval_at_most(site, clock, settled, walls):
    """For one wall and for fifty, and being seen is among them; beside what the process
    asks each second about incidents, for whatever number of readers."""
    tokens = [settled(f"wall {number}") for number in range(walls)]
    assert {site.poll(token).status for token in tokens} == {200}
    with CaptureQueriesContext(connection) as statements:
        for _ in range(INTERVALS):
            pass_time(site, clock, 5, *tokens)
    assert site.long_way == 0
    asked = [each["sql"] for each in statements if "ops_incident" not in each["sql"]]
    assert INTERVALS <= len(asked) <= 2 * INTERVALS


def test_being_seen_is_noted_once_a_minute(site, clock, settled):
    """Of those walls that ask, with the build of their page; then they fall silent."""
    token, _ = settled("asks"), settled("is off")
    assert site.poll(token).status == 200
    asks, off = Screen.objects.get(name="asks"), Screen.objects.get(name="is off")
    assert asks.build == build_id()
    assert timezone.now() - asks.seen_at < timedelta(minutes=1)
    assert off.seen_at is None
    pass_time(site, clock, 15, token)
    assert Screen.objects.get(name="asks").seen_at == asks.seen_at
    long_ago = timezone.now() - timedelta(minutes=2)
    Screen.objects.update(seen_at=long_ago)
    pass_time(site, clock, 5, token)
    assert Screen.objects.get(name="asks").seen_at > long_ago
    assert Screen.objects.get(name="is off").seen_at == long_ago
    pass_time(site, clock, 15)
    Screen.objects.update(seen_at=long_ago)
    pass_time(site, clock, 15)
    assert Screen.objects.get(name="asks").seen_at == long_ago


def test_a_page_of_another_build_goes_the_long_way(site, settled):
    """Which notes what it is made of, and tells it of the new one."""
    assert site.poll(settled(), build="0123456789ab").status == 200
    assert site.long_way == 1
    assert Screen.objects.get().build == "0123456789ab"


def revoked(screen):
    screens.revoke(screen, timezone.now())


def expired(screen):
    Screen.objects.filter(pk=screen.pk).update(expires_at=timezone.now())


def deleted(screen):
    screen.delete()


def spent(screen):
    screen.tokens.update(spent_at=timezone.now() - timedelta(hours=1))


@pytest.mark.parametrize("end", [revoked, expired, deleted, spent])
def test_what_ended_is_refused_within_ten_seconds(site, clock, settled, end):
    """Revoked, over, gone, a copy's token: and told in a wall's own way."""
    token = settled()
    assert site.poll(token).status == 200
    end(Screen.objects.get())
    pass_time(site, clock, REVALIDATE_SECONDS)
    assert REVALIDATE_SECONDS < 10
    answer = site.poll(token)
    assert (answer.status, dict(answer.headers)["X-Ops-Screen"]) == (401, "")
    assert site.long_way == 1


@pytest.mark.parametrize("end", [revoked, expired, deleted, spent])
def test_also_while_the_database_hangs(site, clock, settled, end, monkeypatch):
    """The memo runs out, and the door knows nobody until it can ask again."""
    token = settled()
    assert site.poll(token).status == 200
    end(Screen.objects.get())

    def hang(*_):
        raise ReadersUnknownError

    with monkeypatch.context() as away:
        away.setattr(screen_readers, "reader_rows", hang)
        pass_time(site, clock, LIFE_SECONDS - 1)
        assert site.poll(token).status == 200
        pass_time(site, clock, 1)
        assert LIFE_SECONDS < 10
        site.poll(token)
        assert site.long_way == 1
    assert site.poll(token).status == 401


def test_a_renamed_screen_is_told_within_ten_seconds(site, clock, settled):
    """Its mark changes, so that its page loads itself anew."""
    token = settled()
    before = dict(site.poll(token).headers)["X-Ops-Screen"]
    screens.change(Screen.objects.get(), "Kitchen", "Bonn", 2)
    pass_time(site, clock, REVALIDATE_SECONDS)
    after = dict(site.poll(token).headers)["X-Ops-Screen"]
    assert after == before.replace(".1", ".2")
    assert site.long_way == 0


def test_a_token_is_changed_weekly_on_the_long_way(site, clock, settled):
    """The door steps aside when it is due, and until the next has settled."""
    token = settled()
    assert site.poll(token).status == 200
    week_ago = timezone.now() - timedelta(days=7)
    ScreenToken.objects.update(issued_at=week_ago)
    pass_time(site, clock, REVALIDATE_SECONDS)
    answer = site.poll(token)
    assert (answer.status, site.long_way) == (200, 1)
    following = cookie_of(answer)
    assert following not in {None, token}
    assert site.poll(following).status == 200
    assert site.long_way == 2
    minutes_ago = timezone.now() - timedelta(minutes=2)
    ScreenToken.objects.filter(settled_at=None).update(issued_at=minutes_ago)
    site.poll(following)  # it settles, and the old one is spent
    assert site.long_way == 3
    site.poll(following)
    assert site.long_way == 3
    ScreenToken.objects.exclude(spent_at=None).update(spent_at=minutes_ago)
    assert site.poll(token).status == 401
    assert Screen.objects.get().revoked_for == "reuse"
    pass_time(site, clock, REVALIDATE_SECONDS)
    assert site.poll(following).status == 401


def cookie_of(answer):
    said = [value for name, value in answer.headers if name == "Set-Cookie"]
    found = [each for each in said if each.startswith("ops_wall=")]
    return found[0].partition("=")[2].partition(";")[0] if found else None


@pytest.mark.parametrize(
    "changes",
    [
        {"HTTP_COOKIE": ""},
        {"HTTP_COOKIE": "ops_wall=" + "a" * 43},
        {"HTTP_COOKIE": "ops_wall=short"},
        {"HTTP_HOST": "elsewhere.example"},
        {"HTTP_ACCEPT_ENCODING": "br"},
        {"HTTP_SEC_FETCH_DEST": "document"},
        {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "HEAD"},
        {"PATH_INFO": "/admin/ops/wall"},
        {"PATH_INFO": "/admin/ops/overview"},
    ],
)
def test_whatever_is_only_doubtful_goes_to_django(site, settled, changes):
    """Which answers it as it would have without a front door."""
    token = settled()
    answer = site.poll(token, **changes)
    assert site.long_way == 1
    query = f"v=older&build={build_id()}"
    asked = {"HTTP_HX_REQUEST": "", "QUERY_STRING": query, **changes}
    assert answer.status == site.ask_django(token, **asked).status


def test_a_session_opens_no_wall_and_a_screen_no_overview(site, settled):
    """Each kind of reader has a table and a cookie of its own."""
    token = settled()
    site.poll(token)
    as_session = {"PATH_INFO": "/admin/ops/overview", "HTTP_HX_REQUEST": "true"}
    cookies = f"ops_session={token}; ops_wall={token}"
    assert site.ask(**as_session, HTTP_COOKIE=cookies).status == 401
    assert site.long_way == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_act_upon_a_screen_never_holds_up_the_walls(site, settled):
    """Its row is locked: it is admitted all the same, and noted as seen later."""
    token = settled()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM ops_screen FOR UPDATE")
            assert site.poll(token).status == 200
        assert Screen.objects.get().seen_at is None
    finally:
        other.close()
    assert site.long_way == 0

"""The door while the database is away, and in a child of a fork."""

import gzip
import os
import time
import warnings

import pytest

from opspanel.access import session_readers
from opspanel.access.admission import LIFE_SECONDS, ReadersUnknownError
from opspanel.access.sessions import IDLE, sign_out_everywhere
from opspanel.live import desks
from opspanel.live.keeper import REVALIDATE_SECONDS
from opspanel.models import User
from tests.live.conftest import Clock, Site

LAST = "This is the last good copy"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def site(collected, clock):
    made = Site(clock)
    made.clock = clock
    made.desks.keeper.tick()
    return made


def pass_time(site, clock, seconds):
    """As the keeper lives through it."""
    for _ in range(round(seconds)):
        clock.now += 1
        site.desks.keeper.tick()


def shown(answer):
    return gzip.decompress(answer.body).decode()


def refuse(*_):
    raise ReadersUnknownError


@pytest.mark.parametrize("grace", [300, 0])
def test_while_the_database_is_away_the_known_are_served_for_their_grace(
    site, reader, monkeypatch, settings, grace
):
    """And nobody new: what can no longer be checked is not believed."""
    settings.OPSPANEL_DATABASE_GRACE_SECONDS = grace
    vera, otto = reader("vera"), reader("otto")
    assert site.ask(vera).status == 200
    monkeypatch.setattr(session_readers, "reader_rows", refuse)
    for _ in range(round(grace or LIFE_SECONDS) - 1):
        pass_time(site, site.clock, 1)
        site.ask(vera)
    assert site.long_way == 0
    site.ask(otto)
    assert site.long_way == 1
    pass_time(site, site.clock, 1)
    site.ask(vera)
    assert site.long_way == 2


def test_the_page_says_that_it_is_the_last_copy_until_the_database_is_back(
    site, clock, reader, monkeypatch
):
    """In its live part, so with the next poll; and so it goes again."""
    vera = reader()
    assert LAST not in shown(site.ask(vera))
    with monkeypatch.context() as away:
        away.setattr(session_readers, "reader_rows", refuse)
        pass_time(site, clock, REVALIDATE_SECONDS)
        assert LAST in shown(site.ask(vera))
    pass_time(site, clock, 1)
    assert LAST not in shown(site.ask(vera))
    assert site.long_way == 0


def test_a_session_ends_within_the_grace_when_its_own_time_is_over(
    site, clock, reader, monkeypatch
):
    """Nobody stays longer for a database that is away."""
    vera = reader()
    marks = session_readers.SessionStore(vera)
    marks["used_at"] = time.time() - IDLE + 60
    marks.save()
    assert site.ask(vera).status == 200
    monkeypatch.setattr(session_readers, "reader_rows", refuse)
    pass_time(site, clock, 61)
    site.ask(vera)
    assert site.long_way == 1


def test_what_was_revoked_meanwhile_is_refused_once_the_database_is_back(
    site, clock, reader, monkeypatch
):
    """The first statement that is answered ends the grace."""
    vera = reader()
    assert site.ask(vera).status == 200
    with monkeypatch.context() as away:
        away.setattr(session_readers, "reader_rows", refuse)
        pass_time(site, clock, 60)
        sign_out_everywhere(User.objects.get(username="vera"))
        assert site.ask(vera).status == 200
    pass_time(site, clock, 1)
    assert site.ask(vera).status == 401


def test_it_is_found_again_though_nobody_reads_any_more(
    site, clock, reader, monkeypatch
):
    """Whoever comes then does not read that it is away."""
    vera = reader()
    site.ask(vera)
    with monkeypatch.context() as away:
        away.setattr(session_readers, "reader_rows", refuse)
        pass_time(site, clock, 200)
    pass_time(site, clock, 1)
    assert LAST not in shown(site.ask(vera))


def test_once_the_database_is_back_all_is_as_before(site, clock, reader, monkeypatch):
    """The next tick validates; nobody has to sign in again."""
    vera = reader()
    site.ask(vera)
    with monkeypatch.context() as away:
        away.setattr(session_readers, "reader_rows", refuse)
        pass_time(site, clock, LIFE_SECONDS - 1)
    pass_time(site, clock, 1)
    assert site.ask(vera).status == 200
    assert site.long_way == 0


@pytest.mark.parametrize("how", ["everywhere", "role", "account", "session"])
def test_what_is_revoked_is_refused_within_ten_seconds(site, clock, reader, how):
    """Signed out everywhere, out of the role, switched off, signed out."""
    vera = reader()
    user = User.objects.get(username="vera")
    assert site.ask(vera).status == 200
    if how == "everywhere":
        sign_out_everywhere(user)
    elif how == "role":
        user.groups.clear()
    elif how == "account":
        User.objects.update(is_active=False)
    else:
        session_readers.SessionStore(vera).delete()
    pass_time(site, clock, REVALIDATE_SECONDS)
    assert REVALIDATE_SECONDS < 10
    assert site.ask(vera).status in {401, 403}
    assert site.long_way == 1


def test_polls_do_not_keep_a_session_alive(site, clock, reader):
    """Thirty minutes of polls at the door leave the mark where it was."""
    vera = reader()
    before = session_readers.SessionStore(vera)["used_at"]
    for _ in range(20):
        pass_time(site, clock, 90)
        site.ask(vera)
    assert site.long_way == 0
    assert session_readers.SessionStore(vera)["used_at"] == before


def test_a_child_of_a_fork_starts_anew(db):
    """It has no keeper, and no lock of its parent's that nobody would open."""
    desks.configured_desks()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os._exit(desks.configured_desks.cache_info().currsize)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert desks.configured_desks.cache_info().currsize == 1
    desks.start_anew()

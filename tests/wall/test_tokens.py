"""What a screen's token opens, when it changes, and what a copy of it does."""

from datetime import timedelta

import pytest
from django.db.models import Max
from django.utils import timezone

from opspanel.access import screens
from opspanel.access.screens import Why, admit
from opspanel.models import AuditEvent, Screen, ScreenToken

pytestmark = pytest.mark.django_db
MINUTE, WEEK = timedelta(minutes=1), timedelta(days=7, minutes=2)


@pytest.fixture
def paired(approved):
    """A screen that has used its first token: `(screen, token, now)`."""
    began = timezone.now()
    screen, token = approved(now=began)
    now = began + 2 * MINUTE
    admit(token, now)
    return screen, token, now


@pytest.fixture
def actions(db):
    """What was audited since: rows of other tests stay in a trail that only grows."""
    last = AuditEvent.objects.aggregate(last=Max("seq"))["last"] or 0

    def audited():
        events = AuditEvent.objects.filter(seq__gt=last).order_by("seq")
        return list(events.values_list("action", flat=True))

    return audited


def rotated(token, now):
    """The token of the next week, having come back."""
    following = admit(token, now).token
    admit(following, now + 2 * MINUTE)
    return following


def test_only_a_digest_of_it_is_kept(approved):
    """Whoever reads the database cannot show it."""
    _, token = approved()
    assert len(token) == 43
    assert ScreenToken.objects.get().digest != token
    assert not ScreenToken.objects.filter(digest__contains=token).exists()


def test_it_admits_its_screen_and_nothing_else_does(paired):
    """One letter changed, an empty one: unpaired, and nobody is revoked for it."""
    screen, token, now = paired
    assert admit(token, now).screen == screen
    for wrong in (token[:-1] + "-", "", token.lower(), "x" * 4000):
        assert admit(wrong, now) == screens.Admission(why=Why.UNPAIRED)


def test_most_polls_cost_one_statement(paired, django_assert_num_queries):
    """Nothing is written and nothing else asked unless something is due."""
    _, token, now = paired
    with django_assert_num_queries(1):
        admit(token, now)


def test_it_ends_when_the_admin_said(paired):
    """After ninety days the screen is expired, not silently open."""
    screen, token, _ = paired
    assert admit(token, screen.expires_at).why == Why.EXPIRED


def test_a_revoked_one_is_refused_at_its_next_use(actions, paired):
    """And revoking again changes and writes nothing."""
    screen, token, now = paired
    assert screens.revoke(screen, now)
    assert admit(token, now).why == Why.REVOKED
    assert not screens.revoke(screen, now)
    assert actions() == ["screen.pair", "screen.revoke"]


def test_a_week_later_a_poll_brings_the_next(paired):
    """The new one opens the same screen; the old one goes on until it has come back."""
    screen, token, now = paired
    later = now + WEEK
    following = admit(token, later).token
    assert following not in {None, token}
    assert admit(token, later + timedelta(seconds=5)).screen == screen
    assert admit(following, later + timedelta(seconds=5)).screen == screen
    assert admit(following, later + WEEK - MINUTE).token is None


def test_a_lost_answer_locks_nobody_out(paired):
    """The old one brings another, once a minute at most, however often it asks."""
    screen, token, now = paired
    later = now + WEEK
    given = [admit(token, later + timedelta(seconds=5 * each)) for each in range(60)]
    assert all(each.screen == screen for each in given)
    assert sum(each.token is not None for each in given) == 5
    last = [each.token for each in given if each.token][-1]
    after = later + timedelta(minutes=6)
    assert admit(last, after).screen == screen
    assert screen.tokens.filter(spent_at=None).count() == 1


def test_undelivered_tokens_do_not_pile_up(paired):
    """A browser that cannot keep a cookie for a day leaves an hour's worth."""
    screen, token, now = paired
    for minute in range(0, 24 * 60, 2):
        admit(token, now + WEEK + minute * MINUTE)
    assert screen.tokens.count() <= 33


def test_a_late_request_with_the_old_one_is_no_theft(paired):
    """What was under way while the new one came back is answered."""
    screen, token, now = paired
    rotated(token, now + WEEK)
    soon = now + WEEK + 2 * MINUTE + timedelta(seconds=30)
    assert admit(token, soon).screen == screen
    assert Screen.objects.get().revoked_at is None


def test_reuse_of_an_old_one_revokes_and_tells(paired, caplog, actions):
    """A copy came back: neither its holder nor the wall sees anything more."""
    _, token, now = paired
    following = rotated(token, now + WEEK)
    later = now + WEEK + timedelta(hours=1)
    assert admit(token, later).why == Why.REVOKED
    assert admit(following, later).why == Why.REVOKED
    assert "spent token came back" in caplog.text
    row = AuditEvent.objects.get(action="screen.reuse")
    assert (row.result, row.actor_role) == ("failure", "screen")
    assert token not in f"{row.metadata}{caplog.text}"
    assert admit(token, later).why == Why.REVOKED
    assert actions().count("screen.reuse") == 1


def test_a_thief_who_renews_first_is_found_out(paired):
    """Both hold a successor: the second to come back is the copy."""
    _, token, now = paired
    of_thief = admit(token, now + WEEK).token
    of_wall = admit(token, now + WEEK + 2 * MINUTE).token
    admit(of_thief, now + WEEK + 4 * MINUTE)
    late = now + WEEK + 6 * MINUTE
    assert admit(of_wall, late).why == Why.REVOKED
    assert admit(of_thief, late).why == Why.REVOKED


def test_being_seen_is_written_once_a_minute(paired, django_assert_num_queries):
    """Polls of a minute write one row; a new build is noted at once."""
    screen, _, now = paired
    screens.note_seen(screen, "aaaa", now)
    screen.refresh_from_db()
    with django_assert_num_queries(0):
        screens.note_seen(screen, "aaaa", now + timedelta(seconds=59))
    with django_assert_num_queries(1):
        screens.note_seen(screen, "bbbb", now + timedelta(seconds=59))
    with django_assert_num_queries(1):
        screens.note_seen(screen, "aaaa", now + MINUTE)

"""How long a session lives, and what ends it."""

import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from opspanel.access import sessions
from opspanel.models import Session
from tests.access.conftest import PASSWORD

pytestmark = pytest.mark.django_db
MINUTE, HOUR = 60, 3600


@pytest.fixture
def signed_in(client, member):
    client.user = member("viewer")
    client.force_login(client.user)
    return client


def age(client, **seconds):
    """Put the marks of the client's session back in time."""
    session = client.session
    for mark, back in seconds.items():
        session[mark] = time.time() - back
    session.save()


def is_in(client, **headers):
    return client.get(reverse("ops:overview"), headers=headers).status_code != 302


def test_it_ends_after_thirty_minutes_unused(signed_in):
    """29 minutes away: still in. 31: signed out, and the row is gone."""
    age(signed_in, used_at=29 * MINUTE)
    assert is_in(signed_in)
    age(signed_in, used_at=31 * MINUTE)
    assert not is_in(signed_in)
    assert not Session.objects.exists()


def test_it_ends_after_twelve_hours_of_use(signed_in):
    """However busy somebody is."""
    age(signed_in, signed_in_at=12 * HOUR - MINUTE)
    assert is_in(signed_in)
    age(signed_in, signed_in_at=12 * HOUR + 1)
    assert not is_in(signed_in)


def test_using_it_keeps_it_and_polls_do_not(signed_in):
    """The page's own polls are no sign of a person; looking at a page is."""
    age(signed_in, used_at=10 * MINUTE)
    signed_in.get(reverse("ops:overview"), headers={"HX-Request": "true"})
    assert time.time() - signed_in.session["used_at"] > 9 * MINUTE
    signed_in.get(reverse("ops:overview"))
    assert time.time() - signed_in.session["used_at"] < MINUTE


def test_a_session_without_marks_is_nobodys(signed_in):
    """What was not begun by signing in here is refused."""
    session = signed_in.session
    del session["epoch"]
    session.save()
    assert not is_in(signed_in)


def test_its_key_changes_at_sign_in(client, member):
    """A key known before is worth nothing after."""
    member("viewer", "vera")
    client.get(reverse("ops:sign-in"))
    planted = client.session
    planted["planted"] = True
    planted.save()
    client.cookies["ops_session"] = planted.session_key
    fields = {"login": "vera", "username": "vera", "password": PASSWORD}
    client.post(reverse("ops:sign-in"), fields)
    assert client.cookies["ops_session"].value != planted.session_key
    assert not Session.objects.filter(pk=planted.session_key).exists()


def test_signing_out_removes_it_from_the_server(signed_in):
    """A stolen cookie is worth nothing after sign-out."""
    stolen = signed_in.cookies["ops_session"].value
    signed_in.post(reverse("ops:sign-out"))
    signed_in.cookies["ops_session"] = stolen
    assert not is_in(signed_in)


def test_signing_out_everywhere_ends_all_at_the_next_request(member, client_of):
    """Every session of that account, and of no other; new ones work."""
    vera, otto = member("viewer", "vera"), member("viewer", "otto")
    of_vera = [client_of(vera) for _ in range(3)]
    of_otto = client_of(otto)
    call_command("sign-out-everywhere", "vera", stdout=StringIO())
    assert not any(is_in(client) for client in of_vera)
    assert is_in(of_otto)
    vera.refresh_from_db()
    assert is_in(client_of(vera))


def test_signing_out_a_stranger_says_so():
    """A slip of the hand in the command is no silence."""
    with pytest.raises(CommandError, match="no account"):
        call_command("sign-out-everywhere", "nobody")


def test_a_new_password_ends_all_other_sessions(signed_in):
    """Whoever stole the old one is out."""
    signed_in.user.set_password("another long pass phrase")
    signed_in.user.save()
    assert not is_in(signed_in)


def test_what_is_over_is_forgotten(signed_in):
    """Rows do not pile up: those of strangers, who make them at will, go first."""
    stranger = Client()
    stranger.get(
        reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"}
    )
    ends = Session.objects.get(user_id=None).expire_date
    assert ends < timezone.now() + timedelta(minutes=31)
    Session.objects.filter(user_id=None).update(expire_date=timezone.now())
    sessions.forget_ended()
    assert [row.user_id for row in Session.objects.all()] == [signed_in.user.pk]


@pytest.mark.parametrize("change", ["role", "active"])
def test_a_change_of_the_account_holds_at_the_next_request(signed_in, change):
    """Without its role, or deactivated: nothing is shown any more."""
    assert is_in(signed_in)
    if change == "role":
        signed_in.user.groups.clear()
    else:
        type(signed_in.user).objects.update(is_active=False)
    assert signed_in.get(reverse("ops:overview")).status_code in {302, 403}


def test_the_limits_are_the_documented_ones():
    """30 minutes and 12 hours, as docs/security.md says."""
    assert timedelta(minutes=30).total_seconds() == sessions.IDLE
    assert timedelta(hours=12).total_seconds() == sessions.LONGEST

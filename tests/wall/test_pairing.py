"""How a browser becomes a screen, and what does not make it one."""

import math
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from opspanel.access import pairing, screens
from opspanel.models import AuditEvent, Pairing, Screen, ScreenToken

pytestmark = pytest.mark.django_db
WALL, POLL = "/admin/ops/wall", "/admin/ops/wall/board"
FIELDS = {"name": "Lobby", "place": "Berlin", "boards": "2", "days": "30"}


def code_of(client):
    """Of the page that this browser is shown."""
    answer = client.get(WALL)
    assert answer.status_code == 401
    return answer.context["shown"].code


def approves(admin, code, **changes):
    fields = FIELDS | {"code": code} | changes
    return admin.post(reverse("ops:screen-approve"), fields)


@pytest.fixture
def admin(person):
    return person("admin")


def test_a_code_is_forty_bits_without_look_alikes():
    """Neither 0 and O nor 1 and I can be mistaken; eight signs of 32."""
    assert not set("01OI") & set(pairing.ALPHABET)
    signs = len(set(pairing.ALPHABET))
    assert math.log2(signs) * pairing.LENGTH >= 40


def test_the_same_browser_keeps_its_code(client):
    """Reloading and polling show one code; another browser another."""
    code = code_of(client)
    assert code_of(client) == code
    assert client.get(POLL).context["shown"].code == code
    assert code_of(Client()) != code
    assert Pairing.objects.count() == 2


def test_a_code_ends_after_five_minutes(client, admin):
    """Then the browser gets another, and the old one opens nothing."""
    code = code_of(client)
    Pairing.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert approves(admin, code).status_code == 400
    assert code_of(client) != code
    assert Pairing.objects.count() == 1


def test_an_approved_browser_becomes_a_screen(client, admin):
    """It gets a token in a cookie, never in the page; the code then opens nothing."""
    code = code_of(client)
    assert approves(admin, f" {code[:4].lower()}-{code[4:]} ").status_code == 302
    answer = client.get(POLL)
    screen = Screen.objects.get()
    assert answer.status_code == 200
    assert answer["X-Ops-Screen"] == f"{screen.pk}.1"
    token = client.cookies["ops_wall"].value
    assert token not in answer.text
    assert (screen.name, screen.place, screen.boards) == ("Lobby", "Berlin", 2)
    assert approves(admin, code).status_code == 400
    del client.cookies["ops_pairing"]
    assert client.get(WALL).status_code == 200


def test_its_cookies_are_out_of_reach(client, admin, settings):
    """HttpOnly, SameSite=Strict, the whole host; Secure where there is https."""
    settings.HTTPS = True
    approves(admin, code_of(client))
    client.get(POLL)
    for name in ("ops_wall", "ops_pairing"):
        cookie = client.cookies[name]
        assert cookie["httponly"]
        assert cookie["secure"]
        assert (cookie["samesite"], cookie["path"]) == ("Strict", "/")
        assert not cookie["domain"]
    assert client.cookies["ops_wall"]["max-age"] <= 30 * 86_400


def test_the_names_of_cookies_bind_them_to_the_host():
    """With https both begin with __Host-, as the session's does."""
    text = Path("opspanel/settings.py").read_text()
    assert '"__Host-ops_wall" if HTTPS' in text
    assert '"__Host-ops_pairing" if HTTPS' in text


def test_a_lost_answer_is_given_again(client, admin):
    """The browser did not get its token: the same browser may ask again."""
    approves(admin, code_of(client))
    client.get(POLL)
    del client.cookies["ops_wall"]
    assert client.get(POLL).status_code == 200
    assert ScreenToken.objects.count() == 2
    assert Screen.objects.count() == 1


def test_an_approval_within_a_poll_is_not_lost(client, admin):
    """It came after the poll had looked for one: the poll makes no other code, and the
    next one gets the token."""
    code = code_of(client)
    secret, now = client.cookies["ops_pairing"].value, timezone.now()
    assert pairing.redeem(secret, now) is None
    approves(admin, code)
    shown = pairing.ask(secret, "192.0.2.0", now)
    assert (shown.code, shown.secret) == (code, None)
    assert Pairing.objects.count() == 1
    assert client.get(POLL).status_code == 200


def test_a_screen_revoked_at_once_gets_another_code(client, admin):
    """Its approved code brings it no token any more, so it must not wait for one."""
    code = code_of(client)
    approves(admin, code)
    screens.revoke(Screen.objects.get(), timezone.now())
    assert code_of(client) != code


def test_a_code_alone_opens_nothing(client, admin):
    """Who saw the code on the wall and another's approval still has no secret."""
    code = code_of(client)
    approves(admin, code)
    thief = Client()
    thief.cookies["ops_pairing"] = code
    assert thief.get(POLL).status_code == 401


def test_a_head_request_makes_no_code(client):
    """Only a browser that shows a page gets one."""
    assert client.head(WALL).status_code == 401
    assert not Pairing.objects.exists()


def test_a_network_gets_so_many_codes(client):
    """After sixty in a quarter of an hour the wall says so, and shows no form."""
    for _ in range(pairing.OF_NETWORK.most):
        Client().get(WALL)
    answer = client.get(WALL)
    assert answer.context["shown"] is None
    assert "Too many codes" in answer.text


def test_an_admin_has_ten_wrong_guesses(client, admin):
    """Then even the right one is refused for a while; a right one costs none."""
    code = code_of(client)
    for _ in range(pairing.OF_PERSON.most):
        assert approves(admin, "WRNGCDEE").status_code == 400
    assert approves(admin, code).status_code == 400
    assert not Screen.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("days", "91"),
        ("days", "0"),
        ("boards", "3"),
        ("name", ""),
        ("place", "x" * 61),
        ("code", "short"),
    ],
)
def test_bad_input_is_refused(client, admin, field, value):
    """At most 90 days; 1, 2 or 4 boards; a name and a place: or nothing is made."""
    approves_with = {field: value} if field != "code" else {}
    code = value if field == "code" else code_of(client)
    assert approves(admin, code, **approves_with).status_code == 400
    assert not Screen.objects.exists()


def test_what_an_admin_says_is_cleaned(client, admin):
    """A secret or a trick of writing goes neither to the register nor to the trail."""
    approves(admin, code_of(client), name="TV \u202etxt", place="password=hunter2222")
    screen = Screen.objects.get()
    assert screen.name == "TV txt"
    assert "hunter2222" not in screen.place
    row = AuditEvent.objects.get(action="screen.approve")
    assert "hunter2222" not in str(row.metadata)
    assert (row.actor_label, row.target_id) == ("admin", str(screen.pk))


def test_an_expired_code_leaves_no_row_behind(client):
    """Strangers cannot fill the table: the next code removes what is over."""
    for _ in range(5):
        Client().get(WALL)
    Pairing.objects.update(until=timezone.now() - timedelta(minutes=1))
    code_of(client)
    assert Pairing.objects.count() == 1

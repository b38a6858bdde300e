"""Second factors by code: who needs one, what one is worth, how it is guarded."""

import re
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from opspanel.access.attempts import OF_CODES
from opspanel.models import Attempts, AuditEvent
from tests.access import totp
from tests.access.conftest import PASSWORD

# Real transactions: enrolling is announced at their commit.
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
OVERVIEW = "/admin/ops/overview"
ACCOUNT = "/admin/ops/account"


@pytest.fixture(autouse=True)
def required(settings):
    settings.OPSPANEL_MFA_REQUIRED = True


def give_password(client, name):
    fields = {"login": name, "password": PASSWORD}
    return client.post(reverse("ops:sign-in"), fields)


def give_code(client, code):
    return client.post(reverse("mfa_authenticate"), {"code": code})


@pytest.fixture
def enrol(client):
    """Signs in and sets an app up; returns the secret and the recovery codes."""

    def do(name):
        give_password(client, name)
        page = client.get(reverse("mfa_activate_totp"))
        secret = re.search(r'id="secret">(\w+)<', page.text)[1]
        # A code of the step before, so that the next sign-in has an unused one; no
        # longer good where another step begins before it is read.
        totp.await_room(6)
        fields = {"code": totp.code(secret, -1)}
        answer = client.post(reverse("mfa_activate_totp"), fields, follow=True)
        codes = re.findall(r"<li><code>(\d+)</code>", answer.text)
        return secret, codes

    return do


@pytest.mark.parametrize("role", ["on-call", "admin"])
def test_who_may_act_is_led_to_set_one_up(client, member, role, settings):
    """On-call and admin with a password alone get no further than their account."""
    member(role)
    give_password(client, role)
    answer = client.get(OVERVIEW)
    assert answer.status_code == 302
    assert answer["Location"].startswith(ACCOUNT)
    assert "You have no second factor" in client.get(ACCOUNT).text
    poll = client.get(OVERVIEW, headers={"HX-Request": "true"})
    assert (poll.status_code, poll["HX-Redirect"]) == (403, ACCOUNT)
    script = client.get(reverse("ops:overview-json"))
    assert (script.status_code, script.json()["code"]) == (
        403,
        "second_factor_required",
    )
    settings.OPSPANEL_MFA_REQUIRED = False
    assert client.get(OVERVIEW).status_code == 200


def test_who_only_looks_needs_none(client, member):
    """A viewer's password is enough."""
    member("viewer")
    give_password(client, "viewer")
    assert client.get(OVERVIEW).status_code == 200


def test_setting_one_up_opens_the_panel_and_gives_recovery_codes(client, member, enrol):
    """Enrolled: in, with ten codes shown once."""
    member("admin")
    _, codes = enrol("admin")
    assert len(codes) == 10
    assert client.get(OVERVIEW).status_code == 200
    again = client.get(reverse("mfa_view_recovery_codes"))
    assert not any(code in again.text for code in codes)


def test_the_next_sign_in_needs_password_and_code(client, member, enrol):
    """After the password nothing is open yet; after the code the panel is."""
    member("admin")
    secret, _ = enrol("admin")
    client.post(reverse("ops:sign-out"))
    answer = give_password(client, "admin")
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get(OVERVIEW).status_code == 302
    assert give_code(client, "000000").status_code == 200
    assert give_code(client, totp.code(secret)).status_code == 302
    assert client.get(OVERVIEW).status_code == 200


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_a_code_works_once(client, member, enrol, kind):
    """Who looked over the shoulder cannot use it again."""
    member("admin")
    secret, codes = enrol("admin")
    code = totp.code(secret) if kind == "app" else codes[0]
    client.post(reverse("ops:sign-out"))
    give_password(client, "admin")
    assert give_code(client, code).status_code == 302
    client.post(reverse("ops:sign-out"))
    give_password(client, "admin")
    assert give_code(client, code).status_code == 200
    assert client.get(OVERVIEW).status_code == 302


@pytest.mark.parametrize("spelling", ["{0}-{1}", " {0} {1} ", "{0}.{1}", "{0}{1}/"])
def test_a_used_code_stays_used_in_another_spelling(client, member, enrol, spelling):
    """Neither blanks nor marks make a new code of it, in whichever web process."""
    member("admin")
    secret, _ = enrol("admin")
    client.post(reverse("ops:sign-out"))
    give_password(client, "admin")
    code = totp.code(secret)
    give_code(client, code)
    client.post(reverse("ops:sign-out"))
    cache.clear()  # as in another process
    give_password(client, "admin")
    assert give_code(client, spelling.format(code[:3], code[3:])).status_code == 200
    assert client.get(OVERVIEW).status_code == 302


def test_the_code_that_set_an_app_up_is_used(client, member, enrol):
    """Who saw it typed there cannot sign in with it."""
    member("admin")
    totp.await_room(12)  # what enrolled is the step before's until the end
    secret, _ = enrol("admin")
    client.post(reverse("ops:sign-out"))
    give_password(client, "admin")
    assert give_code(client, totp.code(secret, -1)).status_code == 200
    assert client.get(OVERVIEW).status_code == 302


def test_the_first_factor_ends_what_the_password_alone_had_opened(
    client, member, enrol
):
    """A session of somebody who knows the password is out, this one stays in."""
    member("admin")
    stranger = Client()
    give_password(stranger, "admin")
    assert stranger.get(ACCOUNT).status_code == 200
    enrol("admin")
    assert client.get(OVERVIEW).status_code == 200
    assert stranger.get(ACCOUNT).status_code == 302


def test_what_becomes_of_factors_is_in_the_trail(client, member, enrol):
    """Added and removed, with whose it is; no secret."""
    user = member("admin")
    secret, _ = enrol("admin")
    client.post(reverse("mfa_deactivate_totp"))
    rows = AuditEvent.objects.filter(target_type="account", target_id=str(user.pk))
    told = set(rows.values_list("action", "result", "actor_label"))
    assert told >= {
        ("factor.add", "success", "admin"),
        ("factor.remove", "success", "admin"),
        ("account.sign_out_everywhere", "success", "admin"),
    }
    removed = rows.filter(action="factor.remove").order_by("seq")
    assert [row.metadata["old_value"] for row in removed] == ["totp", "recovery_codes"]
    assert secret not in str(list(rows.values()))


def test_a_wrong_code_is_in_the_trail(client, member, enrol):
    """At signing in and at a proof: whose, and why, and that nobody was let in."""
    user = member("admin")
    totp.await_room()  # what enrolled is the step before's until the end
    secret, _ = enrol("admin")
    give_code_again = partial(client.post, reverse("mfa_reauthenticate"))
    give_code_again({"code": "000000"})
    client.post(reverse("ops:sign-out"))
    give_password(client, "admin")
    give_code(client, "000000")
    give_code(client, totp.code(secret, -1))
    rows = AuditEvent.objects.filter(target_id=str(user.pk), result="failure")
    assert [
        (row.action, row.metadata["error_code"]) for row in rows.order_by("seq")
    ] == [
        ("auth.prove", "wrong_code"),
        ("auth.sign_in", "wrong_code"),
        ("auth.sign_in", "used_code"),
    ]


def test_codes_cannot_be_guessed(client, member, enrol):
    """After five wrong ones even the right one is refused, for a quarter of an hour."""
    member("admin")
    secret, _ = enrol("admin")
    client.post(reverse("ops:sign-out"))
    give_password(client, "admin")
    for number in range(OF_CODES.most):
        give_code(client, f"{number:06}")
    refused = give_code(client, totp.code(secret))
    assert "Too many attempts" in refused.text
    Attempts.objects.update(until="2020-01-01T00:00Z")
    assert give_code(client, totp.code(secret)).status_code == 302


def test_the_secret_is_not_readable_in_the_database(client, member, enrol):
    """A copy of the database alone makes no codes."""
    member("admin")
    secret, _ = enrol("admin")
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in stored


def test_removing_the_last_one_closes_the_panel(client, member, enrol):
    """Without a factor the same session is led to set one up again."""
    member("admin")
    enrol("admin")
    assert client.get(OVERVIEW).status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert client.get(OVERVIEW)["Location"].startswith(ACCOUNT)

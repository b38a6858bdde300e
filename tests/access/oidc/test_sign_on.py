"""Signing in at a real identity provider."""

import hashlib
import time

import pytest
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse

from opspanel.access.attempts import WINDOW, Limit
from opspanel.access.oidc import flow
from opspanel.models import Session, User
from tests.access.oidc.conftest import (
    SECRET,
    asked,
    come_back,
    leave,
    reasons,
    rows,
    sign_on,
)

pytestmark = pytest.mark.django_db
OVERVIEW = "/admin/ops/overview"
CALLBACK = "/admin/ops/sign-in/provider/callback"
ROLE = {"ops-viewers": "viewer", "ops-oncall": "on-call", "ops-admins": "admin"}


def roles(user):
    return [group.name for group in user.groups.all()]


@pytest.mark.parametrize("group", ROLE)
def test_a_group_gives_the_role_that_the_settings_say(client, provider, group):
    """The person is in, with that role's permissions, under a plain name."""
    provider.expect("ada-1", [group, "staff"], preferred_username="ada@example.org")
    answer = sign_on(client, provider)
    assert (answer.status_code, answer["Location"]) == (302, OVERVIEW)
    user = User.objects.get()
    assert roles(user) == [ROLE[group]]
    assert user.has_perm("ops.view_overview")
    assert (user.username, user.email) == ("ada", "")
    assert not user.has_usable_password()
    assert client.get(OVERVIEW).status_code == 200


def test_the_account_is_the_issuer_and_the_subject(client, provider):
    """Nothing else of the person is kept, and no token."""
    provider.expect("ada-1", ["ops-viewers"], email="ada@example.org")
    sign_on(client, provider)
    kept = SocialAccount.objects.get()
    assert (kept.provider, kept.uid) == (provider.issuer, "ada-1")
    assert kept.extra_data == {}


def test_the_trail_says_who_gave_what(client, provider):
    """The provider makes the account and gives the role; the person signs in."""
    provider.expect("ada-1", ["ops-oncall"], preferred_username="ada")
    sign_on(client, provider)
    told = [(row.action, row.actor_label, row.result) for row in rows()]
    assert told == [
        ("role.grant", "identity provider", "success"),
        ("account.create", "identity provider", "success"),
        ("auth.sign_in", "ada", "success"),
    ]


def test_the_second_time_it_is_the_same_account(client, provider):
    """Also when the person has another name and another address by then."""
    provider.expect("ada-1", ["ops-viewers"], preferred_username="ada")
    sign_on(client, provider)
    client.post(reverse("ops:sign-out"))
    provider.expect("ada-1", ["ops-viewers"], preferred_username="ada.king")
    sign_on(client, provider)
    assert User.objects.get().username == "ada"


def test_the_panel_asks_as_it_should(client, provider):
    """Code flow, PKCE by S256, a state and a nonce that cannot be guessed."""
    there = asked(leave(client))
    assert there["response_type"] == "code"
    assert there["code_challenge_method"] == "S256"
    assert len(there["code_challenge"]) == len(there["state"]) == len(there["nonce"])
    assert len(there["nonce"]) == 43
    assert "prompt" not in there
    again = asked(leave(client))
    for secret in ("state", "nonce", "code_challenge"):
        assert there[secret] != again[secret]


def test_the_session_changes_its_key_and_leads_back(client, provider):
    """Who knew the key before the sign-in knows nothing after it."""
    provider.expect("ada-1", ["ops-viewers"])
    there = leave(client, next="/admin/ops/trace?trace_id=abcdefgh")
    before = client.session.session_key
    answer = come_back(client, provider.visit(there))
    assert answer["Location"] == "/admin/ops/trace?trace_id=abcdefgh"
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_it_leads_to_no_other_site(client, provider):
    """A crafted link cannot send a person away after the sign-in."""
    provider.expect("ada-1", ["ops-viewers"])
    answer = sign_on(client, provider, next="https://evil.example/")
    assert answer["Location"] == OVERVIEW


def test_a_group_that_is_gone_takes_the_role_along(client, provider):
    """At the next sign-in, with a row for what came and what went."""
    provider.expect("ada-1", ["ops-admins", "ops-viewers"])
    sign_on(client, provider)
    client.post(reverse("ops:sign-out"))
    provider.expect("ada-1", ["ops-viewers"])
    sign_on(client, provider)
    assert roles(User.objects.get()) == ["viewer"]
    taken = rows().get(action="role.revoke")
    assert taken.actor_label == "identity provider"
    assert taken.metadata == {"old_value": "admin"}


def test_without_any_mapped_group_all_is_taken_and_nobody_is_in(client, provider):
    """The roles go although the sign-in is refused: other sessions lose them, too."""
    provider.expect("ada-1", ["ops-admins"])
    sign_on(client, provider)
    client.post(reverse("ops:sign-out"))
    provider.expect("ada-1", [])
    answer = sign_on(client, provider)
    assert answer.status_code == 403
    assert "Your groups there give you no role here." in answer.text
    assert User.objects.get().get_all_permissions() == set()
    assert client.get(OVERVIEW).status_code == 302
    assert reasons() == ["no_role"]


@pytest.mark.parametrize("groups", [[], ["staff"], ["admin"], ["ops-admins "]])
def test_an_unknown_group_gives_nothing(client, provider, groups):
    """Not even one that is called like a role: no account is made."""
    provider.expect("eve-1", groups)
    assert sign_on(client, provider).status_code == 403
    assert not User.objects.exists()


def test_a_role_given_by_hand_goes_at_the_next_sign_in(client, provider, member):
    """The provider's word is the only one for its accounts; others keep theirs."""
    member("admin", "local")
    provider.expect("ada-1", ["ops-viewers"], preferred_username="ada")
    sign_on(client, provider)
    ada = User.objects.get(username="ada")
    ada.groups.set(User.objects.get(username="local").groups.all())
    client.post(reverse("ops:sign-out"))
    sign_on(client, provider)
    assert roles(User.objects.get(username="ada")) == ["viewer"]
    assert roles(User.objects.get(username="local")) == ["admin"]


def test_a_deactivated_account_stays_out(client, provider):
    """Whatever the provider says, and it keeps the roles it had."""
    provider.expect("ada-1", ["ops-viewers"])
    sign_on(client, provider)
    client.post(reverse("ops:sign-out"))
    User.objects.update(is_active=False)
    provider.expect("ada-1", ["ops-admins"])
    answer = sign_on(client, provider)
    assert (answer.status_code, reasons()) == (403, ["account_inactive"])
    assert "This account is switched off." in answer.text
    assert roles(User.objects.get()) == ["viewer"]
    assert rows().last().target_id == str(User.objects.get().pk)


def test_the_same_name_and_address_join_no_local_account(client, provider, member):
    """A local account with that name and address stays another person's."""
    local = member("admin", "ada")
    User.objects.update(email="ada@example.org")
    provider.expect(
        "eve-1",
        ["ops-viewers"],
        email="ada@example.org",
        email_verified=True,
        preferred_username="ada",
    )
    sign_on(client, provider)
    other = User.objects.exclude(pk=local.pk).get()
    mark = hashlib.sha256(f"{provider.issuer}\neve-1".encode()).hexdigest()[:8]
    assert other.username == f"ada-{mark}"
    assert roles(other) == ["viewer"]
    assert roles(local) == ["admin"]


@pytest.mark.parametrize("name", ["", "<b>x</b>", "a b", "x" * 80, "\u202eadmin"])
def test_a_name_that_is_no_plain_word_is_not_taken(client, provider, name):
    """The account gets a name of the panel's own making."""
    provider.expect("ada-1", ["ops-viewers"], preferred_username=name)
    sign_on(client, provider)
    assert User.objects.get().username.startswith("person-")


def test_a_code_works_once(client, provider):
    """A replayed code in a sign-in of one's own: the provider refuses, so do we."""
    provider.expect("ada-1", ["ops-viewers"])
    back = provider.visit(leave(client))
    come_back(client, back)
    client.post(reverse("ops:sign-out"))
    state = asked(leave(client))["state"]
    code = asked(back)["code"]
    answer = client.get(CALLBACK, {"code": code, "state": state})
    assert (answer.status_code, reasons()) == (403, ["provider_refused"])
    assert client.get(OVERVIEW).status_code == 302


def test_a_state_works_once(client, provider):
    """The same answer brought again is refused without asking the provider."""
    provider.expect("ada-1", ["ops-viewers"])
    back = provider.visit(leave(client))
    come_back(client, back)
    client.post(reverse("ops:sign-out"))
    answer = come_back(client, back)
    assert (answer.status_code, reasons()) == (403, ["state_unknown"])
    assert "This sign-in was used already" in answer.text


def test_a_state_belongs_to_its_browser(client, stranger, provider):
    """Nobody can be signed in with another one's answer."""
    provider.expect("eve-1", ["ops-viewers"])
    back = provider.visit(leave(client))
    assert come_back(stranger, back).status_code == 403
    assert stranger.get(OVERVIEW).status_code == 302
    assert reasons() == ["state_unknown"]


def test_a_state_is_good_for_ten_minutes(client, provider):
    """A sign-in that was left open is begun anew."""
    provider.expect("ada-1", ["ops-viewers"])
    back = provider.visit(leave(client))
    session = client.session
    states = session["socialaccount_states"]
    for name, (state, _, where) in states.items():
        states[name] = (state, time.time() - 601, where)
    session.save()
    come_back(client, back)
    assert reasons() == ["state_unknown"]


def test_a_code_without_its_verifier_is_worth_nothing(client, provider):
    """Who caught a code on its way cannot use it in a sign-in of their own."""
    provider.expect("ada-1", ["ops-viewers"])
    back = provider.visit(leave(client))
    session = client.session
    for state, _, _ in session["socialaccount_states"].values():
        state["code_verifier"] = "x" * 64
    session.save()
    come_back(client, back)
    assert reasons() == ["provider_refused"]


def test_a_provider_that_says_no_is_told_as_such(client, provider):
    """Its own words are neither on the page nor in the trail."""
    state = asked(leave(client))["state"]
    said = {"error": "access_denied", "error_description": "<b>go away</b>"}
    answer = client.get(CALLBACK, {"state": state, **said})
    assert answer.status_code == 403
    assert "The identity provider did not sign you in." in answer.text
    assert "go away" not in answer.text
    assert reasons() == ["provider_refused"]


def test_an_answer_of_another_issuer_is_refused(client, provider):
    """The address that leads back names the issuer; it must be ours."""
    provider.expect("ada-1", ["ops-viewers"])
    back = provider.visit(leave(client))
    found = asked(back)
    assert found["iss"] == provider.issuer
    client.get(CALLBACK, {**found, "iss": "https://evil.example"})
    assert reasons() == ["token_issuer"]


def test_a_wrong_secret_is_told_to_whoever_runs_the_panel(client, provider, settings):
    """The panel's own credentials are wrong, not the person's."""
    provider.expect("ada-1", ["ops-viewers"])
    settings.OPSPANEL_OIDC_CLIENT_SECRET = "another"
    answer = sign_on(client, provider)
    assert reasons() == ["client_refused"]
    assert SECRET not in answer.text


def test_it_is_limited_by_address(client, provider):
    """After fifty ways there and back neither the provider nor the trail is bothered."""
    for _ in range(50):
        client.get(CALLBACK, {"state": "x", "code": "x"})
    assert len(reasons()) == 50
    answer = client.post(reverse("ops:sign-on"))
    assert (answer.status_code, len(reasons())) == (429, 50)


def test_a_sign_in_that_works_uses_nothing_up(client, provider, monkeypatch):
    """An office behind one address can sign in all day."""
    monkeypatch.setattr(flow, "OF_SIGN_ON", Limit("sign-on", 2, WINDOW))
    provider.expect("ada-1", ["ops-viewers"])
    for _ in range(3):
        sign_on(client, provider)
        client.post(reverse("ops:sign-out"))
    assert reasons() == []

"""Second factors and proofs anew of people whom the provider signs in."""

import re
import time

import pytest
from django.urls import reverse

from opspanel.models import User
from tests.access import totp
from tests.access.oidc.conftest import (
    asked,
    come_back,
    leave,
    reasons,
    sign_on,
)

pytestmark = pytest.mark.django_db
# Enrolling is announced at the commit.
real_transactions = pytest.mark.django_db(transaction=True, serialized_rollback=True)
OVERVIEW = "/admin/ops/overview"
ACCOUNT = "/admin/ops/account"
PROVE = "/admin/ops/account/prove"


@pytest.fixture(autouse=True)
def required(settings):
    settings.OPSPANEL_MFA_REQUIRED = True
    settings.OPSPANEL_OIDC_MFA_ACR = ["urn:mfa"]
    settings.OPSPANEL_OIDC_MFA_AMR = ["hwk"]


@pytest.mark.parametrize("said", [{"acr": "urn:mfa"}, {"amr": ["pwd", "hwk"]}])
def test_a_factor_that_the_provider_asserts_is_enough(client, provider, said):
    """By one of the configured words; the panel asks for no code of its own."""
    provider.expect("ada-1", ["ops-admins"], **said)
    sign_on(client, provider)
    assert client.get(OVERVIEW).status_code == 200


@pytest.mark.parametrize(
    "said", [{}, {"acr": "urn:password"}, {"amr": ["pwd"]}, {"amr": ["urn:mfa"]}]
)
def test_without_it_the_panel_wants_its_own(client, provider, said):
    """On-call and admin get no further than their account."""
    provider.expect("ada-1", ["ops-oncall"], **said)
    sign_on(client, provider)
    assert client.get(OVERVIEW)["Location"].startswith(ACCOUNT)


def test_the_words_that_are_not_configured_count_for_nothing(
    client, provider, settings
):
    """Without a list, no provider can assert a factor."""
    settings.OPSPANEL_OIDC_MFA_ACR = settings.OPSPANEL_OIDC_MFA_AMR = []
    provider.expect("ada-1", ["ops-oncall"], acr="urn:mfa", amr=["hwk"])
    sign_on(client, provider)
    assert client.get(OVERVIEW)["Location"].startswith(ACCOUNT)


def test_who_only_looks_needs_none(client, provider):
    """A viewer is in."""
    provider.expect("ada-1", ["ops-viewers"])
    sign_on(client, provider)
    assert client.get(OVERVIEW).status_code == 200


def test_the_provider_is_asked_for_a_second_factor(client, provider):
    """Else it would not know that one is wanted."""
    assert asked(leave(client))["acr_values"] == "urn:mfa"


@pytest.fixture
def enrolled(client, provider):
    """An admin of the provider with an authenticator app here: its secret."""
    provider.expect("ada-1", ["ops-admins"])
    sign_on(client, provider)
    page = client.get(reverse("mfa_activate_totp"))
    secret = re.search(r'id="secret">(\w+)<', page.text)[1]
    totp.await_room(6)  # a code of the step before is good within this one only
    fields = {"code": totp.code(secret, -1)}
    client.post(reverse("mfa_activate_totp"), fields)
    client.post(reverse("ops:sign-out"))
    return secret


@real_transactions
def test_a_factor_of_the_panel_is_asked_for_after_the_provider(
    client, provider, enrolled
):
    """Nothing is open until the code is right; then the way leads on."""
    answer = sign_on(client, provider, next="/admin/ops/audit")
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get(OVERVIEW).status_code == 302
    fields = {"code": totp.code(enrolled)}
    answer = client.post(reverse("mfa_authenticate"), fields)
    assert answer["Location"] == "/admin/ops/audit"
    assert client.get(OVERVIEW).status_code == 200


@real_transactions
def test_it_is_not_asked_for_when_the_provider_asserts_one(client, provider, enrolled):
    """Two factors were shown there."""
    provider.expect("ada-1", ["ops-admins"], acr="urn:mfa")
    assert sign_on(client, provider)["Location"] == OVERVIEW
    assert client.get(OVERVIEW).status_code == 200


def give_proof(client, liar, there, **said):
    """Back from a provider that says this."""
    liar.gives(liar.claims(asked(there)["nonce"], **said))
    answer = {"state": asked(there)["state"], "code": "c"}
    return client.get(reverse("ops:sign-on-callback"), answer)


def make_stale(client):
    session = client.session
    session["proved_at"] = session["signed_in_at"] = time.time() - 16 * 60
    session["account_authentication_methods"] = []
    session.save()


@pytest.fixture
def stale(client, provider):
    """An admin whom the provider asked 16 minutes ago."""
    provider.expect("ada-1", ["ops-admins"], acr="urn:mfa")
    sign_on(client, provider)
    make_stale(client)
    return client


def begin_proof(client, **fields):
    return client.post(reverse("ops:prove-sign-on"), fields)["Location"]


def test_a_proof_right_at_the_provider_is_fresh_here(client, provider):
    """Nothing is asked twice."""
    provider.expect("ada-1", ["ops-viewers"])
    sign_on(client, provider)
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_a_session_at_the_provider_is_no_fresh_proof(client, liar):
    """Signed in there an hour ago: in, but not for dangerous acts."""
    an_hour_ago = int(time.time()) - 3600
    give_proof(client, liar, leave(client), auth_time=an_hour_ago)
    assert client.get(OVERVIEW).status_code == 200
    assert client.get(reverse("mfa_activate_totp"))["Location"].startswith(PROVE)


@pytest.mark.parametrize(
    "auth_time", [None, "now", True, 10**400, -1, -(10**400), 1e999, float("nan")]
)
def test_a_time_that_is_none_is_no_proof(client, liar, auth_time):
    """Nor is one of the future a proof for longer than one of now."""
    give_proof(client, liar, leave(client), auth_time=auth_time)
    assert client.session["proved_at"] <= time.time()
    fresh = client.get(reverse("mfa_activate_totp")).status_code == 200
    assert fresh == (auth_time in (10**400, 1e999))


def test_the_page_leads_to_the_provider(stale):
    """There is no password to ask for."""
    page = stale.get(PROVE, {"next": "/admin/ops/account/totp"})
    assert reverse("ops:prove-sign-on") in page.text
    assert 'value="/admin/ops/account/totp"' in page.text
    assert "Sign in with Example ID" in page.text
    assert 'type="password"' not in page.text


def test_signing_in_anew_there_proves_it_here(stale, provider):
    """The provider is told to ask anew, and the way leads back."""
    assert stale.get(reverse("mfa_activate_totp")).status_code == 302
    there = begin_proof(stale, next="/admin/ops/account/totp")
    assert (asked(there)["prompt"], asked(there)["max_age"]) == ("login", "0")
    before = stale.session.session_key
    answer = come_back(stale, provider.visit(there))
    assert answer["Location"] == "/admin/ops/account/totp"
    assert stale.get(reverse("mfa_activate_totp")).status_code == 200
    assert stale.session.session_key != before
    assert stale.get(OVERVIEW).status_code == 200


def test_somebody_else_proves_nothing(stale, provider):
    """Another person of the provider is not this account."""
    provider.expect("eve-1", ["ops-admins"], acr="urn:mfa")
    answer = come_back(stale, provider.visit(begin_proof(stale)))
    assert (answer.status_code, reasons()) == (403, ["other_person"])
    assert stale.get(reverse("mfa_activate_totp")).status_code == 302
    assert not User.objects.filter(username__contains="eve").exists()


def test_a_provider_that_does_not_ask_anew_proves_nothing(client, liar):
    """It was told to; the time of its last asking says that it did not."""
    give_proof(client, liar, leave(client))
    make_stale(client)
    there = begin_proof(client)
    answer = give_proof(client, liar, there, auth_time=int(time.time()) - 60)
    assert (answer.status_code, reasons()) == (403, ["not_anew"])
    assert "did not ask you anew" in answer.text
    assert client.get(reverse("mfa_activate_totp")).status_code == 302


def test_a_group_that_is_gone_ends_the_session_at_the_proof(stale, provider):
    """The provider's newest word holds at once."""
    provider.expect("ada-1", [])
    answer = come_back(stale, provider.visit(begin_proof(stale)))
    assert (answer.status_code, reasons()) == (403, ["no_role"])
    assert stale.get(OVERVIEW)["Location"].startswith(reverse("ops:sign-in"))
    assert User.objects.get().get_all_permissions() == set()


def test_a_proof_needs_a_session(client, provider):
    """Strangers are asked to sign in."""
    answer = client.post(reverse("ops:prove-sign-on"))
    assert answer["Location"].startswith(reverse("ops:sign-in"))


@real_transactions
def test_an_app_of_the_panel_proves_it_too(client, provider, enrolled):
    """The other way is offered beside the provider's."""
    provider.expect("ada-1", ["ops-admins"], acr="urn:mfa")
    sign_on(client, provider)
    make_stale(client)
    assert reverse("mfa_reauthenticate") in client.get(PROVE).text
    fields = {"code": totp.code(enrolled), "next": "/admin/ops/account"}
    assert PROVE in client.get(reverse("mfa_reauthenticate")).text
    client.post(reverse("mfa_reauthenticate"), fields)
    assert client.get(reverse("ops:sign-in")).status_code == 302
    assert client.get(reverse("mfa_deactivate_totp")).status_code == 200

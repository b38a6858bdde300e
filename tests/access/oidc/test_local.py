"""The panel's own passwords and passkeys beside, or instead of, a provider."""

from pathlib import Path

import pytest
from django.urls import reverse

from opspanel.access.local import may_sign_in_here
from opspanel.access.oidc.refusal import SENTENCES, Reason
from opspanel.models import User
from tests.access.conftest import PASSWORD
from tests.access.oidc.conftest import reasons, sign_on

pytestmark = pytest.mark.django_db
SIGN_IN = "/admin/ops/sign-in"
WRONG = "This name and password do not open an account."


def give_password(client, name):
    return client.post(SIGN_IN, {"login": name, "password": PASSWORD})


@pytest.fixture
def closed(settings, provider):
    """Only the provider and one local account open the panel."""
    settings.OPSPANEL_LOCAL_SIGN_IN = False
    settings.OPSPANEL_BREAK_GLASS_ACCOUNT = "glass"


def test_without_a_provider_nothing_is_offered(client):
    """No button, and its addresses lead nowhere."""
    assert "sign-in/provider" not in client.get(SIGN_IN).text
    assert client.post(reverse("ops:sign-on")).status_code == 404
    assert client.get(reverse("ops:sign-on-callback")).status_code == 404


def test_with_one_it_is_offered_beside_the_form(client, provider):
    """By its name, and the browser's policy lets the form lead to its origin alone."""
    page = client.get(SIGN_IN, {"next": "/admin/ops/trace"})
    assert "Sign in with Example ID" in page.text
    assert page.text.count('name="next" value="/admin/ops/trace"') == 3
    policy = page["Content-Security-Policy"]
    assert f"form-action 'self' {provider.issuer};" in policy
    assert "<details" not in page.text


def test_a_local_account_signs_in_beside_it(client, provider, member):
    """A provider closes nothing by itself."""
    member("viewer", "vera")
    assert give_password(client, "vera").status_code == 302


def test_closed_for_all_but_the_break_glass_account(client, closed, member, hashes):
    """Told like a wrong password, after the same one hash."""
    member("viewer", "vera")
    member("admin", "glass")
    hashes()
    for name in ("vera", "nobody"):
        page = give_password(client, name)
        assert (page.status_code, hashes()) == (200, 1)
        assert WRONG in page.text
    assert "<details open>" in page.text
    assert reasons() == ["refused", "unknown_account"]
    assert give_password(client, "glass").status_code == 302


def test_the_page_says_which_account_is_left(client, closed):
    """The form is folded away under its name."""
    page = client.get(SIGN_IN).text
    assert "<summary>Break-glass account</summary>" in page
    assert "Sign in with Example ID" in page


def test_a_passkey_is_held_to_the_same_rule(closed, member):
    """What opens an account here is asked of the account, not of the credential."""
    assert not may_sign_in_here(member("viewer", "vera"))
    assert may_sign_in_here(member("admin", "glass"))


def test_an_account_of_the_provider_has_no_other_door(client, provider):
    """Neither a password set in a shell nor a passkey gets past the provider."""
    provider.expect("ada-1", ["ops-admins"], preferred_username="ada")
    sign_on(client, provider)
    ada = User.objects.get()
    ada.set_password(PASSWORD)
    ada.save()
    client.post(reverse("ops:sign-out"))
    assert WRONG in give_password(client, "ada").text
    assert not may_sign_in_here(ada)


def test_an_account_of_the_provider_cannot_set_a_password(client, provider):
    """It would be a second door."""
    provider.expect("ada-1", ["ops-viewers"])
    sign_on(client, provider)
    assert client.get(reverse("ops:password")).status_code == 403
    fields = {"new_password1": PASSWORD * 2, "new_password2": PASSWORD * 2}
    assert client.post(reverse("ops:password"), fields).status_code == 403
    assert not User.objects.get().has_usable_password()


def test_signed_in_is_signed_in(client, provider, member):
    """The button does not lead away who is in already."""
    client.force_login(member("viewer"))
    answer = client.post(reverse("ops:sign-on"))
    assert answer["Location"] == reverse("ops:overview")


def test_every_reason_has_its_sentence():
    """In our own words, and its code in the handbook."""
    assert set(SENTENCES) == set(Reason)
    handbook = Path("docs/security.md").read_text()
    assert all(f"`{reason.value}`" in handbook for reason in Reason)

"""The way in: where it leads, and what it does with nonsense."""

import pytest
from django.urls import NoReverseMatch, reverse

from opspanel.models import User
from tests.access.conftest import PASSWORD

pytestmark = pytest.mark.django_db
SIGN_IN = "/admin/ops/sign-in"
GARBLED = (
    *("", "nonsense", "[]", "7", "null", "{}", '"x"', '{"response": []}', '{"id": {}}'),
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
)


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/admin/ops/trace?trace_id=abcdefgh", "/admin/ops/trace?trace_id=abcdefgh"),
        ("https://evil.example/", "/admin/ops/overview"),
        ("//evil.example/", "/admin/ops/overview"),
        ("javascript:alert(1)", "/admin/ops/overview"),
        ("", "/admin/ops/overview"),
    ],
)
def test_it_leads_back_but_never_away(client, member, wanted, led_to):
    """To the page that was asked for, if it is one of ours."""
    member("viewer", "vera")
    fields = {"login": "vera", "password": PASSWORD, "next": wanted}
    assert client.post(SIGN_IN, fields)["Location"] == led_to


def test_a_page_asked_for_is_kept_in_the_form(client):
    """Through the form, the way back is not lost."""
    page = client.get(SIGN_IN, {"next": "/admin/ops/trace"})
    assert 'name="next" value="/admin/ops/trace"' in page.text


def test_a_deactivated_account_is_told_what_a_stranger_is(client, member):
    """The right password of an account that is switched off opens and tells nothing."""
    member("viewer", "vera")
    User.objects.update(is_active=False)
    page = client.post(SIGN_IN, {"login": "vera", "password": PASSWORD})
    assert page.status_code == 200
    assert "This name and password do not open an account." in page.text


@pytest.mark.parametrize(
    "credential",
    GARBLED,
)
def test_a_garbled_passkey_cannot_be_added(client, member, credential):
    """The form comes back."""
    client.force_login(member("viewer"))
    client.get(reverse("mfa_add_webauthn"))
    page = client.post(reverse("mfa_add_webauthn"), {"credential": credential})
    assert page.status_code == 200
    assert "This passkey could not be added." in page.text


@pytest.mark.parametrize("credential", GARBLED)
def test_a_garbled_passkey_is_refused_calmly(client, credential):
    """No error page, no sign-in."""
    client.get(
        reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"}
    )
    page = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert page.status_code == 200
    assert "This passkey does not open an account." in page.text


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password"])
def test_there_is_no_sign_up_and_no_reset_by_mail(name):
    """Accounts are made by those who run the panel."""
    with pytest.raises(NoReverseMatch):
        reverse(name)

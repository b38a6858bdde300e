"""Who may see the overview, and what the others are told."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from opspanel.access import tokens
from opspanel.models import AccessToken, Session, User

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def overview():
    return reverse("ops:overview")


def test_it_sends_a_stranger_to_sign_in_and_back(client, overview):
    """A stranger lands on the sign-in page, which knows where to return to."""
    response = client.get(overview)
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('ops:sign-in')}?next={overview}"


def test_a_signed_out_poll_gets_no_page_to_swap_in(client, overview):
    """A poll after sign-out is refused in a way that htmx turns into a redirect."""
    response = client.get(overview, headers=HTMX)
    assert response.status_code == 401
    assert response["HX-Redirect"] == reverse("ops:sign-in")


@pytest.mark.parametrize("role", ["viewer", "on-call", "admin"])
def test_each_role_sees_the_overview(client, overview, member, role):
    """All three roles may look."""
    client.force_login(member(role))
    assert client.get(overview).status_code == 200


def test_someone_without_a_role_is_told_whom_to_ask(client, overview, member):
    """Signed in without the permission: a page that names whom to ask, no figures."""
    client.force_login(member(None))
    response = client.get(overview)
    assert response.status_code == 403
    assert "the platform operations team" in response.text
    assert "PROVISIONING" not in response.text


def test_being_staff_or_in_a_group_of_another_name_opens_nothing(
    client, overview, member
):
    """Only the permission counts."""
    user = member(None)
    user.is_staff = True
    user.save()
    user.groups.add(Group.objects.create(name="ops"))
    client.force_login(user)
    assert client.get(overview).status_code == 403


def test_a_deactivated_account_is_out_at_once(client, overview, member):
    """A live session of a deactivated person shows nothing any more."""
    user = member("viewer")
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(overview).status_code == 302


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_other_methods_are_refused(client, overview, member, method):
    """Reading is all that the overview can do."""
    client.force_login(member("admin"))
    assert getattr(client, method)(overview).status_code == 405


@pytest.fixture
def overview_json():
    return reverse("ops:overview-json")


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_a_script_without_credentials_gets_the_error_envelope(client, overview_json):
    """No session and no token: 401 with code, message and correlation id."""
    response = client.get(overview_json)
    assert response.status_code == 401
    body = response.json()
    assert body["code"] == "token_missing"
    assert body["correlation_id"] == response["X-Correlation-ID"]


def test_a_token_opens_the_json_and_nothing_else(client, overview_json, overview):
    """A read token serves scripts; it is no way into the pages."""
    token = tokens.issue("status-bot", tokens.READ_OVERVIEW, timedelta(days=1))
    assert client.get(overview_json, headers=bearer(token)).status_code in {200, 503}
    assert client.get(overview, headers=bearer(token)).status_code == 302


def test_only_the_digest_of_a_token_is_stored():
    """Who reads the table cannot use what is in it."""
    token = tokens.issue("status-bot", tokens.READ_OVERVIEW, timedelta(days=1))
    row = AccessToken.objects.values().get()
    assert token not in str(row)


@pytest.mark.parametrize("end", ["revoked", "expired", "other_scope", "garbled"])
def test_a_dead_token_is_refused(client, overview_json, end):
    """Revoked, expired, made for something else, or wrong: 401, whoever is signed in."""
    token = tokens.issue("status-bot", tokens.READ_OVERVIEW, timedelta(days=1))
    if end == "revoked":
        tokens.revoke("status-bot")
    elif end == "expired":
        AccessToken.objects.update(expires_at=timezone.now())
    elif end == "other_scope":
        AccessToken.objects.update(scope="something.else")
    else:
        token += "x"
    response = client.get(overview_json, headers=bearer(token))
    assert response.status_code == 401
    assert response.json()["code"] == "token_invalid"


def test_a_bad_token_is_refused_even_with_a_good_session(client, overview_json, member):
    """A wrong credential is never saved by another one beside it."""
    client.force_login(member("viewer"))
    response = client.get(overview_json, headers=bearer("wrong"))
    assert response.status_code == 401


def test_a_reader_costs_one_statement(
    client, overview, member, django_assert_num_queries
):
    """The session with its account and its permissions, whatever the role."""
    client.force_login(member("on-call"))
    client.get(overview)
    with django_assert_num_queries(1):
        assert client.get(overview).status_code == 200


def test_the_signed_text_says_whose_session_it_is(client, overview, member):
    """A row that was given another's account opens what its own account may see."""
    reader, powerless = member("viewer"), member()
    for own, other, status in ((reader, powerless, 200), (powerless, reader, 403)):
        client.force_login(own)
        Session.objects.filter(pk=client.session.session_key).update(user_id=other.pk)
        assert client.get(overview).status_code == status


def test_a_permission_given_past_the_roles_opens_nothing(client, overview, member):
    """Roles are the only way to a permission, so that a list of roles tells all."""
    user = member(None)
    user.user_permissions.add(Permission.objects.get(codename="view_overview"))
    client.force_login(user)
    assert client.get(overview).status_code == 403

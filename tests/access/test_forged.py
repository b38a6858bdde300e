"""What is sent in somebody's name, or with a token that was made for something else."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from opspanel.access import tokens
from opspanel.models import AuditEvent, User
from tests.access.cells import arguments, routes, writes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_snapshots")]
FOR_MACHINES = {
    name: route.callback.guarded_by.removeprefix("token: ")
    for name, route in routes().items()
    if route.callback.guarded_by.startswith("token: ")
}


def address_of(name):
    return reverse(name, args=arguments(name))


@pytest.fixture
def admin():
    user = User.objects.create_user("ada", password="a long pass phrase")
    user.groups.add(Group.objects.get(name="admin"))
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(user)
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


def test_no_form_is_taken_without_its_token(admin):
    """A POST in an admin's session that another site made is refused by every route, and
    changes nothing; what a machine sends has no session, and a report has no power."""
    others = set(routes()) - set(FOR_MACHINES) - {"csp-report"}
    taken = {}
    for name in others:
        with writes() as written:
            answer = admin.post(address_of(name), {"next": "/"})
        if answer.status_code not in {403, 405} or written:
            taken[name] = answer.status_code, written
    assert taken == {}
    assert len(others) > 50


@pytest.mark.parametrize("name", FOR_MACHINES)
def test_a_session_is_no_token(admin, name):
    """An admin's cookies open nothing that is for machines."""
    for method in ("get", "post"):
        assert getattr(admin, method)(address_of(name)).status_code in {401, 405}


@pytest.mark.parametrize("name", FOR_MACHINES)
def test_a_token_opens_what_it_was_made_for_and_nothing_else(client, name):
    """Each other scope is refused at each such route, with one denial in the trail."""
    for scope in tokens.SCOPES:
        token = tokens.issue(scope, scope, timedelta(hours=1))
        before = AuditEvent.objects.latest("seq").seq
        headers = {"Authorization": f"Bearer {token}"}
        asked = [
            client.generic(method, address_of(name), headers=headers).status_code
            for method in ("GET", "POST")
        ]
        denied = AuditEvent.objects.filter(seq__gt=before, action="authz.deny").count()
        is_its_own = scope == FOR_MACHINES[name]
        assert (sorted(asked) == [401, 405], denied) == (not is_its_own, not is_its_own)


@pytest.mark.parametrize(
    "said",
    ["Bearer", "Bearer ", "Basic YTpi", "Bearer \xff\xfe", "Bearer a b", "x" * 9000],
)
def test_nonsense_is_no_token(client, said):
    """A calm no, whatever it looks like."""
    for name in FOR_MACHINES:
        for method in ("GET", "POST"):
            answer = client.generic(
                method, address_of(name), headers={"Authorization": said}
            )
            assert answer.status_code in {401, 405}

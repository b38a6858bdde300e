"""What stands around the live part is kept for all who may do the same, and tells nobody
what is another's."""

import re

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from opspanel.models import User

pytestmark = pytest.mark.usefixtures("no_snapshots")

OVERVIEW = "/admin/ops/overview"
OWN = re.compile(
    r'(?:nonce|name="client_key" value|csrfmiddlewaretoken" value)="(.+?)"'
)


def signed_in(name, role, **options):
    """The client of a person who has that role from the beginning."""
    user, made = User.objects.get_or_create(username=name)
    if made:
        user.groups.add(Group.objects.get(name=role))
    client = Client(**options)
    client.force_login(user)
    return client


def page_of(name, role):
    return signed_in(name, role).get(OVERVIEW).content.decode()


def test_each_reads_their_own_name():
    """Also where it is mark-up."""
    ada, zoe = page_of("ada", "viewer"), page_of("<i>zoe</i>", "viewer")
    assert ">ada</a>" in ada
    assert "zoe" not in ada
    assert ">&lt;i&gt;zoe&lt;/i&gt;</a>" in zoe
    assert "ada<" not in zoe


def test_no_two_answers_share_a_nonce_a_token_or_a_key():
    """Not even to the same reader."""
    answers = [set(OWN.findall(page_of("olga", "on-call"))) for _ in range(3)]
    assert all(len(own) == 3 for own in answers)  # a nonce, a token and a key
    assert len(set.union(*answers)) == 9


def test_the_nonce_is_the_one_that_the_policy_lets_run():
    response = signed_in("ada", "on-call").get(OVERVIEW)
    nonces = set(re.findall(r'nonce="(.+?)"', response.content.decode()))
    (nonce,) = nonces
    assert f"'nonce-{nonce}'" in response["Content-Security-Policy"]


def test_a_form_of_a_kept_frame_is_accepted():
    """Its token belongs to the cookie of the answer that brought it."""
    for _ in range(2):
        client = signed_in("ada", "viewer", enforce_csrf_checks=True)
        page = client.get(OVERVIEW).content.decode()
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1]
        form = {"csrfmiddlewaretoken": token}
        assert client.post("/admin/ops/sign-out", form).status_code == 302


def test_what_may_be_done_is_not_shared():
    """Each set of permissions has a frame of its own, in whatever order they ask."""
    for _ in range(2):
        assert "declare-open" not in page_of("vera", "viewer")
        assert "declare-open" in page_of("olga", "on-call")
        assert 'href="/admin/ops/audit"' in page_of("rut", "admin")


def test_a_role_taken_away_changes_the_next_page():
    page_of("olga", "on-call")
    User.objects.get(username="olga").groups.clear()
    User.objects.get(username="olga").groups.add(Group.objects.get(name="viewer"))
    assert "declare-open" not in page_of("olga", "on-call")


def test_a_page_asks_for_its_reader_in_one_statement():
    """The session, and the account with what it may do."""
    client = signed_in("ada", "viewer")
    client.get(OVERVIEW)
    with CaptureQueriesContext(connection) as statements:
        client.get(OVERVIEW)
    asked = [each["sql"] for each in statements if "ops_incident" not in each["sql"]]
    assert len(asked) == 1, asked

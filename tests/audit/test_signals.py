"""Signing in and out, and every change of what somebody may do, is in the trail."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from opspanel.access import tokens
from opspanel.models import AuditEvent, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera():
    return User.objects.create_user("vera", password="a long pass phrase")


@pytest.fixture
def since():
    """The rows that a test has caused, oldest first, as the columns it asks for."""
    last = AuditEvent.objects.order_by("-seq").first()
    begin = last.seq if last else 0

    def rows(*columns):
        found = AuditEvent.objects.filter(seq__gt=begin).order_by("seq")
        return list(found.values_list(*columns))

    return rows


def test_signing_in_and_out_is_written_down(client, vera, since):
    """Who, on which account, from where."""
    client.force_login(vera)
    client.logout()
    found = since("action", "result", "actor_label", "target_id")
    assert found == [
        ("auth.sign_in", "success", "vera", str(vera.pk)),
        ("auth.sign_out", "success", "vera", str(vera.pk)),
    ]


def test_a_wrong_password_is_a_failed_sign_in(client, vera, since):
    """The account is named, the actor is not known, the password is nowhere."""
    client.login(username="vera", password="hunter2-hunter2")
    found = since("action", "result", "actor_label", "target_id", "metadata")
    refused = {"error_code": "refused"}
    assert found == [("auth.sign_in", "failure", "anonymous", str(vera.pk), refused)]


def test_a_password_typed_into_the_name_is_not_kept(client, since):
    """What is no account's name is not written down at all."""
    client.login(username="hunter2-hunter2", password="x")
    assert since("target_id", "metadata") == [("", {"error_code": "unknown_account"})]
    assert "hunter2" not in str(AuditEvent.objects.order_by("-seq").values().first())


def test_roles_given_and_taken_are_written_down(vera, since):
    """One row each, whichever way the code goes about it."""
    admin, viewer = Group.objects.get(name="admin"), Group.objects.get(name="viewer")
    vera.groups.add(admin)
    vera.groups.add(admin)  # has it: nothing happens
    vera.groups.remove(admin)
    viewer.user_set.add(vera)
    vera.groups.set([admin])
    vera.groups.clear()
    admin.user_set.add(vera)
    admin.user_set.clear()
    assert set(since("target_type", "target_id")) == {("account", str(vera.pk))}
    assert since("action", "metadata") == [
        ("role.grant", {"new_value": "admin"}),
        ("role.revoke", {"old_value": "admin"}),
        ("role.grant", {"new_value": "viewer"}),
        ("role.revoke", {"old_value": "viewer"}),
        ("role.grant", {"new_value": "admin"}),
        ("role.revoke", {"old_value": "admin"}),
        ("role.grant", {"new_value": "admin"}),
        ("role.revoke", {"old_value": "admin"}),
    ]


def test_permissions_of_people_and_roles_are_written_down(vera, since):
    """Also what is given past the roles, and what a role itself gains."""
    permission = Permission.objects.get(codename="view_audit")
    viewer = Group.objects.get(name="viewer")
    vera.user_permissions.add(permission)
    viewer.permissions.add(permission)
    viewer.permissions.remove(permission)
    named = "ops.view_audit"
    assert since("action", "target_type", "target_id", "metadata") == [
        ("permission.grant", "account", str(vera.pk), {"new_value": named}),
        ("permission.grant", "role", "viewer", {"new_value": named}),
        ("permission.revoke", "role", "viewer", {"old_value": named}),
    ]


def test_a_deleted_account_or_role_leaves_a_row(vera, since):
    """Both take permissions away, and no other signal would tell."""
    key = str(vera.pk)
    vera.delete()
    Group.objects.get(name="viewer").delete()
    assert since("action", "target_id") == [
        ("account.delete", key),
        ("role.delete", "viewer"),
    ]


def test_tokens_made_and_ended_are_written_down(since):
    """Once each, and never the token."""
    token = tokens.issue("status-bot", tokens.READ_OVERVIEW, timedelta(days=1))
    tokens.revoke("status-bot")
    tokens.revoke("status-bot")
    found = since("action", "actor_label")
    assert found == [
        ("access.token_made", "system"),
        ("access.token_revoked", "system"),
    ]
    assert token not in str(since("metadata", "target_id"))


def test_a_refused_token_is_a_denial(client, since):
    """The address that tried it is in the row, the token is not."""
    bearer = {"Authorization": "Bearer wrong-wrong-wrong"}
    client.get(reverse("ops:overview-json"), headers=bearer, REMOTE_ADDR="192.0.2.7")
    assert since("action", "result", "actor_ip", "target_id") == [
        ("authz.deny", "denied", "192.0.2.7", "ops:overview-json")
    ]
    assert "wrong-wrong" not in str(since("metadata"))


def test_a_stranger_who_shows_nothing_fills_nothing(client, since):
    """Asking to sign in is no row: the trail cannot be filled from outside."""
    client.get(reverse("ops:overview"))
    client.get(reverse("ops:overview-json"))
    assert since("action") == []

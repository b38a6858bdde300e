"""An act is written with its change or not at all, whole and by nobody else's hand."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test import RequestFactory

from opspanel.access import tokens
from opspanel.audit import (
    Actor,
    AuditBusyError,
    NoTransactionError,
    Result,
    Target,
    record,
    record_apart,
    record_denial,
)
from opspanel.audit.store import own_transaction
from opspanel.models import AccessToken, AuditEvent, User
from tests.audit.conftest import connect
from tests.servers import own_name

NODE = Target("node", "n1")


def test_it_keeps_who_what_and_from_where(db):
    """Each column of the platform's audit row is there, and the name snapshot."""
    vera = User.objects.create_user("vera")
    agent = {"user-agent": "Firefox\u202e\n140"}
    request = RequestFactory().post("/", headers=agent, REMOTE_ADDR="2001:db8::7")
    record(
        "node.drain",
        NODE,
        actor=Actor.of(vera, request),
        result=Result.FAILURE,
        metadata={"reason": "disk", "new_value": 3},
    )
    row = AuditEvent.objects.latest("seq")
    assert (row.actor_user_id, row.actor_label) == (vera.pk, "vera")
    assert (row.action, row.target_type, row.target_id) == ("node.drain", "node", "n1")
    assert (row.result, row.actor_role) == ("failure", "none")
    assert row.metadata == {"reason": "disk", "new_value": 3}
    assert (row.actor_ip, row.user_agent) == ("2001:db8::7", "Firefox 140")


def test_the_row_outlives_the_account(db):
    """Deleting a person leaves what they did, under their name."""
    vera = User.objects.create_user("vera")
    record("node.drain", NODE, actor=Actor.of(vera, None))
    seq = AuditEvent.objects.latest("seq").seq
    vera.delete()
    assert AuditEvent.objects.get(seq=seq).actor_label == "vera"


def test_a_rollback_takes_the_row_with_the_change(db):
    """What did not happen is not in the trail, and its number is given again."""
    record("node.drain", NODE)
    first = AuditEvent.objects.latest("seq").seq
    with transaction.atomic():
        record("node.drain", NODE)
        transaction.set_rollback(True)
    record("node.drain", NODE)
    assert AuditEvent.objects.latest("seq").seq == first + 1


def test_it_refuses_to_write_outside_of_the_changes_transaction():
    """A caller that forgot the transaction finds out at once."""
    with pytest.raises(NoTransactionError):
        record("node.drain", NODE)


def test_a_denial_stays_when_the_request_is_rolled_back(db):
    """A refusal inside of a transaction is written apart from it."""
    name = own_name("route")
    with apart_from_the_test(), transaction.atomic():
        record_denial(Target("route", name))
        transaction.set_rollback(True)
    with connect() as outside:
        query = "SELECT action, result FROM ops_auditevent WHERE target_id = %s"
        assert outside.execute(query, [name]).fetchall() == [("authz.deny", "denied")]


@contextmanager
def apart_from_the_test():
    """Django overlooks a test's own transaction. Here it counts."""
    block = connection.atomic_blocks[-1]
    block._from_testcase = False
    yield
    block._from_testcase = True


def test_a_busy_trail_fails_the_act_within_seconds(db):
    """Who cannot write it down is told so, and may try again."""
    with connect() as holder, holder.transaction():
        holder.execute("SELECT * FROM ops_audithead FOR UPDATE")
        with pytest.raises(AuditBusyError):
            tokens.issue("x", tokens.READ_OVERVIEW, timedelta(days=1))
    assert not AccessToken.objects.exists()


def test_a_denial_stands_also_when_the_trail_is_busy(db, caplog):
    """A refusal is not undone by a stuck trail: the log tells of it."""
    with connect() as holder, holder.transaction():
        holder.execute("SELECT * FROM ops_audithead FOR UPDATE")
        record_apart("authz.deny", NODE, result=Result.DENIED)
    assert "could not be written down" in caplog.text


def test_its_own_transaction_is_the_present_connection_where_there_is_none_around(db):
    """Only a refusal inside of a transaction costs a connection."""
    with own_transaction() as using:
        assert using is connection


@pytest.mark.parametrize(
    ("forwarded", "trusted", "kept"),
    [
        ("6.6.6.6, 203.0.113.9", True, "203.0.113.9"),
        ("203.0.113.9", False, "10.0.0.1"),
        ("not an address", True, None),
        ("fe80::1%eth0", True, "fe80::1"),
    ],
)
def test_the_address_is_what_the_trusted_proxy_says(settings, forwarded, trusted, kept):
    """A sender cannot choose the address that the trail shows."""
    settings.SECURE_PROXY_SSL_HEADER = ("X", "https") if trusted else None
    request = RequestFactory().get(
        "/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR="10.0.0.1"
    )
    assert Actor.of(AnonymousUser(), request).ip == kept

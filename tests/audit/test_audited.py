"""An act is written down together with its COMMIT, and holds the trail no longer."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from opspanel.audit import (
    AuditBusyError,
    AuditRefusedError,
    Target,
    audited,
    record,
)
from opspanel.audit.chain import verify
from opspanel.models import AuditEvent, User
from tests.audit.conftest import connect
from tests.servers import own_name

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def node():
    return Target("node", own_name("n"))


def made_and_told(action, node):
    """A change, and its row of the trail."""
    with audited():
        User.objects.create_user("vera")
        record(action, node)


def rows(node):
    return AuditEvent.objects.filter(target_id=node.id).count()


def test_nobody_waits_while_the_block_runs(node):
    """Another act goes through, though this one has been recorded already."""

    def another():
        try:
            with audited():
                record("node.drain", node)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, audited():
        record("node.drain", node)
        pool.submit(another).result(10)
        assert rows(node) == 1
    assert rows(node) == 2
    assert verify([]).whole


def test_what_fails_leaves_no_row_behind(node):
    """Neither now, nor with the next transaction of the same connection."""

    def fail():
        with audited():
            record("node.drain", node)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with audited():
        User.objects.create_user("vera")
    assert rows(node) == 0


def test_of_a_part_that_was_undone_there_is_no_row(node):
    """A savepoint takes its rows with it, and the others stay."""
    with audited():
        record("node.drain", node)
        with transaction.atomic():
            record("node.drain", node)
            transaction.set_rollback(True)
        with transaction.atomic():
            record("node.drain", node)
    assert rows(node) == 2
    assert verify([]).whole


def test_a_busy_trail_undoes_the_change(node):
    """It is told by its own name, and the connection is good for the next try."""
    with connect() as holder, holder.transaction():
        holder.execute("SELECT * FROM ops_audithead FOR UPDATE")
        with pytest.raises(AuditBusyError):
            made_and_told("node.drain", node)
    assert not User.objects.filter(username="vera").exists()
    with audited():
        record("node.drain", node)
    assert rows(node) == 1


def test_a_refused_row_undoes_the_change_and_quotes_nothing(node):
    """No exception on the way holds what Postgres said of the row."""
    with pytest.raises(AuditRefusedError) as caught:
        made_and_told("Not.AnAction", node)
    told, chain = [], caught.value
    while chain is not None:
        told.append(str(chain))
        chain = chain.__context__
    assert node.id not in " ".join(told)
    assert not User.objects.filter(username="vera").exists()


def test_a_broken_reference_is_no_fault_of_the_trail(node):
    """It is found before the trail is held, and keeps its own name."""

    def break_it():
        with audited(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO ops_incidentservice VALUES ('api', 'down', -1)")
            record("node.drain", node)

    with pytest.raises(IntegrityError, match="foreign key"):
        break_it()
    assert rows(node) == 0

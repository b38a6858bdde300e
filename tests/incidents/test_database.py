"""What Postgres itself refuses, whoever asks."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from opspanel.incidents import note
from opspanel.models import Incident, IncidentEvent
from opspanel.terms import IncidentStatus as Status


def refused(statement, why="check constraint|too long"):
    with (
        pytest.raises(DatabaseError, match=why),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    "columns",
    [
        "status = 'closed'",
        "status = 'acknowledged'",
        "severity = 0",
        "severity = 5",
        "title = '   '",
        "title = repeat('x', 201)",
        "summary = repeat('x', 4001)",
        "status = 'resolved'",
        "resolved_at = now()",
        "status = 'mitigated'",
        "mitigated_at = now()",
        "status = 'void'",
        "closure_reason = 'test'",
        "status = 'void', closure_reason = 'boredom'",
        "status = 'void', closure_reason = 'duplicate'",
        "status = 'void', closure_reason = 'test', merged_into_id = id",
        "status = 'void', closure_reason = 'duplicate', merged_into_id = id",
        "status = 'resolved', resolved_at = started_at - interval '1 s'",
        "status = 'mitigated', mitigated_at = started_at - interval '1 s'",
    ],
)
def test_an_incident_that_contradicts_itself_is_refused(made, columns):
    """Each rule of the model is a constraint, too."""
    made()
    refused(f"UPDATE ops_incident SET {columns}")  # noqa: S608 - ours


@pytest.mark.parametrize(
    "columns",
    [
        "id = id + 1",
        "client_key = gen_random_uuid()",
        "declared_by_label = 'nobody'",
        "origin = 'api'",
        "version = version - 1",
    ],
)
def test_some_of_an_incident_is_fixed(made, columns):
    """When and by whom it was declared is nobody's to change."""
    made()
    refused(f"UPDATE ops_incident SET {columns}", "fixed|goes back")  # noqa: S608


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ops_incidentevent SET body = 'other' WHERE type = 'note'",
        "UPDATE ops_incidentevent SET body = '' WHERE type = 'note'",
        "UPDATE ops_incidentevent SET occurred_at = now()",
        "UPDATE ops_incidentevent SET actor_label = 'ben'",
        "DELETE FROM ops_incidentevent",
        "DELETE FROM ops_incident",
        "TRUNCATE ops_incidentevent CASCADE",
        "TRUNCATE ops_incident CASCADE",
    ],
)
@pytest.mark.parametrize("replica", [False, True])
def test_a_timeline_only_grows(made, by, statement, replica):
    """Also for the owner, and for a session that plays replica."""
    note(made().pk, "Looking", by())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("ops_incident", "ops_incidentevent"):
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER keep_all")
        if replica:
            cursor.execute("SET LOCAL session_replication_role = replica")
    refused(statement, "only grows|nothing of an incident is removed")


def test_numbers_of_events_do_not_repeat(made):
    """Two events of one incident never have the same place."""
    event = made().events.get()
    event.pk, event.client_key = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save(force_insert=True)


def test_a_problem_is_open_once(made):
    """The database itself holds the key unique while it is open, and frees it then."""
    made(Status.RESOLVED, dedup_key="k")
    one = made(dedup_key="k")
    other = made()
    taken = Incident.objects.filter(pk=other.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        taken.update(dedup_key=one.dedup_key)
    moved = one.started_at + timedelta(seconds=1)
    Incident.objects.filter(pk=one.pk).update(
        status="resolved", resolved_at=moved, mitigated_at=moved
    )
    assert taken.update(dedup_key=one.dedup_key) == 1
    assert IncidentEvent.objects.count() == 4

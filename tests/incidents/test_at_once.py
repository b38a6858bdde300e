"""Many people at once, each over a connection of their own."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from opspanel.audit.chain import verify
from opspanel.incidents import (
    ConflictError,
    Draft,
    DuplicateOpenError,
    IncidentError,
    Move,
    Submission,
    acknowledge,
    change,
    declare,
    move,
    note,
)
from opspanel.models import AuditEvent, Incident, IncidentEvent, IncidentMessage
from opspanel.terms import IncidentStatus as Status

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def script(name, client_key=None):
    return Submission.script(name, client_key or uuid4())


def at_once(*acts):
    """What each act returned or raised; all begin together."""
    start = Barrier(len(acts))

    def run(act):
        start.wait(30)
        try:
            return act()
        except IncidentError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def declared(**draft):
    return declare(Draft(title="Checkout fails", **draft), script("first")).id


def numbers(incident_id):
    events = IncidentEvent.objects.filter(incident=incident_id).order_by("seq")
    return list(events.values_list("seq", flat=True))


def test_eight_writers_lose_nothing():
    """Notes, changes and acknowledgements of eight people: every one that was accepted
    is there, numbered without gap, each with its audit row and its message."""
    number, before = declared(), AuditEvent.objects.count()

    def life(name):
        def act():
            done = 0
            for step in range(6):
                done += note(number, f"{name} {step}", script(name)).changed
            done += change(
                number, {f"service.{name}": "down"}, script(name), seen=1
            ).changed
            return done + acknowledge(number, script(name)).changed

        return act

    names = ["api", "web", "billing-worker", "webhook-worker", "outbox-relay"]
    names += ["node-agent", "prometheus", "provisioning-worker"]
    told = at_once(*map(life, names))
    incident = Incident.objects.get(pk=number)
    assert sum(told) == 8 * 7 + 1
    assert numbers(number) == list(range(1, incident.version + 1))
    assert incident.version == 1 + sum(told)
    assert IncidentMessage.objects.filter(event__incident=number).count() == 58
    assert AuditEvent.objects.count() - before == sum(told)
    assert incident.services.count() == 8
    assert verify([]).whole


def test_of_two_who_change_the_same_field_one_is_asked():
    """Whoever comes second sees the other's value; the timeline holds one change."""
    number = declared()
    told = at_once(
        lambda: change(number, {"severity": 1}, script("ana"), seen=1),
        lambda: change(number, {"severity": 2}, script("ben"), seen=1),
    )
    (clash,) = next(one for one in told if isinstance(one, ConflictError)).clashes
    assert (clash.theirs, clash.yours) in {(1, 2), (2, 1)}
    assert Incident.objects.get(pk=number).severity == clash.theirs
    assert numbers(number) == [1, 2]


def test_two_who_change_different_fields_both_get_their_way():
    """Neither waits for a person, and neither is overwritten."""
    number = declared()
    told = at_once(
        lambda: change(number, {"severity": 1}, script("ana"), seen=1),
        lambda: change(number, {"title": "Pay fails"}, script("ben"), seen=1),
    )
    incident = Incident.objects.get(pk=number)
    assert [one.changed for one in told] == [True, True]
    assert (incident.severity, incident.title) == (1, "Pay fails")


def test_one_key_sent_eight_times_at_once_records_once():
    """A browser that retries while the first try still runs."""
    key = uuid4()
    told = at_once(*[lambda: declare(Draft(title="T"), script("x", key))] * 8)
    assert len({one.id for one in told}) == 1
    assert Counter(one.replayed for one in told) == {True: 7, False: 1}
    other = uuid4()
    noted = at_once(*[lambda: note(told[0].id, "N", script("x", other))] * 8)
    assert Counter(one.replayed for one in noted) == {True: 7, False: 1}
    assert numbers(told[0].id) == [1, 2]


def test_one_problem_declared_eight_times_at_once_is_open_once():
    """Seven are led to the one that is open."""
    draft = Draft(title="T", dedup_key="am:checkout")
    told = at_once(*[lambda: declare(draft, script("x"))] * 8)
    refused = [one for one in told if isinstance(one, DuplicateOpenError)]
    assert (len(refused), Incident.objects.count()) == (7, 1)
    assert {one.incident_id for one in refused} == {Incident.objects.get().pk}


def test_two_merges_the_other_way_round_do_not_hang():
    """One wins; the other is told that what it wanted to keep is void."""
    one, other = declared(), declared()

    def merge(gone, kept):
        away = Move(to=Status.VOID, closure_reason="duplicate", merged_into=kept)
        return lambda: move(gone, away, script("x"))

    told = at_once(merge(one, other), merge(other, one))
    assert sum(isinstance(result, IncidentError) for result in told) == 1
    assert Incident.objects.filter(status="void").count() == 1


def test_resolve_and_void_at_once_leave_one_of_both():
    """Each button expected the incident open; one person is told of the other."""
    number = declared()
    resolve = Move(to=Status.RESOLVED, expected=Status.OPEN)
    void = Move(to=Status.VOID, closure_reason="test", expected=Status.OPEN)
    told = at_once(
        lambda: move(number, resolve, script("ana")),
        lambda: move(number, void, script("ben")),
    )
    assert sum(isinstance(one, IncidentError) for one in told) == 1
    assert numbers(number) == [1, 2]

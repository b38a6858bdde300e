"""What may be done to an incident, from every status, and what it asks for."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from opspanel.incidents import (
    Draft,
    InvalidError,
    Move,
    MovedOnError,
    NotAllowedError,
    TooOldError,
    TransitionRefusedError,
    acknowledge,
    change,
    declare,
    move,
    note,
)
from opspanel.models import Incident, IncidentEvent
from opspanel.terms import IncidentStatus as Status

NOTE = "It came back after the deploy"
# Written by hand, and not from the code's own table.
OUTCOMES = {
    (Status.OPEN, Status.OPEN): "same",
    (Status.OPEN, Status.MITIGATED): "free",
    (Status.OPEN, Status.RESOLVED): "free",
    (Status.OPEN, Status.VOID): "reason",
    (Status.MITIGATED, Status.OPEN): "note",
    (Status.MITIGATED, Status.MITIGATED): "same",
    (Status.MITIGATED, Status.RESOLVED): "free",
    (Status.MITIGATED, Status.VOID): "reason",
    (Status.RESOLVED, Status.OPEN): "note",
    (Status.RESOLVED, Status.MITIGATED): "never",
    (Status.RESOLVED, Status.RESOLVED): "same",
    (Status.RESOLVED, Status.VOID): "reason of an admin",
    (Status.VOID, Status.OPEN): "note",
    (Status.VOID, Status.MITIGATED): "never",
    (Status.VOID, Status.RESOLVED): "never",
    (Status.VOID, Status.VOID): "same",
}
GIVEN = {
    "nothing": {},
    "note": {"note": NOTE},
    "reason": {"closure_reason": "false_alarm"},
}
ENOUGH = {
    "free": {
        ("nothing", "on-call"),
        ("nothing", "admin"),
        ("note", "on-call"),
        ("note", "admin"),
    },
    "note": {("note", "on-call"), ("note", "admin")},
    "reason": {("reason", "on-call"), ("reason", "admin")},
    "reason of an admin": {("reason", "admin")},
    "never": set(),
}


def stored():
    rows = Incident.objects.order_by("pk").values()
    return list(rows), IncidentEvent.objects.count()


@pytest.mark.parametrize(("here", "there"), list(product(Status, Status)))
def test_every_change_of_status_is_as_the_table_says(made, by, here, there):
    """Each pair of statuses, with nothing, a note or a reason, by both roles."""
    outcome = OUTCOMES[here, there]
    for given, role in product(GIVEN, ("on-call", "admin")):
        incident = made(here)
        before = stored()
        wanted = Move(to=there, **GIVEN[given])
        if outcome == "same" or (given, role) in ENOUGH[outcome]:
            told = move(incident.pk, wanted, by(role, role))
            assert (told.status, told.changed) == (there, outcome != "same")
            assert (stored() == before) == (outcome == "same")
        else:
            refusals = (InvalidError, NotAllowedError, TransitionRefusedError)
            with pytest.raises(refusals):
                move(incident.pk, wanted, by(role, role))
            assert stored() == before


@pytest.mark.parametrize("here", list(Status))
def test_every_other_act_is_possible_where_the_table_says(made, by, here):
    """A note always; acknowledging while it is not over; changing unless it is void."""
    acts = {
        "note": lambda number: note(number, NOTE, by()),
        "acknowledge": lambda number: acknowledge(number, by()),
        "change": lambda number: change(number, {"severity": 1}, by(), seen=99),
    }
    possible = {
        Status.OPEN: {"note", "acknowledge", "change"},
        Status.MITIGATED: {"note", "acknowledge", "change"},
        Status.RESOLVED: {"note", "change"},
        Status.VOID: {"note"},
    }[here]
    for name, act in acts.items():
        incident = made(here)
        if name in possible:
            assert act(incident.pk).changed
        else:
            with pytest.raises(TransitionRefusedError) as refused:
                act(incident.pk)
            assert refused.value.status == here
            assert name not in {one.name.lower() for one in refused.value.acts}


def test_resolving_sets_the_mitigation_that_nobody_recorded(made, by):
    """The shortcut leaves no gap in the times; a mitigation that is known stays."""
    now = timezone.now()
    straight, known = made(started_at=now - timedelta(hours=1)), made()
    move(straight.pk, Move(to=Status.RESOLVED, at=now - timedelta(minutes=5)), by())
    straight.refresh_from_db()
    assert straight.mitigated_at == straight.resolved_at == now - timedelta(minutes=5)
    move(known.pk, Move(to=Status.MITIGATED), by(now=now + timedelta(minutes=1)))
    move(known.pk, Move(to=Status.RESOLVED), by(now=now + timedelta(minutes=2)))
    known.refresh_from_db()
    assert known.resolved_at - known.mitigated_at == timedelta(minutes=1)


def test_reopening_clears_the_end_and_keeps_it_in_the_timeline(made, by):
    """Durations of an open incident never count; what was so can still be read."""
    incident = made(Status.RESOLVED)
    ended = incident.resolved_at
    move(incident.pk, Move(to=Status.OPEN, note=NOTE), by("ben"))
    incident.refresh_from_db()
    assert (incident.resolved_at, incident.mitigated_at) == (None, None)
    event = incident.events.get(type="reopened")
    assert event.changes["resolved_at"] == [ended.isoformat(), None]
    assert (event.body, event.actor_label) == (NOTE, "ben")


@pytest.mark.parametrize(("days", "possible"), [(7, True), (7.001, False)])
def test_what_was_resolved_long_ago_recurs_instead(made, by, days, possible):
    """After seven days a new incident is declared, which names the old one."""
    incident = made(Status.RESOLVED)
    later = by(now=incident.resolved_at + timedelta(days=days))
    if possible:
        assert move(incident.pk, Move(to=Status.OPEN, note=NOTE), later).changed
        return
    with pytest.raises(TooOldError) as refused:
        move(incident.pk, Move(to=Status.OPEN, note=NOTE), later)
    again = declare(Draft(title="Again", recurs=refused.value.recurs), by())
    assert Incident.objects.get(pk=again.id).recurs == incident


def test_a_button_says_what_it_expected(made, by):
    """Who pressed resolve on what was voided meanwhile is told by whom; who wanted what
    is so already is not bothered."""
    incident = made()
    move(incident.pk, Move(to=Status.VOID, closure_reason="test"), by("ben"))
    resolve = Move(to=Status.RESOLVED, expected=Status.OPEN)
    with pytest.raises(MovedOnError) as told:
        move(incident.pk, resolve, by())
    assert (told.value.status, told.value.by) == (Status.VOID, "ben")
    void = Move(to=Status.VOID, closure_reason="test", expected=Status.OPEN)
    assert not move(incident.pk, void, by()).changed


def test_an_acknowledgement_after_the_end_does_not_open_it_again(made, by):
    """Two people act at once: the late acknowledgement is told, and changes nothing."""
    incident = made(Status.RESOLVED)
    with pytest.raises(TransitionRefusedError):
        acknowledge(incident.pk, by())
    incident.refresh_from_db()
    assert (incident.status, incident.acknowledged_at) == ("resolved", None)


def test_the_first_acknowledgement_stays(made, by):
    """A second person who acknowledges changes nothing, whoever owns it."""
    incident = made(owner=None)
    assert acknowledge(incident.pk, by("ben")).changed
    assert not acknowledge(incident.pk, by("ana")).changed
    incident.refresh_from_db()
    assert incident.owner_label == "ben"
    assert incident.events.filter(type="acknowledged").count() == 1


def test_a_duplicate_leads_to_the_one_that_stays(made, by):
    """Both tell of the merge, and the old link keeps working."""
    kept, gone = made(title="Checkout fails"), made(title="Payments fail")
    away = Move(to=Status.VOID, closure_reason="duplicate", merged_into=kept.pk)
    move(gone.pk, away, by())
    gone.refresh_from_db()
    assert gone.merged_into == kept
    assert gone.events.get(type="merged").changes["merged_into_id"] == [None, kept.pk]
    assert kept.events.get(type="linked").changes == {"duplicate": [None, gone.ref]}


@pytest.mark.parametrize("merged_into", ["itself", "a void one", "nothing", "no such"])
def test_a_duplicate_needs_one_that_stays(made, by, merged_into):
    """Not itself, not one that is void, and one that exists."""
    incident, void = made(), made(Status.VOID)
    numbers = {"itself": incident.pk, "a void one": void.pk, "no such": 2**62}
    before = stored()
    away = Move(
        to=Status.VOID,
        closure_reason="duplicate",
        merged_into=numbers.get(merged_into),
    )
    with pytest.raises(InvalidError) as told:
        move(incident.pk, away, by())
    assert list(told.value.messages) == ["merged_into"]
    assert stored() == before

"""What was recorded wrongly is set right, and both can be read afterwards."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from opspanel.audit.listing import Filter
from opspanel.incidents import (
    ConflictError,
    InvalidError,
    Move,
    TransitionRefusedError,
    UnfinishedError,
    UnknownIncidentError,
    change,
    correct_time,
    listing,
    move,
    note,
    redact,
)
from opspanel.incidents.amending import TIMES
from opspanel.models import IncidentEvent
from opspanel.terms import IncidentStatus as Status

NOW = timezone.now()
HOUR = timedelta(hours=1)
REASON = "The graph shows it"
WORDS = "Customer Zyzzyva called"


@pytest.mark.parametrize("name", TIMES)
def test_every_time_can_be_corrected(made, by, name):
    """The column holds the new value, the timeline both, and the trail both."""
    incident = made(Status.RESOLVED, started_at=NOW - 3 * HOUR)
    if name == "acknowledged_at":
        incident = made(started_at=NOW - 3 * HOUR)
        incident.acknowledged_at = NOW
        incident.save()
    old, new = getattr(incident, name), NOW - 2 * HOUR
    told = correct_time(incident.pk, (name, new), REASON, by("ben"), seen=2)
    incident.refresh_from_db()
    assert (getattr(incident, name), told.version) == (new, incident.version)
    event = incident.events.get(type="times")
    pair = [old.isoformat() if old else None, new.isoformat()]
    assert (event.changes, event.body) == ({name: pair}, REASON)
    (row,) = Filter({"action": "incident.correct_time"}).rows()
    assert [row.metadata["old_value"], row.metadata["new_value"]] == pair
    assert REASON not in str(row.metadata)


def test_a_correction_says_what_it_corrects(made, by):
    """It leads back to the event that set the wrong time."""
    incident = made(Status.RESOLVED, started_at=NOW - 3 * HOUR)
    correct_time(incident.pk, ("resolved_at", NOW - HOUR), REASON, by(), seen=2)
    timeline = listing.whole(incident.pk, NOW).timeline
    assert next(event for event in timeline if event.type == "times").amends == 2


@pytest.mark.parametrize(
    ("wanted", "reason", "field"),
    [
        (("owner", NOW), REASON, "time"),
        (("started_at", NOW + 99 * HOUR), REASON, "value"),
        (("started_at", NOW - HOUR), "short", "reason"),
        (("mitigated_at", NOW - 9 * HOUR), REASON, "value"),
        (("acknowledged_at", NOW), REASON, "time"),
        (("started_at", NOW), REASON, "value"),
    ],
)
def test_a_time_that_cannot_be_is_told(made, by, wanted, reason, field):
    """Unknown, in the future, before the start, not yet happened, or without reason."""
    incident = made(
        started_at=NOW - 3 * HOUR, mitigated_at=NOW - HOUR, resolved_at=NOW - HOUR
    )
    with pytest.raises(InvalidError) as told:
        correct_time(incident.pk, wanted, reason, by(), seen=1)
    assert list(told.value.messages) == [field]
    assert incident.events.count() == 1


def test_two_corrections_of_one_time_conflict(made, by):
    """The second person is shown what the first one wrote."""
    incident = made(started_at=NOW - 3 * HOUR)
    correct_time(incident.pk, ("started_at", NOW - HOUR), REASON, by("ana"), seen=1)
    with pytest.raises(ConflictError) as told:
        correct_time(incident.pk, ("started_at", NOW - 2 * HOUR), REASON, by(), seen=1)
    (clash,) = told.value.clashes
    assert (clash.theirs, clash.by) == ((NOW - HOUR).isoformat(), "ana")


def test_a_void_incident_is_left_as_it_is(made, by):
    """Its times are corrected after it was undone."""
    incident = made(Status.VOID)
    with pytest.raises(TransitionRefusedError):
        correct_time(incident.pk, ("started_at", NOW - HOUR), REASON, by(), seen=2)


def test_redacted_words_are_gone_and_provable(made, by):
    """No row holds the words; length and hash do, with who, when and why."""
    incident = made()
    note(incident.pk, WORDS, by())
    assert redact(incident.pk, 2, "It names a customer", by("ben")).changed
    assert "Zyzzyva" not in str(list(IncidentEvent.objects.values()))
    gone, proof = listing.whole(incident.pk, NOW).timeline[-2:]
    assert (gone.body, gone.redacted, gone.actor) == ("", True, "ana")
    assert (proof.amends, proof.actor, proof.body) == (2, "ben", "It names a customer")
    told = {one.field: one.old for one in proof.changes}
    digest = hashlib.sha256(WORDS.encode()).hexdigest()
    assert told == {"length": len(WORDS), "digest": f"sha256:{digest}"}
    assert not redact(incident.pk, 2, "It names a customer", by()).changed


def test_words_that_a_change_replaced_can_go_too(made, by):
    """First the title is changed, then the lines that hold the old one."""
    incident = made(title=WORDS)
    change(incident.pk, {"title": "Checkout fails", "severity": 1}, by(), seen=1)
    for seq in (1, 2):
        redact(incident.pk, seq, "It names a customer", by())
    incident.refresh_from_db()
    stored = str(list(IncidentEvent.objects.values())) + str(vars(incident))
    assert "Zyzzyva" not in stored
    assert incident.events.get(seq=3).changes == {"severity": [3, 1]}


def test_a_redaction_cannot_be_redacted(made, by):
    """The proof stays."""
    incident = made()
    note(incident.pk, WORDS, by())
    redact(incident.pk, 2, "It names a customer", by())
    assert not redact(incident.pk, 3, "To hide the reason", by()).changed


@pytest.mark.parametrize("seq", [9, 0])
def test_only_what_is_there_is_redacted(made, by, seq):
    """A foreign number leads nowhere."""
    with pytest.raises(UnknownIncidentError):
        redact(made().pk, seq, "It names a customer", by())


def test_an_open_todo_blocks_the_end_until_it_is_settled(made, by):
    """What was promised in a note is asked for before it is forgotten."""
    incident = made()
    note(incident.pk, "TODO tell the customers", by())
    resolve = Move(to=Status.RESOLVED)
    with pytest.raises(UnfinishedError) as told:
        move(incident.pk, resolve, by())
    assert [finding.code for finding in told.value.findings] == ["open_todos"]
    note(incident.pk, "Told them", by(), settles=2)
    assert move(incident.pk, resolve, by()).changed


def test_it_can_be_resolved_all_the_same_with_a_reason(made, by):
    """The reason stands in the timeline, and that there was one in the trail."""
    incident = made()
    note(incident.pk, "TODO tell the customers", by())
    reason = "Support does it tomorrow"
    with pytest.raises(InvalidError):
        move(incident.pk, Move(to=Status.RESOLVED, override="because"), by())
    move(incident.pk, Move(to=Status.RESOLVED, note="Done", override=reason), by())
    assert incident.events.get(type="status").body == f"Done\n\n{reason}"
    (row,) = Filter({"action": "incident.resolve", "result": "success"}).rows()
    assert row.metadata["policy_key"] == "resolved_unfinished"


def test_the_checklist_tells_what_is_missing(made, by):
    """Computed from the incident, not typed; what only lacks does not block."""
    incident = made(owner=None)
    found = listing.whole(incident.pk, NOW).checklist
    told = {finding.code: finding.blocks for finding in found}
    assert told == {
        "no_owner": False,
        "no_customer_impact": False,
        "no_mitigation": False,
    }
    whole = made(Status.MITIGATED, customer_impact="Nobody could pay")
    assert listing.whole(whole.pk, NOW).checklist == ()
    assert listing.whole(made(Status.RESOLVED).pk, NOW).checklist == ()
    with pytest.raises(UnknownIncidentError):
        note(incident.pk, "Done", by(), settles=1)

"""What one act leaves behind: all of it, once, and nothing that was not asked for."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from opspanel.audit.chain import verify
from opspanel.incidents import (
    BusyError,
    ConflictError,
    Draft,
    DuplicateOpenError,
    InvalidError,
    Move,
    Submission,
    TransitionRefusedError,
    UnknownIncidentError,
    acknowledge,
    change,
    declare,
    move,
    note,
)
from opspanel.models import AuditEvent, Incident, IncidentEvent, IncidentMessage, User
from opspanel.terms import IncidentStatus as Status
from tests.audit.conftest import connect

SECRET = (
    "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlMTIzNDU"
)


def trail(ref=None):
    rows = AuditEvent.objects.filter(target_type="incident").order_by("seq")
    return rows.filter(target_id=ref) if ref else rows


def test_a_title_is_enough(by):
    """Everything else has a value that is right most of the time."""
    told = declare(Draft(title="  Checkout fails "), by("ana"))
    incident = Incident.objects.get(pk=told.id)
    assert (told.ref, told.version, told.changed) == (f"INC-{incident.pk}", 1, True)
    assert (incident.title, incident.severity) == ("Checkout fails", 3)
    assert (incident.owner_label, incident.declared_by_label) == ("ana", "ana")
    assert incident.started_at == incident.declared_at
    assert not incident.is_drill


def test_each_act_leaves_an_event_an_audit_row_and_a_message(by):
    """A whole life, and for each step the three rows that tell of it."""
    number = declare(Draft(title="Checkout fails"), by()).id
    acknowledge(number, by())
    note(number, "Looking", by())
    change(number, {"severity": 1}, by(), seen=3)
    move(number, Move(to=Status.MITIGATED), by())
    move(number, Move(to=Status.RESOLVED), by())
    events = IncidentEvent.objects.filter(incident=number).order_by("seq")
    kinds = ["declared", "acknowledged", "note", "severity", "status", "status"]
    assert [event.type for event in events] == kinds
    assert [event.seq for event in events] == [1, 2, 3, 4, 5, 6]
    messages = IncidentMessage.objects.filter(event__incident=number)
    assert [f"incident.{kind}" for kind in kinds] == list(
        messages.order_by("event").values_list("type", flat=True)
    )
    acts = ["declare", "acknowledge", "note", "change", "mitigate", "resolve"]
    assert [row.action for row in trail()] == [f"incident.{act}" for act in acts]
    assert Incident.objects.get(pk=number).version == 6


def test_the_trail_holds_no_word_that_people_wrote(by):
    """Titles, notes, summaries and impact are in the incident alone."""
    words = "Zyzzyva "
    number = declare(Draft(title=words, summary=words), by()).id
    note(number, words * 2, by())
    change(number, {"title": words * 3, "customer_impact": words}, by(), seen=2)
    move(number, Move(to=Status.VOID, closure_reason="test", note=words * 2), by())
    told = str(list(trail().values())) + str(list(IncidentMessage.objects.values()))
    assert words.strip() not in told
    last = trail().last()
    del last.metadata["idempotency_key_hash"]
    told = {"status_from": "open", "status_to": "void", "reason": "test"}
    assert last.metadata == told


def test_secrets_are_cleaned_before_they_are_stored(by):
    """What somebody pastes in a hurry never reaches the tables."""
    number = declare(Draft(title="T", summary=SECRET), by()).id
    note(number, f"curl said:\n{SECRET}", by())
    stored = str([*Incident.objects.values(), *IncidentEvent.objects.values()])
    assert "eyJ" not in stored
    assert "curl said:\n" in IncidentEvent.objects.get(type="note").body


def test_the_same_key_records_once(by):
    """A reply was lost and the browser sends again: one incident, one event."""
    key = uuid4()
    first = declare(Draft(title="Checkout fails"), by(client_key=key))
    again = declare(Draft(title="Checkout fails"), by(client_key=key))
    assert (again.id, again.replayed, again.changed) == (first.id, True, False)
    for act in (
        lambda sent: note(first.id, "Looking", sent),
        lambda sent: acknowledge(first.id, sent),
        lambda sent: change(first.id, {"severity": 1, "title": "X"}, sent, seen=3),
        lambda sent: move(first.id, Move(to=Status.MITIGATED), sent),
    ):
        sent = by(client_key=uuid4())
        assert act(sent).changed
        count = IncidentEvent.objects.count(), trail().count()
        assert act(sent).replayed
        assert (IncidentEvent.objects.count(), trail().count()) == count


def test_a_key_belongs_to_one_incident(made, by):
    """A key that was used elsewhere is no replay, and stores nothing."""
    one, other = made(), made()
    sent = by(client_key=uuid4())
    note(one.pk, "Looking", sent)
    with pytest.raises(InvalidError) as told:
        note(other.pk, "Looking", sent)
    assert "client_key" in told.value.messages
    assert other.events.count() == 1


def test_the_same_problem_is_open_once(by):
    """A second declaration is led to the first; after its end the key is free."""
    draft = Draft(title="Checkout fails", dedup_key="am:checkout")
    first = declare(draft, by())
    with pytest.raises(DuplicateOpenError) as told:
        declare(draft, by("ben"))
    assert (told.value.incident_id, told.value.title) == (first.id, "Checkout fails")
    move(first.id, Move(to=Status.RESOLVED), by())
    second = declare(draft, by())
    reopen = Move(to=Status.OPEN, note="It came back at once")
    with pytest.raises(DuplicateOpenError) as told:
        move(first.id, reopen, by())
    assert told.value.ref == second.ref


def test_changes_of_different_fields_merge(made, by):
    """Two people who looked at the same version both get what they changed."""
    incident = made()
    seen = incident.version
    change(incident.pk, {"severity": 1, "service.api": "down"}, by("ana"), seen=seen)
    told = change(
        incident.pk,
        {"title": "Pay fails", "service.web": "partial"},
        by("ben"),
        seen=seen,
    )
    incident.refresh_from_db()
    assert (incident.severity, incident.title) == (1, "Pay fails")
    hit = dict(incident.services.values_list("service", "impact"))
    assert hit == {"api": "down", "web": "partial"}
    assert told.version == incident.version == seen + 4


def test_the_same_field_conflicts_and_says_whose_it_is(made, by):
    """Nothing of the second change is stored, also not its other field."""
    incident = made()
    seen = incident.version
    change(incident.pk, {"severity": 1}, by("ana"), seen=seen)
    wanted = {"severity": 2, "title": "Pay fails"}
    with pytest.raises(ConflictError) as told:
        change(incident.pk, wanted, by("ben"), seen=seen)
    (clash,) = told.value.clashes
    assert (clash.field, clash.theirs, clash.yours) == ("severity", 1, 2)
    assert clash.by == "ana"
    incident.refresh_from_db()
    assert incident.title == "Checkout fails"
    assert change(incident.pk, wanted, by("ben"), seen=told.value.version).changed


def test_who_wants_what_is_so_has_no_conflict(made, by):
    """Both raise it to SEV1: one event, and nobody is asked."""
    incident = made()
    for name in ("ana", "ben"):
        change(incident.pk, {"severity": 1}, by(name), seen=1)
    assert incident.events.filter(type="severity").count() == 1


def test_notes_never_conflict(made, by):
    """Notes of two people who saw the same version both stand."""
    incident = made()
    for name in ("ana", "ben"):
        note(incident.pk, f"by {name}", by(name))
    bodies = incident.events.filter(type="note").order_by("seq")
    assert [event.body for event in bodies] == ["by ana", "by ben"]


def test_the_name_outlives_the_account(made, by):
    """Deleting a person leaves what they did, under their name."""
    incident = made()
    note(incident.pk, "Looking", by("ben"))
    User.objects.filter(username__in=["ana", "ben"]).delete()
    incident.refresh_from_db()
    assert (incident.declared_by, incident.owner_label) == (None, "ana")
    assert incident.events.get(type="note").actor_label == "ben"


def test_it_can_be_recorded_afterwards(by):
    """Times that lie in the past make it resolved from the start."""
    now = timezone.now()
    began, ended = now - timedelta(hours=3), now - timedelta(hours=2)
    draft = Draft(title="At night", started_at=began, resolved_at=ended)
    told = declare(draft, by(now=now))
    incident = Incident.objects.get(pk=told.id)
    assert told.status == "resolved"
    assert (incident.mitigated_at, incident.declared_at) == (ended, now)


BAD = {
    "title": ["", "   ", "x" * 201, "a\x07b", "a\u202eb", "a\nb", "a\u2066b", None],
    "summary": ["x" * 4001, "a\x00b", 7],
    "severity": [0, 5, "SEV1", "", None],
    "services": [{"nothing-known": "down"}, {"api": "broken"}],
    "owner": [2**70, -1, "ana'--"],
    "runbooks": [["no.such"], "api", 3],
    "links": [
        ["javascript:alert(1)"],
        ["ftp://files.example.org/"],
        ["https://ana:a-password@chat.example.org/"],
        ["https://a.example.org/\u202e"],
        ["chat.example.org"],
        [f"https://a.example.org/{'x' * 2000}"],
        ["https://a.example.org/"] * 11,
        "https://a.example.org/",
        3,
    ],
    "is_drill": ["maybe"],
    "recurs": [2**40],
    "started_at": [
        timezone.now() + timedelta(days=99),  # after the run, however long it is
        timezone.now() - timedelta(days=500),
        timezone.now().replace(tzinfo=None),
    ],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, bad in BAD.items() for value in bad]
)
def test_what_cannot_be_is_told_beside_its_field(by, field, value):
    """One sentence for that field, and nothing stored."""
    with pytest.raises(InvalidError) as told:
        declare(Draft(**{"title": "T", field: value}), by())
    assert list(told.value.messages) == [field]
    assert not Incident.objects.exists()
    assert not trail().exists()


def test_all_that_is_wrong_is_told_at_once(by):
    """Nobody mends a form in three rounds."""
    with pytest.raises(InvalidError) as told:
        declare(Draft(title="", severity=9, services={"api": "x"}), by())
    assert set(told.value.messages) == {"title", "severity", "services"}


@pytest.mark.parametrize(
    "value", ["Pay fails \U0001f469\u200d\U0001f692", "می\u200cشود", "<b>"]
)
def test_scripts_and_signs_of_the_world_may_come_in(by, value):
    """Joiners of emoji and of Persian are no attack, nor is mark-up, shown as text."""
    assert declare(Draft(title=value), by()).changed


@pytest.mark.parametrize(
    "wanted",
    [{"status": "open"}, {"id": 3}, {"service.": "down"}, {"service.x": "down"}],
)
def test_unknown_fields_change_nothing(made, by, wanted):
    """A form with more than the panel has is refused as a whole."""
    incident = made()
    with pytest.raises(InvalidError):
        change(incident.pk, {"title": "New", **wanted}, by(), seen=1)
    incident.refresh_from_db()
    assert incident.title == "Checkout fails"


@pytest.mark.parametrize("number", [0, -1, 2**62, 2**70])
def test_an_incident_that_is_not_there_is_told(by, number):
    """Foreign numbers lead nowhere, whatever the act."""
    for act in (
        lambda: note(number, "Looking", by()),
        lambda: acknowledge(number, by()),
        lambda: change(number, {"title": "New"}, by(), seen=1),
        lambda: move(number, Move(to=Status.RESOLVED), by()),
    ):
        with pytest.raises(UnknownIncidentError):
            act()


def test_a_refusal_is_in_the_trail(made, by):
    """What somebody tried and may not is written down, without what they typed."""
    incident = made(Status.RESOLVED)
    with pytest.raises(TransitionRefusedError):
        move(incident.pk, Move(to=Status.MITIGATED), by("ben"))
    row = trail(incident.ref).last()
    assert (row.action, row.result) == ("incident.mitigate", "failure")
    assert (row.actor_label, row.metadata) == (
        "ben",
        {"error_code": "transition_refused"},
    )


def test_without_its_audit_row_nothing_is_recorded(db):
    """Somebody holds the trail's end: the act fails whole, and says to try again."""
    with connect() as holder, holder.transaction():
        holder.execute("SELECT * FROM ops_audithead FOR UPDATE")
        with pytest.raises(BusyError):
            declare(Draft(title="T"), Submission.script("pager"))
    assert not Incident.objects.exists()
    assert not IncidentEvent.objects.exists()


def test_the_chain_is_whole_after_all_kinds_of_acts(made, by):
    """Refused, replayed and done: the trail verifies."""
    incident = made(Status.RESOLVED)
    with pytest.raises(TransitionRefusedError):
        acknowledge(incident.pk, by())
    assert verify([]).whole


def test_a_script_records_under_its_name(db):
    """A token stands in the timeline as what it is, and owns nothing."""
    sent = Submission.script("pager", uuid4())
    incident = Incident.objects.get(pk=declare(Draft(title="T"), sent).id)
    assert (incident.owner_label, incident.origin) == ("", "api")
    assert incident.events.get().actor_label == "token pager"


# Spaces of no width, joiners, marks that stand on nothing, and letters that are blank.
UNSEEN = (
    "\u200b",
    "\u200d\u200d",
    "\u00ad",
    "\ufeff",
    "\u2061",
    "\u2800",
    "\u3164",
    "\u115f\u1160",
    "\u034f",
    "\ufe0f",
    "\U000e0100",
    "\u00a0 \u3000",
)


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
def test_what_nobody_can_see_says_nothing(made, by, unseen):
    """No title and no note: told beside the field, nothing stored."""
    one = made()
    with pytest.raises(InvalidError) as told:
        declare(Draft(title=unseen), by())
    assert "title" in told.value.messages
    with pytest.raises(InvalidError) as told:
        note(one.pk, unseen, by())
    assert "note" in told.value.messages
    assert (Incident.objects.count(), one.events.count()) == (1, 1)

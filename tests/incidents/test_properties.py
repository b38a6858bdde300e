"""Any sequence of acts agrees with a model that is a few plain values."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from opspanel.incidents import (
    ConflictError,
    Draft,
    IncidentError,
    InvalidError,
    Move,
    Submission,
    TransitionRefusedError,
    acknowledge,
    change,
    declare,
    move,
    note,
    redact,
)
from opspanel.models import AuditEvent, Incident, IncidentEvent, IncidentMessage
from opspanel.terms import IncidentStatus as Status

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
MINUTES = st.integers(0, 60 * 24 * 5)
NOTES = st.sampled_from(["", "short", "long enough a note"])
LONG = 10
FIELDS = st.dictionaries(
    st.sampled_from(["severity", "title", "is_drill", "service.api", "service.web"]),
    st.integers(1, 3),
    min_size=1,
)
VALUES = {
    "severity": {1: 1, 2: 2, 3: 3},
    "title": {1: "A", 2: "B", 3: "C"},
    "is_drill": {1: True, 2: False, 3: True},
    "service.api": {1: "down", 2: "partial", 3: None},
    "service.web": {1: "down", 2: "degraded", 3: None},
}


class Life(RuleBasedStateMachine):
    """One incident, and what should be so of it."""

    @initialize()
    def begin(self):
        self.now = BEGAN
        self.sent = []
        self.status, self.resolved_at, self.acknowledged = Status.OPEN, None, False
        self.fields = {"severity": 3, "title": "T", "is_drill": False}
        self.changed_at = {}
        self.version = 1
        self.audited = AuditEvent.objects.count() + 1
        self.id = declare(Draft(title="T"), self.by()).id

    def by(self):
        self.sent.append(uuid4())
        sent = Submission.script("x", self.sent[-1])
        return Submission(
            actor=sent.actor, origin=sent.origin, client_key=self.sent[-1], now=self.now
        )

    def expect(self, act, events):
        """`events`: how many it adds; an error's type where it must refuse."""
        if isinstance(events, type):
            with pytest.raises(events):
                act()
            self.audited += events is not InvalidError
            return
        told = act()
        assert told.changed == (events > 0)
        self.version += events
        self.audited += told.changed

    @rule(minutes=MINUTES)
    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule()
    def write(self):
        self.expect(lambda: note(self.id, "Looking", self.by()), 1)

    @rule()
    def acknowledge(self):
        over = self.status in {Status.RESOLVED, Status.VOID}
        refused = TransitionRefusedError if over else 1
        expected = 0 if self.acknowledged else refused
        self.expect(lambda: acknowledge(self.id, self.by()), expected)
        self.acknowledged = self.acknowledged or expected == 1

    @rule(to=st.sampled_from(Status), text=NOTES, reason=st.sampled_from(["", "test"]))
    def move(self, to, text, reason):
        wanted = Move(to=to, note=text, closure_reason=reason)
        expected = self._expected_move(to, text, reason)
        self.expect(lambda: move(self.id, wanted, self.by()), expected)
        if expected == 1:
            self.status = to
            self.resolved_at = self.now if to is Status.RESOLVED else None

    def _expected_move(self, to, text, reason):
        here = self.status
        if to is here:
            return 0
        if here is Status.RESOLVED and to is Status.VOID:
            return IncidentError  # a script may not
        forbidden = {
            (Status.RESOLVED, Status.MITIGATED),
            (Status.VOID, Status.MITIGATED),
            (Status.VOID, Status.RESOLVED),
        }
        old = self.resolved_at and self.now - self.resolved_at > timedelta(days=7)
        if (here, to) in forbidden or (old and to is Status.OPEN):
            return TransitionRefusedError
        missing = to is Status.OPEN and len(text) < LONG
        return InvalidError if missing or (to is Status.VOID) != bool(reason) else 1

    @rule(given=FIELDS, behind=st.integers(0, 3))
    def change(self, given, behind):
        seen = max(self.version - behind, 1)
        wanted = {name: VALUES[name][value] for name, value in given.items()}
        news = {n: v for n, v in wanted.items() if self.fields.get(n) != v}
        clash = any(self.changed_at.get(name, 0) > seen for name in news)
        if self.status is Status.VOID:
            expected = TransitionRefusedError
        elif clash:
            expected = ConflictError
        else:
            expected = len({self._kind(name) for name in news})
        self.expect(lambda: change(self.id, wanted, self.by(), seen=seen), expected)
        if isinstance(expected, int):
            self.fields |= wanted
            self._remember(news)

    def _kind(self, name):
        return "details" if name in {"title", "is_drill"} else name.partition(".")[0]

    def _remember(self, news):
        events = IncidentEvent.objects.filter(incident=self.id).order_by("seq")
        for event in events.filter(seq__gt=self.version - 4):
            for name in news:
                if name in event.changes:
                    self.changed_at[name] = event.seq

    @rule()
    def redact_the_first_note(self):
        events = IncidentEvent.objects.filter(incident=self.id, type="note")
        first = events.order_by("seq").first()
        if first is not None:
            expected = 1 if first.body else 0
            reason = "It names a customer"
            self.expect(lambda: redact(self.id, first.seq, reason, self.by()), expected)

    @precondition(lambda self: self.sent)
    @rule(place=st.integers(0, 30))
    def send_again(self, place):
        """Whatever it was: it changes nothing if it was done."""
        key = self.sent[place % len(self.sent)]
        if not IncidentEvent.objects.filter(client_key=key).exists():
            return
        sent = Submission.script("x", key)
        assert note(self.id, "again", sent).replayed

    @invariant()
    def it_is_as_the_model_says(self):
        incident = Incident.objects.get(pk=self.id)
        hit = incident.services.values_list("service", "impact")
        fields = {
            "severity": incident.severity,
            "title": incident.title,
            "is_drill": incident.is_drill,
            **{f"service.{name}": impact for name, impact in hit},
        }
        assert fields == {n: v for n, v in self.fields.items() if v is not None}
        assert (incident.status, incident.version) == (self.status, self.version)
        assert (incident.acknowledged_at is not None) == self.acknowledged
        assert incident.resolved_at == self.resolved_at

    @invariant()
    def nothing_is_missing_beside_it(self):
        events = IncidentEvent.objects.filter(incident=self.id).order_by("seq")
        numbers = list(events.values_list("seq", flat=True))
        assert numbers == list(range(1, self.version + 1))
        messages = IncidentMessage.objects.filter(event__incident=self.id)
        assert messages.count() == self.version
        assert AuditEvent.objects.count() == self.audited


def test_any_life_of_an_incident_agrees_with_the_model(db):
    """Some hundred random acts: statuses, fields, numbers, audit rows and messages."""
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

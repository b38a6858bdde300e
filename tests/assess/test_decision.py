import pytest

from opspanel.terms import FailureKind, Health, Signal, Source
from tests.assess.given import (
    NOW,
    ago,
    consumer,
    dead_letters,
    judged,
    nats,
    node_tasks,
    outbox,
    panel,
    pending,
    prometheus,
    samples,
    stream,
    tasks,
)

DECLARED = 4 + 3 + 2 + 2 + 1 + 1  # services, dependencies, errors, streams, two tables


def test_healthy():
    """All is well only if every declared signal is fresh, and then it says so."""
    assessment = judged()
    assert assessment.decision.status is Health.HEALTHY
    assert assessment.decision.degradation_level == 0
    assert assessment.decision.sentence == f"Healthy: all {DECLARED} signals fresh"
    assert assessment.actions == ()


def test_unknown():
    """A source that does not answer is named, and how much is still known."""
    decision = judged(nats=FailureKind.TIMEOUT).decision
    assert decision.status is Health.UNKNOWN
    assert decision.sentence == (
        "Unknown: NATS JetStream does not answer (timeout); 10 of 13 signals fresh"
    )
    assert (decision.coverage.fresh, decision.coverage.declared) == (10, DECLARED)


def test_bad_beats_unknown():
    """Bad gives the colour, and the sentence still says what is unknown."""
    decision = judged(
        nats=FailureKind.TIMEOUT, outbox=outbox(pending=pending(9, 40))
    ).decision
    assert decision.status is Health.DEGRADED
    assert "unknown: NATS JetStream" in decision.sentence


def test_worst_first():
    """The worst and critical leads; the others are counted."""
    decision = judged(
        prometheus=prometheus(
            api__errors=samples(17.1), billing_worker__errors=samples(2)
        ),
        outbox=outbox(pending=pending(9, 40)),
    ).decision
    assert decision.sentence == "Unhealthy: API errors 34.2 % >= 10 %; 2 more"
    assert decision.degradation_level == 3


def test_unhealthy_in_part():
    """Unhealthy in nothing critical is level two."""
    decision = judged(outbox=outbox(pending=pending(9, 400))).decision
    assert (decision.status, decision.degradation_level) == (Health.UNHEALTHY, 2)


def test_not_reported_is_not_healthy():
    """One service without series keeps the whole from being healthy."""
    decision = judged(prometheus=prometheus(node_agent__up=())).decision
    assert decision.status is Health.UNKNOWN
    assert decision.sentence.startswith("Unknown: Node agents not reported")


def test_work_order():
    """Cards come in the platform's work order, not by severity."""
    assessment = judged(
        prometheus=prometheus(
            api__errors=samples(2), billing_worker__errors=samples(2)
        ),
        nats=nats(stream(consumers=(consumer(num_pending=1),)), dead_letters(2)),
        node_tasks=node_tasks(claimable=(tasks(1, 700),)),
        outbox=outbox(pending=pending(9, 40)),
    )
    assert [card.signal for card in assessment.actions] == [
        Signal.OUTBOX_RELAY,
        Signal.QUEUE_DLQ,
        Signal.API_ERRORS,
        Signal.WORKER_FAILURES,
        Signal.QUEUE_STALL,
        Signal.QUEUE_BACKLOG,
    ]
    assert {card.since for card in assessment.actions} == {NOW}


@pytest.mark.parametrize("source", list(Source))
def test_source_states(source):
    """A failed source keeps its kind; one that answered says how it went."""
    assessment = judged(**{source.value: FailureKind.AUTH})
    states = {state.source: state for state in assessment.sources}
    assert states.pop(source).failure is FailureKind.AUTH
    assert all(state.failure is None and state.reads for state in states.values())


def test_partial():
    """Answers that failed inside a reading are counted."""
    reading = node_tasks(stuck=FailureKind.TIMEOUT, flow=FailureKind.BAD_QUERY)
    [state] = [
        state
        for state in judged(node_tasks=reading).sources
        if state.source is Source.NODE_TASKS
    ]
    assert state.partial == 2


def test_identity():
    """The assessment says which environment it is of, and as of when."""
    assessment = judged(config=panel())
    assert (assessment.environment, assessment.taken_at) == ("test", NOW)


def test_provenance():
    """Each figure tells its source, query, time, and for how long it is good."""
    assessment = judged(outbox=outbox(observed_at=ago(1)))
    figure = assessment.queues.outbox.pending
    assert (figure.source, figure.query) == (Source.OUTBOX, "outbox pending")
    assert (figure.observed_at, figure.good_for) == (ago(1), 20)

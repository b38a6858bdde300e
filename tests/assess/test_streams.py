import pytest

from opspanel.terms import Absence, Exactness, FailureKind, Health
from tests.assess.given import (
    ago,
    card,
    consumer,
    dead_letters,
    judged,
    listing,
    nats,
    panel,
    queue,
    stream,
)


def judge(**changed):
    return queue(judged(nats=nats(stream(**changed), dead_letters())))


def test_idle():
    """An idle consumer is healthy, however long ago it last acknowledged."""
    found = judge()
    assert (found.status, found.reason) == (Health.HEALTHY, "nothing waiting")
    assert found.consumers[0].reason == "idle"


def test_limits_depth():
    """Under limits the depth is what the slowest consumer has before it."""
    slow = consumer(num_pending=30, num_ack_pending=5, last_acked_at=ago(1))
    found = judge(consumers=(consumer(name="fast", num_pending=2), slow))
    assert found.depth.value == 35
    assert found.oldest_age.exactness is Exactness.ESTIMATED


@pytest.mark.parametrize(
    ("fast", "slow", "seconds"),
    [(2.0, 0.5, 70.0), (2.0, None, None), (2.0, 0.0, None)],
)
def test_drain(fast, slow, seconds):
    """A stream is drained when its slowest consumer has caught up, if it moves at all."""
    consumers = (
        consumer(name="fast", num_pending=2, acked_per_second=fast),
        consumer(name="slow", num_pending=35, acked_per_second=slow),
    )
    found = judge(consumers=consumers)
    assert found.drain.value == seconds
    assert found.drain.exactness is Exactness.ESTIMATED


def test_limits_without_consumer():
    """Under limits, messages that nobody consumes are no known depth, and not green."""
    found = judge(consumers=())
    assert found.depth.missing is Absence.NOT_ENOUGH_DATA
    assert found.status is Health.NOT_REPORTED


def test_empty_without_consumer():
    """An empty stream needs no consumer to be known as empty."""
    found = judge(messages=0, first_at=None, consumers=())
    assert (found.depth.value, found.status) == (0, Health.HEALTHY)
    assert found.oldest_age.missing is Absence.NOTHING_WAITING


@pytest.mark.parametrize("retention", ["workqueue", "interest"])
def test_work_queue_depth(retention):
    """Elsewhere each message is work, and the oldest of them tells how bad it is."""
    waiting = consumer(num_pending=100, last_acked_at=ago(1))
    found = judge(retention=retention, first_at=ago(412), consumers=(waiting,))
    assert found.depth.value == 100
    assert found.oldest_age.value == 412
    assert found.reason == "oldest unacknowledged 412 s >= 120 s"


def test_decision_names_the_queue():
    """The sentence names the stream, the figure and the threshold."""
    old = stream(retention="workqueue", first_at=ago(412), messages=0)
    assessment = judged(nats=nats(old, dead_letters()))
    sentence = "Degraded: PROVISIONING oldest unacknowledged 412 s >= 120 s"
    assert assessment.decision.sentence == sentence
    assert assessment.decision.degradation_level == 1


def test_residue():
    """Messages of a work queue that no consumer will take are named."""
    found = judge(
        retention="workqueue",
        messages=13,
        first_at=ago(5),
        consumers=(consumer(num_pending=4, num_ack_pending=2, last_acked_at=ago(1)),),
    )
    assert "7 messages that no consumer will take" in found.reason


def test_copies_that_lag():
    """A stream whose copies are behind works, and is degraded, with a card."""
    assessment = judged(nats=nats(stream(replicas_lagging=2), dead_letters()))
    found = queue(assessment)
    assert (found.status, found.reason) == (Health.DEGRADED, "2 replicas behind")
    assert card(assessment, "stream.replicas:PROVISIONING").title == (
        "PROVISIONING: copies behind"
    )


def test_stream_without_leader():
    """Without a leader a stream is unknown."""
    found = judge(has_leader=False)
    assert (found.status, found.reason) == (Health.UNKNOWN, "no leader")


def test_consumers_not_read():
    """A stream whose consumers could not be read is unknown."""
    found = judge(consumers=FailureKind.TIMEOUT)
    assert (found.status, found.depth.missing) == (Health.UNKNOWN, FailureKind.TIMEOUT)


@pytest.mark.parametrize(
    ("discard", "effect"), [("old", "silently drops"), ("new", "refuses new")]
)
def test_fill(discard, effect):
    """A stream that is nearly full says what happens when it is."""
    found = judge(bytes=85_000, discard=discard)
    assert found.fill.value == pytest.approx(0.85)
    assert found.status is Health.DEGRADED
    assert effect in found.reason


def test_unlimited():
    """A stream without a byte limit cannot be full."""
    found = judge(max_bytes=None)
    assert found.fill.value is None
    assert found.status is Health.HEALTHY


def test_dead_letters():
    """Each live message of the DLQ counts, whoever has read it."""
    assessment = judged(nats=nats(stream(), dead_letters(3)))
    assert queue(assessment, "DLQ").depth.value == 3
    assert assessment.queues.outbox.dlq_messages.value == 3
    assert card(assessment, "queue.dlq:DLQ").reason == "3 live messages >= 1"
    assert assessment.queues.outbox.status is Health.HEALTHY


def test_expected_stream_missing():
    """A stream that is expected and not there is not reported."""
    found = queue(judged(nats=nats(dead_letters())))
    assert found.status is Health.NOT_REPORTED
    assert found.reason == "not reported: no such stream"


def test_stream_that_the_cluster_cannot_report():
    """A stream whose server is down is unknown, not gone."""
    unsure = listing(unsure=frozenset({"PROVISIONING"}))
    found = queue(judged(nats=nats(dead_letters(), listing=unsure)))
    assert (found.status, found.reason) == (
        Health.UNKNOWN,
        "its server does not report it",
    )


def test_all_streams():
    """Without a list, whatever is found is judged; what is cut off stays unknown."""
    reading = nats(stream("ANY"), capped=True)
    assessment = judged(config=panel(nats={}), nats=reading)
    assert [item.name for item in assessment.queues.nats.streams] == ["ANY"]
    assert assessment.decision.status is Health.UNKNOWN
    assert "only 2,000 streams are read" in assessment.decision.sentence


def test_shown_streams():
    """However many streams there are the worst are shown, and all of them judged."""
    many = [stream(f"S{n}") for n in range(200)]
    bad = consumer(num_pending=1, last_acked_at=ago(4000))
    found = judged(
        config=panel(nats={}), nats=nats(*many, stream("bad", consumers=(bad,)))
    )
    shown = found.queues.nats
    assert len(shown.streams) == 50
    assert "bad" in {item.name for item in shown.streams}
    assert shown.not_shown == 151
    assert found.decision.coverage.declared > 200


def test_shown_consumers():
    """Only the worst consumers are shown, all of them are judged."""
    config = panel(nats={"streams": ["PROVISIONING"], "max_consumers_shown": 1})
    bad = consumer(name="bad", num_pending=1, last_acked_at=ago(400))
    reading = nats(stream(consumers=(consumer(name="good"), bad)))
    found = queue(judged(config=config, nats=reading))
    assert [item.name for item in found.consumers] == ["bad"]

import pytest

from opspanel.terms import Absence, Health
from tests.assess.given import (
    ago,
    card,
    consumer,
    dead_letters,
    judged,
    nats,
    queue,
    stream,
)


def judge(**changed):
    return queue(judged(nats=nats(stream(**changed), dead_letters())))


def judge_consumer(**changed):
    return judge(consumers=(consumer(**changed),)).consumers[0]


def test_no_ack():
    """Work that waits without an ack is a stall, with how long and how much."""
    found = judge(consumers=(consumer(num_pending=120, last_acked_at=ago(85)),))
    assert found.status is Health.DEGRADED
    assert found.reason == "worker no ack for 85 s >= 60 s with 120 waiting"


def test_no_ack_for_long():
    """A long stall is unhealthy and asks for the stall's runbook."""
    stalled = stream(consumers=(consumer(num_ack_pending=9, last_acked_at=ago(301)),))
    assessment = judged(nats=nats(stalled, dead_letters()))
    found = card(assessment, "queue.stall:PROVISIONING")
    assert found.status is Health.UNHEALTHY
    assert found.runbooks[0].url == "https://runbooks.example/backlog"


def test_nobody_asks():
    """A pull consumer with work, nothing in hand and no request lacks a worker."""
    found = judge_consumer(num_pending=3, num_waiting=0, last_acked_at=ago(90))
    assert "no worker is asking" in found.reason


def test_just_handed_out():
    """After a quiet hour, one message in work for two seconds is no stall."""
    found = judge_consumer(
        num_ack_pending=1, last_acked_at=ago(3600), last_delivered_at=ago(2)
    )
    assert (found.status, found.no_ack_for.value) == (Health.HEALTHY, 2)


def test_redelivered_is_not_just_handed_out():
    """Work that was handed out again has waited since the last ack."""
    found = judge_consumer(
        num_ack_pending=1,
        num_redelivered=1,
        last_acked_at=ago(400),
        last_delivered_at=ago(2),
    )
    assert (found.status, found.no_ack_for.value) == (Health.UNHEALTHY, 400)


def test_never_acked():
    """A consumer that never acknowledged has done so since it was made."""
    found = judge_consumer(
        num_pending=2, created_at=ago(70), last_delivered_at=None, last_acked_at=None
    )
    assert found.no_ack_for.value == 70


def test_no_history():
    """Waiting work of a consumer without any time is unknown, not healthy."""
    found = judge_consumer(
        num_pending=2, created_at=None, last_delivered_at=None, last_acked_at=None
    )
    assert found.status is Health.UNKNOWN


def test_not_older_than_the_stream():
    """Nothing waits for longer than the oldest message that is there."""
    waiting = consumer(num_pending=2, last_acked_at=ago(4000))
    found = judge(first_at=ago(3), consumers=(waiting,))
    assert (found.status, found.oldest_age.value) == (Health.HEALTHY, 3)


@pytest.mark.parametrize(
    ("pending", "status", "reason"),
    [(0, Health.HEALTHY, "paused"), (7, Health.DEGRADED, "paused with 7 waiting")],
)
def test_paused(pending, status, reason):
    """A paused consumer is shown as paused, never as stuck."""
    found = judge_consumer(paused=True, num_pending=pending, last_acked_at=ago(900))
    assert (found.status, found.reason) == (status, reason)


def test_ack_window():
    """A consumer at its ack window with more waiting says so."""
    found = judge_consumer(num_pending=5, num_ack_pending=1000, last_acked_at=ago(1))
    assert found.status is Health.DEGRADED
    assert found.reason == "at its ack window (1,000)"


def test_consumer_without_leader():
    """Without a leader a consumer's zeros mean nothing."""
    found = judge(consumers=(consumer(has_leader=False),))
    assert found.status is Health.UNKNOWN
    assert found.consumers[0].pending.missing is Absence.NO_LEADER
    assert found.depth.missing is Absence.NO_LEADER

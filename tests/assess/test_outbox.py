import pytest

from opspanel.terms import Absence, FailureKind, Health
from tests.assess.given import (
    card,
    judged,
    outbox,
    panel,
    pending,
    prometheus,
    samples,
)


def judge(**changed):
    return judged(outbox=outbox(**changed)).queues.outbox


def failing(answer):
    return judged(prometheus=prometheus(outbox__publish_failures=answer))


def test_well():
    """No publish failure and young events: the relay is healthy."""
    found = judge()
    assert (found.relay, found.status, found.reason) == (
        Health.HEALTHY,
        Health.HEALTHY,
        "1 pending",
    )


def test_publish_failures():
    """A publish failure in the window is the relay's live state."""
    assessment = failing(samples(2.04))
    assert assessment.queues.outbox.relay is Health.DEGRADED
    assert card(assessment, "outbox.relay:outbox-relay").reason == (
        "2 publish failures in 300 s"
    )


def test_old_pending():
    """Events that wait for too long are unhealthy, with figure and threshold."""
    found = judge(pending=pending(5, 130))
    assert found.relay is Health.UNHEALTHY
    assert found.reason == "oldest pending 130 s >= 120 s"


def test_relay_down_is_one_card():
    """A relay that is down and its waiting events are one degradation, one card."""
    assessment = judged(
        prometheus=prometheus(outbox_relay__up=samples(0)),
        outbox=outbox(pending=pending(5, 130)),
    )
    found = card(assessment, "outbox.relay:outbox-relay")
    assert found.reason == "0 of 1 up; oldest pending 130 s >= 120 s"
    assert found.status is Health.UNHEALTHY
    assert len(assessment.actions) == 1


def test_failed_rows():
    """Failed rows are history: they ask for work while the relay is healthy."""
    assessment = judged(outbox=outbox(failed_rows=3))
    found = assessment.queues.outbox
    assert (found.relay, found.status) == (Health.HEALTHY, Health.DEGRADED)
    assert card(assessment, "queue.dlq:outbox").reason == "3 failed rows >= 1"


def test_nothing_pending():
    """An empty outbox has no oldest event."""
    found = judge(pending=pending(0, 0))
    assert found.oldest_pending.missing is Absence.NOTHING_WAITING
    assert found.relay is Health.HEALTHY


@pytest.mark.parametrize(
    ("answer", "relay"),
    [((), Health.NOT_REPORTED), (FailureKind.TIMEOUT, Health.UNKNOWN)],
)
def test_publish_failures_missing(answer, relay):
    """Without the relay's own counter its live state is not known."""
    assert failing(answer).queues.outbox.relay is relay


def test_no_counter_declared():
    """Where no counter is declared, the age of the oldest event alone judges."""
    found = judged(config=panel(outbox={})).queues.outbox
    assert found.relay is Health.HEALTHY
    assert found.publish_failures.missing is FailureKind.UNCONFIGURED


@pytest.mark.parametrize(
    ("part", "relay"),
    [("pending", Health.UNKNOWN), ("failed_rows", Health.HEALTHY)],
)
def test_part_not_read(part, relay):
    """A statement that failed leaves unknown what it was about, and no more."""
    found = judge(**{part: FailureKind.TIMEOUT})
    assert (found.relay, found.status) == (relay, Health.UNKNOWN)


def test_source_failed():
    """Without the source, neither the relay nor the outbox is known."""
    found = judged(outbox=FailureKind.TIMEOUT).queues.outbox
    assert (found.relay, found.status) == (Health.UNKNOWN, Health.UNKNOWN)
    assert found.failed_rows.missing is FailureKind.TIMEOUT


def test_dead_letters_unread():
    """Live dead letters are NATS's to tell, and missing where it does not."""
    found = judged(nats=FailureKind.TIMEOUT).queues.outbox
    assert found.dlq_messages.missing is FailureKind.TIMEOUT

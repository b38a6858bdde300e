"""A stream that vanished or began anew, told by what two passes saw of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from opspanel.assess.losses import MOST_KNOWN
from opspanel.assess.overview import assess
from opspanel.readings import KnownStream, Remembered
from opspanel.terms import FailureKind, Health, Loss
from tests.assess.given import (
    NOW,
    ago,
    card,
    judged,
    listing,
    nats,
    panel,
    queue,
    readings,
)

BEFORE = KnownStream(
    name="PROVISIONING", created_at=ago(86_400), last_seq=5000, messages=1204
)
OTHER = replace(BEFORE, name="SCRATCH")
KEY = "stream.loss:PROVISIONING"


def next_pass(*there, known=(BEFORE,), losses=(), config=None, later=0, **changed):
    """Judge a pass that sees `there` after one that saw `known`."""
    remembered = Remembered(known=tuple(known), losses=tuple(losses))
    reading = nats(listing=listing(*there, **changed), observed_at=NOW)
    given = readings(nats=reading, remembered=remembered)
    return assess(given, config or panel(), NOW + timedelta(seconds=later))


def losses(assessment):
    return assessment.queues.nats.losses


def test_a_stream_that_goes_on_has_lost_nothing():
    """More messages, or a purge, which keeps the sequence, are no loss."""
    onward = replace(BEFORE, last_seq=5001)
    purged = replace(BEFORE, messages=0)
    assert not losses(next_pass(onward))
    assessment = next_pass(purged)
    assert not losses(assessment)
    assert assessment.decision.status is Health.HEALTHY
    assert assessment.queues.nats.known[0].messages == 0


@pytest.mark.parametrize(
    ("now", "kind", "status", "words"),
    [
        (
            replace(BEFORE, last_seq=3),
            Loss.WENT_BACK,
            Health.DEGRADED,  # a new leader may still catch up
            "went back: it had 1,204 messages; sequence 5,000 before, 3 after",
        ),
        (
            replace(BEFORE, created_at=ago(5), last_seq=6000),
            Loss.BEGAN_ANEW,
            Health.UNHEALTHY,
            "began anew: it had 1,204 messages; sequence 5,000 before, 6,000 after",
        ),
        (
            None,
            Loss.VANISHED,
            Health.UNHEALTHY,
            "vanished: it had 1,204 messages, and reached sequence 5,000",
        ),
    ],
)
def test_each_loss_is_told_by_what_was_and_what_is(now, kind, status, words):
    """On its tile, on a card, and in the sentence of the whole."""
    assessment = next_pass(*([now] if now else []))
    [loss] = losses(assessment)
    assert (loss.kind, loss.seen_at) == (kind, NOW)
    told = f"{words} (seen 12:00 UTC)"
    tile = queue(assessment)
    assert tile.status is status
    assert tile.reason.startswith(told)
    assert card(assessment, KEY).reason == told
    assert card(assessment, KEY).title == "PROVISIONING: data may be lost"
    sentence = assessment.decision.sentence
    assert sentence.startswith(f"{status.capitalize()}: PROVISIONING {told}")


def test_a_stream_that_nobody_named_is_told_as_well():
    """With a tile of its own, less gravely; it is none of the declared signals."""
    declared = judged().decision.coverage.declared
    assessment = next_pass(known=(OTHER,))
    assert queue(assessment, "SCRATCH").status is Health.DEGRADED
    assert card(assessment, "stream.loss:SCRATCH").reason.startswith("vanished")
    assert assessment.decision.coverage.declared == declared


def test_a_loss_stays_for_its_time_whatever_the_stream_does_since():
    """The stream is full again and grows; the loss is shown for its hour, then gone."""
    new = replace(BEFORE, created_at=ago(5), last_seq=1)
    first = next_pass(new)
    config = panel(nats={"streams": ["PROVISIONING"], "loss_seconds": 60})
    for later, shown in ((59, 1), (61, 0)):
        grown = replace(new, last_seq=9000)
        assessment = next_pass(
            grown,
            known=first.queues.nats.known,
            losses=losses(first),
            config=config,
            later=later,
        )
        assert len(losses(assessment)) == shown


def test_a_source_that_fails_forgets_nothing():
    """NATS is away, and comes back empty: the loss is seen then, and stays when NATS
    fails again."""
    remembered = Remembered(known=(BEFORE,))
    away = judged(nats=FailureKind.REFUSED, remembered=remembered)
    assert not losses(away)
    back = next_pass(known=away.queues.nats.known)
    [loss] = losses(back)
    assert loss.kind is Loss.VANISHED
    again = judged(nats=FailureKind.REFUSED, remembered=Remembered(losses=(loss,)))
    assert losses(again) == (loss,)
    assert card(again, KEY).status is Health.UNHEALTHY


@pytest.mark.parametrize(
    "gap", [{"unsure": frozenset({BEFORE.name})}, {"whole": False}]
)
def test_what_the_listing_could_not_tell_is_no_loss(gap):
    """A server that is down, a list that was cut: remembered until it is seen again."""
    assessment = next_pass(**gap)
    assert not losses(assessment)
    [known] = assessment.queues.nats.known
    assert (known.name, known.last_seq) == (BEFORE.name, BEFORE.last_seq)


def test_one_that_was_away_and_is_as_it_was_is_taken_back():
    """A page of a long list can leave out one stream for a moment."""
    gone = next_pass()
    [loss] = losses(gone)
    back = next_pass(BEFORE, known=gone.queues.nats.known, losses=[loss])
    assert not losses(back)
    new = replace(BEFORE, created_at=ago(1), last_seq=0)
    [anew] = losses(next_pass(new, known=gone.queues.nats.known, losses=[loss]))
    assert (anew.kind, anew.before.last_seq) == (Loss.BEGAN_ANEW, 5000)


def test_streams_that_come_and_go_are_left_out():
    """By the patterns of their names."""
    config = panel(nats={"short_lived": ["SCR*"]})
    assessment = next_pass(OTHER, known=(OTHER,), config=config)
    assert not assessment.queues.nats.known
    assert not losses(next_pass(known=(OTHER,), config=config))


def test_those_that_are_remembered_are_bounded_and_never_crowded_out():
    """What is named comes first, then the oldest: new streams come last."""
    old = [replace(OTHER, name=f"S{number}") for number in range(MOST_KNOWN)]
    new = replace(BEFORE, name="A", created_at=ago(1))
    named = replace(BEFORE, created_at=ago(2))
    known = next_pass(*old, new, named, known=()).queues.nats.known
    assert len(known) == MOST_KNOWN
    assert known[0].name == "PROVISIONING"
    assert "A" not in [each.name for each in known]

"""Held-over figures: shown with their own age, never judged, gone in time."""

from dataclasses import replace
from datetime import timedelta

from opspanel.snapshot.hold_over import hold_over
from opspanel.snapshot.schema import Figure
from opspanel.terms import Absence, Exactness, FailureKind, Health, Source
from tests import snapshots

KEEP = 300
LATER = timedelta(seconds=5)


def gone(figure: Figure) -> Figure:
    return replace(figure, value=None, missing=FailureKind.TIMEOUT)


def without(snapshot, source, after=LATER):
    """The same platform some seconds later, with one source not answering."""
    sources = tuple(
        replace(state, failure=FailureKind.TIMEOUT, observed_at=None)
        if state.source == source
        else state
        for state in snapshot.sources
    )
    changed = replace(snapshot, taken_at=snapshot.taken_at + after, sources=sources)
    if source == Source.NATS:
        nats = replace(changed.queues.nats, status=Health.UNKNOWN, streams=())
        return replace(changed, queues=replace(changed.queues, nats=nats))
    rates = tuple(replace(item, rate=gone(item.rate)) for item in changed.throughput)
    return replace(changed, throughput=rates)


def test_without_a_past_nothing_is_held_over():
    """The first snapshot of all is taken as it is."""
    current = snapshots.healthy()
    assert hold_over(None, current, KEEP) == current


def test_a_missing_figure_returns_marked_with_its_own_time():
    """A figure whose source failed shows the last value, its old time, and the mark."""
    before = snapshots.healthy()
    after = hold_over(before, without(before, Source.PROMETHEUS), KEEP)
    shown, last = after.throughput[0].rate, before.throughput[0].rate
    assert shown.value == last.value
    assert shown.observed_at == last.observed_at
    assert shown.exactness == Exactness.HELD_OVER


def test_a_stream_list_survives_its_source_as_unknown():
    """Streams known before stay in sight when NATS is away, and none of them is green."""
    before = snapshots.healthy()
    after = hold_over(before, without(before, Source.NATS), KEEP)
    names = [stream.name for stream in after.queues.nats.streams]
    assert names == [stream.name for stream in before.queues.nats.streams]
    assert {stream.status for stream in after.queues.nats.streams} == {Health.UNKNOWN}
    assert {
        stream.depth.exactness
        for stream in after.queues.nats.streams
        if stream.depth.value is not None
    } == {Exactness.HELD_OVER}


def test_what_is_too_old_is_not_shown_at_all():
    """After the keep time a held-over number gives way to "not known"."""
    before = snapshots.healthy()
    long_after = without(before, Source.PROMETHEUS, timedelta(seconds=KEEP + 10))
    after = hold_over(before, long_after, KEEP)
    assert after.throughput[0].rate.value is None
    no_nats = without(before, Source.NATS, timedelta(seconds=KEEP + 10))
    assert hold_over(before, no_nats, KEEP).queues.nats.streams == ()


def test_holding_over_twice_does_not_renew_the_age():
    """A figure held over from a held-over one keeps its first time, so it does end."""
    first = snapshots.healthy()
    second = hold_over(first, without(first, Source.PROMETHEUS), KEEP)
    third = hold_over(second, without(second, Source.PROMETHEUS), KEEP)
    assert third.throughput[0].rate.observed_at == first.throughput[0].rate.observed_at
    failed = [state for state in third.sources if state.source == Source.PROMETHEUS]
    good = [state for state in first.sources if state.source == Source.PROMETHEUS]
    assert failed[0].observed_at == good[0].observed_at


def test_each_failure_and_return_is_counted_for_ten_minutes():
    """One restart is two changes; a failure that lasts is one; old ones are forgotten."""
    first = snapshots.healthy()
    told, current = [], first
    for minute, answers in enumerate((False, False, True, False, True), start=1):
        after = timedelta(minutes=minute)
        here = replace(first, taken_at=first.taken_at + after)
        new = here if answers else without(first, Source.NATS, after)
        current = hold_over(current, new, KEEP)
        [nats] = [each for each in current.sources if each.source is Source.NATS]
        told.append(len(nats.changed_at))
    assert told == [1, 1, 2, 3, 4]
    later = replace(first, taken_at=first.taken_at + timedelta(minutes=12))
    [nats] = [
        each
        for each in hold_over(current, later, KEEP).sources
        if each.source is Source.NATS
    ]
    assert [at - first.taken_at for at in nats.changed_at] == [
        timedelta(minutes=minute) for minute in (3, 4, 5)
    ]


def test_a_figure_that_its_source_does_not_know_any_more_is_not_held_over():
    """An answered "no such series" is an answer: the old number must not hide it."""
    before = snapshots.healthy()
    current = replace(before, taken_at=before.taken_at + LATER)
    item = current.throughput[0]
    absent = replace(
        item, rate=replace(item.rate, value=None, missing=Absence.NO_SERIES)
    )
    current = replace(current, throughput=(absent, *current.throughput[1:]))
    assert hold_over(before, current, KEEP).throughput[0].rate.value is None


def test_an_action_card_keeps_the_time_it_first_appeared():
    """A card that lasts says since when, not since the last pass."""
    before = snapshots.degraded()
    now = before.taken_at + LATER
    cards = tuple(replace(card, since=now) for card in before.actions)
    after = hold_over(before, replace(before, taken_at=now, actions=cards), KEEP)
    assert [card.since for card in after.actions] == [
        card.since for card in before.actions
    ]


def test_a_card_of_a_failed_source_stays_and_says_so():
    """A degradation does not vanish because nobody can look at it any more."""
    before = snapshots.degraded()
    cards = tuple(replace(card, source=Source.PROMETHEUS) for card in before.actions)
    before = replace(before, actions=cards)
    current = replace(without(before, Source.PROMETHEUS), actions=())
    after = hold_over(before, current, KEEP)
    assert [card.key for card in after.actions] == [card.key for card in cards]
    assert all(card.held_over for card in after.actions)


def test_a_card_that_is_over_goes_away():
    """With its source answering, a card that was not raised again is gone."""
    before = snapshots.degraded()
    current = replace(before, taken_at=before.taken_at + LATER, actions=())
    assert hold_over(before, current, KEEP).actions == ()

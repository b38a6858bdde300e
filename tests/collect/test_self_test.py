"""The sanitizer is tested at every pass, by secrets that nobody has seen before."""

from dataclasses import replace

import pytest
from django.utils import timezone

from opspanel.asking import Sources
from opspanel.assess.overview import assess
from opspanel.collect import Collector, LeakingSanitizerError
from opspanel.panel.load import configured_panel
from opspanel.readings import Readings
from opspanel.sanitize.snapshot import clean
from opspanel.self_test import fresh_canaries, planted, survivors
from opspanel.snapshot.codec import to_json
from opspanel.snapshot.schema import CleanText
from opspanel.snapshot.store import MemoryStore
from opspanel.terms import FailureKind, Health, Signal

NOTHING = Readings(
    **dict.fromkeys(("prometheus", "nats", "node_tasks", "outbox"), FailureKind.TIMEOUT)
)

STREAM = "PROVISIONING"


def leaking(assessment):
    """A sanitizer with a hole: one reason goes through as it came."""
    snapshot = clean(assessment)
    stream, *others = snapshot.queues.nats.streams
    first, *rest = stream.consumers or [None]
    if first is None:
        return snapshot
    raw = CleanText(assessment.queues.nats.streams[0].consumers[0].name)
    consumers = (replace(first, name=raw), *rest)
    streams = (replace(stream, consumers=consumers), *others)
    nats = replace(snapshot.queues.nats, streams=streams)
    return replace(snapshot, queues=replace(snapshot.queues, nats=nats))


def take(store, cleaner=clean):
    panel = configured_panel()
    with Collector(Sources(), [store], panel, cleaner=cleaner) as collector:
        return collector.run_pass(timezone.now())


def test_canaries_are_new_each_time():
    """What was planted once is never planted again, so no list can know it."""
    first, second = fresh_canaries(), fresh_canaries()
    assert not {canary.secret for canary in first} & {
        canary.secret for canary in second
    }


def test_canaries_reach_the_sanitizer_even_when_no_source_answers():
    """Each planted secret is in what is judged: the test looks at text that travels."""
    canaries = fresh_canaries()
    now = timezone.now()
    judged = assess(planted(NOTHING, canaries, STREAM, now), configured_panel(), now)
    for part in (judged.queues.nats.streams, judged.queues.node_tasks, judged.actions):
        assert survivors(canaries, repr(part).encode())
    assert len(survivors(canaries, repr(judged).encode())) == len(canaries)


def test_no_canary_survives_cleaning():
    """Thirty fresh sets of canaries leave nothing in the snapshot's bytes."""
    for _ in range(30):
        canaries = fresh_canaries()
        now = timezone.now()
        copy = clean(
            assess(planted(NOTHING, canaries, STREAM, now), configured_panel(), now)
        )
        assert survivors(canaries, to_json(copy)) == ()


def test_a_pass_tells_the_result_and_its_time():
    """The snapshot says when the sanitizer was tested, with how many, and that it held."""
    snapshot = take(MemoryStore())
    assert snapshot.self_test.canaries >= 10
    assert snapshot.self_test.survived == 0
    assert snapshot.self_test.checked_at == snapshot.taken_at


def test_a_leak_withholds_the_snapshot_and_says_so():
    """With a hole in the sanitizer readers keep the last good figures, under a card."""
    store = MemoryStore()
    good = take(store)
    shown = take(store, cleaner=leaking)
    assert store.newest() == shown
    assert shown.health == good.health
    assert shown.self_test.survived == 1
    assert shown.decision.status == Health.UNKNOWN
    assert next(card.signal for card in shown.actions) == Signal.SANITIZER_FAILED


def test_the_leak_is_over_when_the_sanitizer_holds_again():
    """The next good pass takes the place of the withheld one, without the card."""
    store = MemoryStore()
    take(store)
    take(store, cleaner=leaking)
    after = take(store)
    assert store.newest() == after
    assert Signal.SANITIZER_FAILED not in {card.signal for card in after.actions}


def test_a_leak_at_the_very_first_pass_stores_nothing():
    """With nothing good to keep, nothing at all is shown."""
    store = MemoryStore()
    with pytest.raises(LeakingSanitizerError):
        take(store, cleaner=leaking)
    assert store.newest() is None

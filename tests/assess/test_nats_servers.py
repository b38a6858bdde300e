"""What servers say of themselves: how slow consumers rise, and what is on the disk."""

from datetime import timedelta

import pytest

from opspanel.assess.overview import assess
from opspanel.readings import KnownServer, Remembered, Rise
from opspanel.terms import Absence, FailureKind, Health
from tests.assess.given import NOW, ago, card, judged, panel, queue, readings, server

KEY = "nats.slow_consumers:n1"
CONFIG = panel(nats={"streams": ["PROVISIONING"], "servers": {"n1": "http://n1:8222"}})
BEFORE = KnownServer(
    name="n1", seen_at=ago(5), started_at=ago(86_400), slow_consumers=7
)


def known(*rises, **changed):
    there = {"name": "n1", "seen_at": ago(5), "started_at": ago(86_400)}
    counted = {"slow_consumers": 7, "rises": tuple(rises)}
    return KnownServer(**(there | counted | changed))


def next_pass(reading, was=BEFORE, config=CONFIG):
    """Judge a pass that reads `reading` after one that saw `was`."""
    remembered = Remembered(servers=(was,) if was else ())
    answers = {"n1": reading} if reading else {}
    given = readings(nats_servers=answers, remembered=remembered)
    return assess(given, config, NOW)


def told(assessment):
    [found] = assessment.queues.nats.servers
    return found


def test_without_addresses_nothing_is_asked_and_nothing_said():
    """No row, no sentence, and the verdict is what it was."""
    assessment = judged()
    assert assessment.queues.nats.servers == ()
    assert assessment.queues.nats.early_acks == ""
    assert assessment.decision.status is Health.HEALTHY


def test_a_total_that_does_not_rise_is_well_however_large():
    """7,000 of last week are no news."""
    assessment = next_pass(server(slow_consumers=7000), known(slow_consumers=7000))
    assert told(assessment).slow_consumers.value == 0
    assert told(assessment).status is Health.HEALTHY
    assert assessment.decision.status is Health.HEALTHY


def test_a_rise_is_told_as_a_rate_on_row_card_and_in_the_verdict():
    """Three within five minutes, whichever pass saw them."""
    was = known(Rise(at=ago(200), by=2))
    assessment = next_pass(server(slow_consumers=8), was)
    words = "cut off 3 slow consumers in 5 min"
    assert told(assessment).slow_consumers.value == pytest.approx(0.6)
    assert (told(assessment).status, told(assessment).reason) == ("degraded", words)
    assert card(assessment, KEY).title == "NATS server n1: consumers too slow"
    assert card(assessment, KEY).reason == words
    assert assessment.decision.sentence == f"Degraded: NATS server n1 {words}"
    assert queue(assessment).status is Health.HEALTHY


def test_a_rise_is_over_after_its_five_minutes():
    """And is remembered no longer."""
    was = known(Rise(at=ago(299), by=2), Rise(at=ago(301), by=90))
    assessment = next_pass(server(), was)
    assert told(assessment).slow_consumers.value == pytest.approx(0.4)
    assert [rise.by for rise in told(assessment).seen.rises] == [2]


def test_what_happens_at_each_pass_is_remembered_in_few_entries():
    """Rises of ten seconds count as one, so that their number is bounded."""
    seen = known()
    for second in range(600):
        now = NOW + timedelta(seconds=second)
        reading = server(observed_at=now, slow_consumers=8 + second)
        given = readings(
            nats_servers={"n1": reading}, remembered=Remembered(servers=(seen,))
        )
        found = told(assess(given, CONFIG, now))
        rises = tuple(Rise(at=rise.at, by=rise.by) for rise in found.seen.rises)
        seen = known(*rises, seen_at=now, slow_consumers=8 + second)
    assert 25 <= len(rises) <= 31
    assert found.slow_consumers.value == pytest.approx(60, rel=0.05)
    assert found.status is Health.UNHEALTHY


def test_a_restarted_server_counts_from_zero():
    """What it counts since is a rise; nothing is negative."""
    assessment = next_pass(
        server(started_at=ago(3), uptime_seconds=3, slow_consumers=1)
    )
    assert told(assessment).slow_consumers.value == pytest.approx(0.2)
    quiet = next_pass(server(started_at=ago(3), uptime_seconds=3, slow_consumers=0))
    assert told(quiet).slow_consumers.value == 0


def test_of_another_server_behind_the_same_address_nothing_is_known():
    """It runs for longer than the last look is ago: its total is of another time. What
    the one before it did stays said; the next pass has two totals of the same."""
    other = server(started_at=ago(999), uptime_seconds=999, slow_consumers=5000)
    found = told(next_pass(other, known(Rise(at=ago(60), by=1))))
    assert found.slow_consumers.missing is Absence.NOT_ENOUGH_DATA
    assert found.reason.startswith("cut off 1 slow consumer in 5 min; slow consumers")
    assert told(next_pass(other)).status is Health.UNKNOWN
    since = known(started_at=ago(999), slow_consumers=5000)
    assert told(next_pass(other, since)).slow_consumers.value == 0


@pytest.mark.parametrize(
    ("seconds", "rose", "rate"),
    [(300, 5, 1), (301, 5, None), (86_000, 5, None), (86_000, 0, 0)],
)
def test_a_rise_since_a_look_too_long_ago_has_no_rate(seconds, rose, rate):
    """Nobody knows whether it was within the five minutes; where nothing rose, nothing
    did in them. The total is remembered, so that the next pass has a rate."""
    was = known(seen_at=ago(seconds))
    found = told(next_pass(server(slow_consumers=7 + rose), was))
    assert found.slow_consumers.value == rate
    assert (found.status is Health.UNKNOWN) is (rate is None)
    assert found.seen.slow_consumers == 7 + rose


def test_a_restart_within_the_window_places_what_rose_since():
    """However long ago the last look is; a restart before the window does not."""
    was = known(seen_at=ago(3600))
    lately = server(started_at=ago(200), uptime_seconds=200, slow_consumers=5)
    assert told(next_pass(lately, was)).slow_consumers.value == 1
    before = server(started_at=ago(900), uptime_seconds=900, slow_consumers=5)
    found = told(next_pass(before, was)).slow_consumers
    assert found.missing is Absence.NOT_ENOUGH_DATA


def test_a_first_look_tells_no_rate_and_is_not_green():
    """One total is no rate. The next pass has two."""
    first = next_pass(server(), was=None)
    assert told(first).slow_consumers.missing is Absence.NOT_ENOUGH_DATA
    assert told(first).status is Health.UNKNOWN
    assert told(first).seen.slow_consumers == 7


@pytest.mark.parametrize("failure", [FailureKind.TIMEOUT, FailureKind.REFUSED, None])
def test_a_server_that_does_not_answer_is_unknown_and_hides_no_stream(failure):
    """Streams stay as they are; what was seen of it is kept, and what rose is still
    said. Without a reading nobody asked."""
    assessment = next_pass(failure, known(Rise(at=ago(60), by=1)))
    found = told(assessment)
    assert found.slow_consumers.missing is (failure or FailureKind.NOT_COLLECTED)
    assert found.sync_interval.value is None
    assert (found.seen.slow_consumers, found.seen.at) == (7, ago(5))
    assert found.reason.startswith("cut off 1 slow consumer in 5 min; monitoring port")
    assert card(assessment, KEY).status is Health.DEGRADED
    assert queue(assessment).status is Health.HEALTHY
    calm = next_pass(failure)
    assert told(calm).status is Health.UNKNOWN
    assert calm.decision.status is Health.UNKNOWN
    assert calm.queues.nats.status is Health.UNKNOWN
    assert calm.decision.coverage.fresh == calm.decision.coverage.declared - 1


def test_a_failed_nats_leaves_what_its_servers_say():
    """They are asked by another port."""
    remembered = Remembered(servers=(BEFORE,))
    given = readings(
        nats=FailureKind.REFUSED,
        nats_servers={"n1": server(slow_consumers=9)},
        remembered=remembered,
    )
    assessment = assess(given, CONFIG, NOW)
    assert told(assessment).slow_consumers.value == pytest.approx(0.4)
    assert card(assessment, KEY)


def test_what_is_acknowledged_and_not_on_disk_is_said_and_judged_not():
    """A standing fact: it has a sentence with its time, and nobody is degraded by it."""
    assessment = next_pass(server())
    words = "Acknowledged is not yet on disk, for up to 2 min: n1"
    assert assessment.queues.nats.early_acks == words
    assert not assessment.queues.nats.early_acks_accepted
    assert assessment.decision.status is Health.HEALTHY
    assert not assessment.actions
    accepted = panel(
        nats={"servers": {"n1": "http://n1:8222"}, "early_acks_accepted": True}
    )
    assert next_pass(server(), config=accepted).queues.nats.early_acks_accepted


@pytest.mark.parametrize("seconds", [0.0, None])
def test_a_server_that_syncs_always_or_has_no_jetstream_owes_nothing(seconds):
    """Nothing is said; where nothing is told the figure has no number."""
    assessment = next_pass(server(sync_seconds=seconds))
    assert assessment.queues.nats.early_acks == ""
    assert told(assessment).sync_interval.value == seconds


def test_several_servers_are_one_sentence_with_the_longest_time():
    """By their names in panel.toml."""
    addresses = {f"n{number}": f"http://n{number}:8222" for number in range(1, 6)}
    answers = {
        name: server(sync_seconds=seconds)
        for name, seconds in zip(addresses, (0, 1, 30, 90, 0.5), strict=True)
    }
    given = readings(nats_servers=answers)
    found = assess(given, panel(nats={"servers": addresses}), NOW).queues.nats
    words = "Acknowledged is not yet on disk, for up to 1.5 min: n2, n3, n4 and 1 more"
    assert found.early_acks == words
    assert [each.name for each in found.servers] == list(addresses)

"""Two Prometheus servers of the same targets: what each says, and who is believed."""

from dataclasses import replace

import pytest

from opspanel.assess.overview import assess
from opspanel.terms import FailureKind, Health, Source, Trust
from tests.assess.given import (
    NOW,
    ago,
    card,
    component,
    errors,
    outbox,
    panel,
    pending,
    prometheus,
    readings,
    samples,
)

PAIR = panel(prometheus={"replica_url": "http://second:9090"})


def by_both(first, second, config=PAIR):
    return assess(readings(prometheus=first, replica=second), config, NOW)


def states(assessment):
    return [each for each in assessment.sources if each.source is Source.PROMETHEUS]


def test_a_pair_that_agrees_is_as_one():
    """Nothing is said twice; both stand among the sources."""
    assessment = by_both(prometheus(), prometheus())
    alone = assess(readings(), panel(), NOW)
    assert assessment.decision == alone.decision
    assert assessment.health == alone.health
    assert [state.replica for state in states(assessment)] == [False, True]
    assert {state.trust for state in states(assessment)} == {Trust.FRESH}


def test_without_a_replica_nothing_is_told_of_one():
    """One row, as ever."""
    assert len(states(assess(readings(), panel(), NOW))) == 1


@pytest.mark.parametrize("worse_first", [True, False])
def test_the_worse_decides_and_both_are_told(worse_first):
    """On the component, its card and in the verdict; the pair is "partial"."""
    one, all_up = prometheus(node_agent__up=samples(1, 1, 1, 0)), prometheus()
    pair = (one, all_up) if worse_first else (all_up, one)
    assessment = by_both(*pair)
    says = ("3 of 4 up", "4 of 4 up") if worse_first else ("4 of 4 up", "3 of 4 up")
    words = f"Prometheus says {says[0]}, its replica {says[1]}"
    found = component(assessment, "node-agent")
    assert (found.status, found.reason) == (Health.DEGRADED, words)
    assert found.instances_up.value == 3
    assert card(assessment, "fleet.telemetry:node-agent").reason == words
    assert words in assessment.decision.sentence
    assert [(each.trust, each.disagree) for each in states(assessment)] == [
        (Trust.PARTIAL, 1)
    ] * 2
    others = [each for each in assessment.health if each.component_id != "node-agent"]
    assert {each.status for each in others} == {Health.HEALTHY}


def test_what_only_one_knows_is_unknown_and_not_green():
    """A replica that has no series of a service yet: healthy by one is not enough."""
    assessment = by_both(prometheus(), prometheus(api__up=()))
    found = component(assessment, "api")
    assert found.status is Health.NOT_REPORTED
    assert found.reason.startswith(
        "Prometheus says 2 of 2 up, its replica not reported"
    )
    assert assessment.decision.status is Health.UNKNOWN
    old = prometheus(api__scraped=samples(NOW.timestamp() - 200))
    stale = component(by_both(old, prometheus()), "api")
    assert stale.status is Health.UNKNOWN
    assert stale.reason.startswith(
        "Prometheus says last scraped 200 s ago, its replica"
    )


def test_shares_that_are_near_are_noise_but_the_worse_one_counts():
    """2.1 % and 1.9 % around a limit of 2 %: degraded, and nobody is accused."""
    assessment = by_both(
        prometheus(api__errors=samples(0.95)), prometheus(api__errors=samples(1.05))
    )
    found = errors(assessment, "api")
    assert (found.status, found.reason) == (Health.DEGRADED, "2.1 % >= 2 %")
    assert {each.disagree for each in states(assessment)} == {0}


def test_shares_that_are_far_apart_are_told():
    """0 % and 10 %."""
    assessment = by_both(prometheus(), prometheus(api__errors=samples(5)))
    found = errors(assessment, "api")
    assert found.status is Health.UNHEALTHY
    assert found.reason == "Prometheus says 0 %, its replica 10 % >= 10 %"
    assert {each.disagree for each in states(assessment)} == {1}


@pytest.mark.parametrize(
    ("here", "there", "told"), [(50, 60, False), (50, 20, True), (0.01, 0.04, False)]
)
def test_rates_that_are_far_apart_are_told_and_judged_not(here, there, told):
    """By more than a quarter; hardly any traffic is no difference."""
    assessment = by_both(
        prometheus(api__throughput=samples(here)),
        prometheus(api__throughput=samples(there)),
    )
    found = component(assessment, "api")
    assert found.status is Health.HEALTHY
    words = f"2 of 2 up; Prometheus says {here}/s, its replica {there}/s"
    assert (found.reason == words) is told
    assert states(assessment)[0].disagree == int(told)


RELAY = "outbox.relay:outbox-relay"


@pytest.mark.parametrize("worse_first", [True, False])
def test_publish_failures_are_judged_by_both(worse_first):
    """12 by one of them are not healthy, whichever that is; beside them all else of the
    outbox stays said."""
    pair = prometheus(outbox__publish_failures=samples(12)), prometheus()
    given = pair if worse_first else pair[::-1]
    assessment = by_both(*given)
    says = "12, its replica 0" if worse_first else "0, its replica 12"
    words = f"publish failures in 300 s: Prometheus says {says}"
    found = assessment.queues.outbox
    assert (found.status, found.relay, found.reason) == (
        Health.DEGRADED,
        Health.DEGRADED,
        words,
    )
    assert found.publish_failures.value == 12
    assert card(assessment, RELAY).reason == words
    assert words in assessment.decision.sentence
    assert {each.disagree for each in states(assessment)} == {1}
    late = replace(
        readings(prometheus=given[0], replica=given[1]),
        outbox=outbox(pending=pending(5, 130)),
    )
    reason = assess(late, PAIR, NOW).queues.outbox.reason
    assert reason == f"oldest pending 130 s >= 120 s; {words}"


@pytest.mark.parametrize("known", [0, 12])
def test_publish_failures_that_only_one_knows_are_not_green(known):
    """None by one and no number by the other is unknown; some stay some."""
    count = prometheus(outbox__publish_failures=samples(known))
    assessment = by_both(count, prometheus(outbox__publish_failures=()))
    found = assessment.queues.outbox
    assert found.status is (Health.DEGRADED if known else Health.NOT_REPORTED)
    assert found.reason.startswith(
        f"publish failures in 300 s: Prometheus says {known}"
    )
    assert found.reason.endswith("its replica not reported")
    assert assessment.decision.status is not Health.HEALTHY


def test_publish_failures_that_are_near_are_noise():
    """12 and 11: the worse counts, and nobody is accused."""
    assessment = by_both(
        prometheus(outbox__publish_failures=samples(11)),
        prometheus(outbox__publish_failures=samples(12)),
    )
    assert assessment.queues.outbox.reason == "12 publish failures in 300 s"
    assert {each.disagree for each in states(assessment)} == {0}


@pytest.mark.parametrize("silent", ["prometheus", "replica"])
def test_one_that_does_not_answer_is_told_and_the_other_stands(silent):
    """Its figures are fresh, and no service is unknown; the pair is degraded, with a
    card that says who is silent."""
    reading = prometheus(api__throughput=samples(42))
    given = readings(prometheus=reading, replica=reading)
    given = replace(given, **{silent: FailureKind.TIMEOUT})
    assessment = assess(given, PAIR, NOW)
    [rate] = [each for each in assessment.throughput if each.component_id == "api"]
    assert (rate.rate.value, rate.rate.observed_at) == (42, ago(2))
    assert component(assessment, "api").status is Health.HEALTHY
    found = card(assessment, "source.failed:prometheus")
    who = "the first of the pair" if silent == "prometheus" else "its replica"
    assert found.title == "Prometheus: one of two cannot be read"
    words = f"is read by one of two: {who} does not answer (timeout)"
    assert words in found.reason
    assert component(assessment, "prometheus").status is Health.DEGRADED
    assert assessment.decision.status is Health.DEGRADED
    failed = {state.replica: state.failure for state in states(assessment)}
    assert failed == {
        silent == "replica": FailureKind.TIMEOUT,
        silent != "replica": None,
    }


def test_what_is_unknown_stays_named_while_one_of_the_pair_is_silent():
    """It is no consequence of the silence."""
    assessment = by_both(prometheus(api__up=()), FailureKind.REFUSED)
    assert "unknown: API" in assessment.decision.sentence


def test_where_neither_answers_all_is_as_without_a_pair():
    """Unknown, and the dependency unhealthy or unknown by why."""
    assessment = by_both(FailureKind.REFUSED, FailureKind.TIMEOUT)
    assert component(assessment, "api").status is Health.UNKNOWN
    assert component(assessment, "prometheus").status is Health.UNHEALTHY
    [rate] = [each for each in assessment.throughput if each.component_id == "api"]
    assert rate.rate.missing is FailureKind.REFUSED


def test_a_reading_of_the_replica_that_is_too_old_counts_as_silence():
    """As of any source."""
    old = replace(prometheus(), observed_at=ago(20))
    found = component(by_both(prometheus(), old), "prometheus")
    assert found.status is Health.DEGRADED
    assert "its replica gave an answer that is too old" in found.reason

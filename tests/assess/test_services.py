import pytest

from opspanel.readings import Sample
from opspanel.terms import FailureKind, Health, Signal
from tests.assess.given import (
    NOW,
    ago,
    card,
    component,
    errors,
    judged,
    panel,
    prometheus,
    samples,
)


def judge(component_id, **changed):
    assessment = judged(prometheus=prometheus(**changed))
    found = component(assessment, component_id)
    return found.status, found.reason


def test_all_instances_up():
    """All expected instances up is healthy, and the reason counts them."""
    assert judge("api") == (Health.HEALTHY, "2 of 2 up")


def test_more_than_expected():
    """More instances than expected are fine."""
    assert judge("api", api__up=samples(1, 1, 1)) == (Health.HEALTHY, "3 of 2 up")


def test_some_up():
    """Some instances up is degraded, with a card of the service's own signal."""
    assessment = judged(prometheus=prometheus(node_agent__up=samples(1, 1, 1, 0)))
    found = component(assessment, "node-agent")
    assert (found.status, found.reason) == (Health.DEGRADED, "3 of 4 up")
    assert card(assessment, "fleet.telemetry:node-agent").status is Health.DEGRADED


def test_which_instances_are_down():
    """By Prometheus' own label, in order, the first three of them."""
    down = [
        Sample(labels={"instance": f"node-{n}:9100"}, value=0.0, at=NOW)
        for n in (4, 2, 3, 1)
    ]
    reason = judge("node-agent", node_agent__up=tuple(down))[1]
    assert reason == (
        "0 of 4 up, down: node-1:9100, node-2:9100, node-3:9100 and 1 more"
    )


def test_a_rate_is_as_old_as_the_scrape_that_it_is_made_of():
    """Prometheus answers from samples of minutes ago as if they were of now."""
    assessment = judged(
        prometheus=prometheus(api__scraped=samples(NOW.timestamp() - 50))
    )
    rates = {rate.component_id: rate.rate for rate in assessment.throughput}
    old, fresh = rates["api"], rates["billing-worker"]
    assert (old.observed_at, old.good_for) == (ago(50), 120)
    assert fresh.observed_at == ago(2)
    assert component(assessment, "api").latency_p95.observed_at == ago(50)
    assert errors(assessment, "api").ratio.observed_at == ago(50)
    assert component(assessment, "api").status is Health.HEALTHY


def test_no_rate_of_an_old_scrape_is_green():
    """A share of errors from within Prometheus' look-back says nothing of now."""
    stale = prometheus(api__scraped=samples(NOW.timestamp() - 299))
    assessment = judged(prometheus=stale)
    assert errors(assessment, "api").status is Health.UNKNOWN
    assert component(assessment, "api").status is Health.UNKNOWN


def test_a_scrape_in_the_future_makes_no_rate_newer():
    """By its own clock Prometheus is 20 s ahead, and so are the times of its scrapes."""
    ahead = prometheus(skew=20, api__scraped=samples(NOW.timestamp() + 18))
    rates = {
        rate.component_id: rate.rate for rate in judged(prometheus=ahead).throughput
    }
    assert rates["api"].observed_at == ago(2)


def test_vanished_instance():
    """An instance that is gone from `up` altogether is missed all the same."""
    assert judge("node-agent", node_agent__up=samples(1, 1))[1] == "2 of 4 up"


def test_none_up():
    """No instance up is unhealthy; a critical service raises the level to three."""
    assessment = judged(prometheus=prometheus(api__up=samples(0, 0)))
    assert component(assessment, "api").status is Health.UNHEALTHY
    assert assessment.decision.degradation_level == 3
    assert card(assessment, "service.down:api").signal is Signal.SERVICE_DOWN


def test_no_series():
    """A job without series is not reported, which is not healthy and not zero."""
    status, reason = judge("billing-worker", billing_worker__up=())
    assert status is Health.NOT_REPORTED
    assert reason == "not reported: no series for job billing-worker"


@pytest.mark.parametrize("answer", [FailureKind.BAD_QUERY, samples(None)])
def test_up_unknown(answer):
    """An `up` that failed or is not a number leaves the service unknown."""
    assert judge("api", api__up=answer)[0] is Health.UNKNOWN


def test_stale_scrape():
    """An old scrape makes even a good `up` unknown, and says how old."""
    old = samples(NOW.timestamp() - 95)
    expected = (Health.UNKNOWN, "last scraped 95 s ago")
    assert judge("api", api__scraped=old) == expected


def test_skew_is_not_age():
    """The scrape's age is told by the clock that stamped it."""
    ahead = samples(NOW.timestamp() - 80)
    assert judge("api", skew=-25, api__scraped=ahead)[0] is Health.HEALTHY


def test_clock_off():
    """With Prometheus's clock too far off nothing it scraped is believed."""
    status, reason = judge("api", skew=-45)
    assert status is Health.UNKNOWN
    assert reason == "Prometheus's clock is off by 45 s"


def test_latency():
    """A high p95 degrades the component and asks for the latency card."""
    assessment = judged(prometheus=prometheus(api__latency_p95=samples(0.412)))
    assert component(assessment, "api").reason == "p95 412 ms >= 300 ms"
    assert card(assessment, "api.latency:api").status is Health.DEGRADED


def test_latency_without_traffic():
    """Without traffic a p95 of nothing is no reason to worry."""
    quiet = {"api__throughput": samples(0), "api__latency_p95": samples(None)}
    assert judge("api", **quiet)[0] is Health.HEALTHY


def test_latency_missing():
    """With traffic, a p95 that is missing keeps the component from being green."""
    assert judge("api", api__latency_p95=()) == (
        Health.NOT_REPORTED,
        "p95: not reported",
    )


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        (FailureKind.REFUSED, Health.UNHEALTHY, "refused the connection"),
        (FailureKind.JS_DISABLED, Health.UNHEALTHY, "runs without JetStream"),
        (FailureKind.NOT_LEADER, Health.UNHEALTHY, "has no leader"),
        (FailureKind.TIMEOUT, Health.UNKNOWN, "does not answer (timeout)"),
        (FailureKind.UNCONFIGURED, Health.NOT_REPORTED, "is not configured"),
    ],
)
def test_dependency(kind, status, words):
    """A dependency is as the source that probes it, in words a person can act on."""
    assessment = judged(nats=kind)
    found = component(assessment, "nats")
    assert (found.status, found.reason) == (status, words)
    assert f"NATS JetStream {words}" in card(assessment, "source.failed:nats").reason


def test_source_without_dependency():
    """A source that no dependency stands for gets its card all the same."""
    assessment = judged(config=panel(dependencies=[]), nats=FailureKind.REFUSED)
    assert card(assessment, "source.failed:nats").owner_domain == "platform"
    assert assessment.decision.status is Health.UNHEALTHY

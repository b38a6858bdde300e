import pytest

from opspanel.readings import Series
from opspanel.terms import Absence, FailureKind, Health
from tests.assess.given import NOW, card, errors, judged, prometheus, readings, samples


def judge(component_id="api", **changed):
    return errors(judged(prometheus=prometheus(**changed)), component_id)


def test_ratio():
    """The ratio is errors by throughput, healthy below the threshold."""
    found = judge(api__errors=samples(0.5))
    assert found.ratio.value == pytest.approx(0.01)
    assert (found.status, found.reason) == (Health.HEALTHY, "1 %")


def test_api_errors():
    """API errors over the threshold name the figure and the threshold, first of all."""
    assessment = judged(prometheus=prometheus(api__errors=samples(17.1)))
    sentence = "Unhealthy: API errors 34.2 % >= 10 %"
    assert assessment.decision.sentence == sentence
    assert assessment.decision.degradation_level == 3
    assert card(assessment, "api.errors:api").title == "API errors elevated"


def test_worker_failures():
    """A worker's failures have thresholds of their own; its own runbook comes first."""
    assert judge("billing-worker", billing_worker__errors=samples(0.08)).status is (
        Health.HEALTHY
    )
    assessment = judged(prometheus=prometheus(billing_worker__errors=samples(0.2)))
    found = card(assessment, "worker.failures:billing-worker")
    assert found.reason == "10 % >= 5 %"
    assert [runbook.id for runbook in found.runbooks] == [
        "ops.worker.billing",
        "ops.worker.any",
    ]


@pytest.mark.parametrize("rate", [0.0, 0.01])
def test_no_traffic(rate):
    """With the service up, next to no traffic is healthy and says so, without a ratio."""
    found = judge(api__throughput=samples(rate), api__errors=samples(rate))
    assert found.ratio.missing is Absence.NO_TRAFFIC
    assert (found.status, found.reason) == (Health.HEALTHY, "no traffic")


def test_service_down():
    """A rate outlives its target: no errors of a service that is down is not good."""
    found = judge(api__up=samples(0, 0))
    assert found.status is Health.UNKNOWN
    assert found.reason == "no instance is known to be up"


@pytest.mark.parametrize(
    ("answer", "status", "missing"),
    [
        ((), Health.NOT_REPORTED, Absence.NO_SERIES),
        (samples(None), Health.UNKNOWN, Absence.NOT_A_NUMBER),
        (FailureKind.BAD_QUERY, Health.UNKNOWN, FailureKind.BAD_QUERY),
        (samples(1, 2), Health.UNKNOWN, FailureKind.BAD_QUERY),
    ],
)
@pytest.mark.parametrize("query", ["api__errors", "api__throughput"])
def test_missing(query, answer, status, missing):
    """A part of the ratio that is missing is told apart from zero errors."""
    found = judge(**{query: answer})
    assert (found.status, found.ratio.missing) == (status, missing)


def test_trend():
    """The trend is the ratio point by point; gaps and quiet stay gaps."""

    def series(*points):
        return Series(ends_at=NOW, step_seconds=30, points=points)

    reading = prometheus()
    reading.trends.update(
        {
            "api.errors": series(1, None, 0, 3),
            "api.throughput": series(10, 10, 0, 10),
        }
    )
    assessment = judged(prometheus=reading)
    assert errors(assessment, "api").trend.points == (0.1, None, None, 0.3)
    assert assessment.throughput[0].trend.points == (10, 10, 0, 10)


def test_uneven_trend():
    """Two trends that were not sampled at the same instants give none."""
    reading = readings().prometheus
    reading.trends.update(
        {
            "api.errors": Series(ends_at=NOW, step_seconds=30, points=(1,)),
            "api.throughput": Series(ends_at=NOW, step_seconds=30, points=(1, 2)),
        }
    )
    assert errors(judged(prometheus=reading), "api").trend is None

"""The six SLOs against a real Prometheus and the same sums done by hand."""

import asyncio

import pytest

from opspanel.assess.slos import Judge
from opspanel.panel.load import configured_panel
from opspanel.panel.slos import Slo
from opspanel.sources.prometheus import PrometheusAddress
from opspanel.sources.slos import SloSource
from opspanel.terms import Absence, Health
from tests.slos.history import DAYS, RECORDED

# One history for all of them: it takes a while to write.
PERIOD = 30 * 86_400
HOUR = 3600
EXACT = {
    "api-p95": ("api", "0.3"),
    "api-p99": ("api", "1.0"),
    "membership-p99": ("membership", "0.05"),
    "allocation-event": ("allocation", "1.0"),
    "webhook-credit": ("webhook", "5.0"),
}
STARTED = {"allocation-event": "created", "webhook-credit": "received"}
WINDOWS = {"1h": HOUR, "6h": 6 * HOUR, "1d": 24 * HOUR, "3d": 72 * HOUR}


SLOTH = Slo(
    id="sloth",
    name="By Sloth",
    owner="us",
    objective=0.99,
    indicator={
        "error_ratio": 'slo:sli_error:ratio_rate$window{sloth_id="api"}',
        "total": 'http_server_request_duration_seconds_bucket{service="api",le="+Inf"}',
    },
)


@pytest.fixture(scope="module")
def judged(seeded):
    """Every SLO of the shipped panel.toml and one of Sloth's, and when it was asked."""
    shipped = configured_panel()
    panel = shipped.model_copy(update={"slos": (*shipped.slos, SLOTH)})

    async def read():
        source = SloSource(PrometheusAddress(url=seeded.url), panel)
        try:
            return await source.read()
        finally:
            await source.aclose()

    reading = asyncio.run(read())
    judge = Judge(reading, panel, reading.observed_at)
    asked_at = reading.observed_at.timestamp()
    return {slo.id: judge.judge(slo)[0] for slo in panel.slos}, asked_at


def share(history, slo_id, since):
    histogram, edge = EXACT[slo_id]
    buckets = getattr(history, histogram).of
    counter = STARTED.get(slo_id)
    every = getattr(history, counter) if counter else buckets["+Inf"]
    start = history.start
    return buckets[edge].increase(start, since) / every.increase(start, since)


@pytest.mark.parametrize("slo_id", EXACT)
def test_compliance_and_budget_are_the_sums_done_by_hand(judged, seeded, slo_id):
    """To four digits, whatever restarts, gaps and quiet hours lie between."""
    slos, asked_at = judged
    slo = slos[slo_id]
    wanted = share(seeded.history, slo_id, asked_at - PERIOD)
    assert slo.compliance.value == pytest.approx(wanted, abs=5e-5)
    allowed = 1 - slo.objective
    assert slo.budget_left.value == pytest.approx(
        1 - (1 - wanted) / allowed, abs=5e-5 / allowed
    )


@pytest.mark.parametrize("slo_id", EXACT)
def test_each_long_window_burns_as_counted_by_hand(judged, seeded, slo_id):
    slos, asked_at = judged
    slo = slos[slo_id]
    for rate in slo.burns:
        since = asked_at - WINDOWS[rate.long_window]
        wanted = (1 - share(seeded.history, slo_id, since)) / (1 - slo.objective)
        assert rate.long.value == pytest.approx(wanted, rel=0.05, abs=0.02)


def test_without_an_edge_at_the_limit_there_are_bounds_and_no_verdict(judged, seeded):
    """The true share lies between those of the two edges beside it."""
    slos, asked_at = judged
    slo, of = slos["membership-p95"], seeded.history.membership.of
    assert slo.compliance.missing is Absence.NO_EDGE
    assert slo.status is Health.UNKNOWN
    assert not any(rate.firing for rate in slo.burns)
    start, since = seeded.history.start, asked_at - PERIOD
    every = of["+Inf"].increase(start, since)
    for figure, edge in ((slo.bounds.at_least, "0.01"), (slo.bounds.at_most, "0.05")):
        wanted = of[edge].increase(start, since) / every
        assert figure.value == pytest.approx(wanted, abs=5e-5)


def test_what_never_finished_counts_as_bad_and_is_told(judged, seeded):
    slos, asked_at = judged
    history, since = seeded.history, asked_at - PERIOD
    finished = history.allocation.of["+Inf"].increase(history.start, since)
    lost = history.created.increase(history.start, since) - finished
    assert slos["allocation-event"].unfinished.value == pytest.approx(lost, rel=0.01)
    assert slos["api-p95"].unfinished is None


def test_a_history_shorter_than_the_window_is_told(judged):
    """Nine days of thirty: the share stands, with a word beside it."""
    slos, _ = judged
    assert DAYS < 30
    assert "from less than 30 d of history" in slos["api-p95"].reason


def test_what_another_tool_recorded_is_read_and_not_counted_again(judged, seeded):
    """Its shares, over our count of all events; it pages as ours would."""
    slos, asked_at = judged
    slo, history = slos["sloth"], seeded.history
    assert slo.compliance.value == pytest.approx(1 - RECORDED["30d"])
    assert slo.budget_left.value == pytest.approx(0.6)
    every = history.api.of["+Inf"].increase(history.start, asked_at - PERIOD)
    assert slo.events.value == pytest.approx(every, rel=0.001)
    first = slo.burns[0]
    assert first.long.value == pytest.approx(25)
    assert first.short.value == pytest.approx(50)
    assert first.firing

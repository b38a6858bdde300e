"""How an SLO is judged by what Prometheus counted."""

from datetime import timedelta

import pytest

from opspanel.assess.slos import Judge
from opspanel.panel.config import PanelConfig
from opspanel.panel.slos import BURN_ALERTS, ERROR_RATIO, HISTORY, SECONDS, Slo, key
from opspanel.readings import Sample, SloReading
from opspanel.terms import Absence, FailureKind, Health, Signal, Urgency
from tests.assess import given

LATENCY = {"threshold_seconds": 0.3, "bucket": "b"}
RATIO = {"good": "g", "total": "t"}


def slo_of(indicator=RATIO, objective=0.99, **more):
    return Slo(
        id="api",
        name="API",
        owner="us",
        objective=objective,
        indicator=indicator,
        **more,
    )


def sample(value, **labels):
    return Sample(labels=labels, value=value, at=given.NOW)


def counts(slo, of_window):
    """Answers with (good, total) for each window; history reaches back for all."""
    answers = {}
    for window in (*SECONDS, slo.period):
        good, total = of_window(window)
        answers[key(slo, "good", window)] = (sample(good),)
        answers[key(slo, "total", window)] = (sample(total),)
        answers[key(slo, HISTORY, window)] = (sample(1.0),)
    return answers


def recorded(slo, error_ratio, total=1000.0):
    """Answers of another tool's series, and of the counter beside them."""
    answers = {}
    for window in (*SECONDS, slo.period):
        answers[key(slo, "total", window)] = (sample(total),)
        answers[key(slo, HISTORY, window)] = (sample(1.0),)
        if error_ratio(window) is not None:
            answers[key(slo, ERROR_RATIO, window)] = (sample(error_ratio(window)),)
    return answers


def judge(slo, answers):
    reading = SloReading(
        observed_at=given.NOW, took_seconds=0.1, reads=1, answers=answers
    )
    panel = PanelConfig.model_validate(given.PANEL)
    return Judge(reading, panel, given.NOW + timedelta(seconds=1)).judge(slo)


def bad_share(share, total=1000.0):
    return lambda _window: (total * (1 - share), total)


def test_a_healthy_objective_tells_what_is_left():
    """0.4 % bad of the 1 % allowed leaves 60 %, and lasts."""
    slo, judged = judge(slo_of(), counts(slo_of(), bad_share(0.004)))
    assert slo.status is Health.HEALTHY
    assert slo.compliance.value == pytest.approx(0.996)
    assert slo.budget_left.value == pytest.approx(0.6)
    assert slo.burn.value == pytest.approx(0.4)
    assert slo.exhausted_in is None
    assert judged.findings == ()


def test_a_fast_burn_pages():
    """20 % bad burns an objective of 99 % twenty times too fast, in all windows."""
    slo, judged = judge(slo_of(), counts(slo_of(), bad_share(0.2)))
    assert [rate.firing for rate in slo.burns] == [True] * 4
    assert slo.status is Health.UNHEALTHY
    assert [finding.signal for finding in judged.findings] == [Signal.SLO_BURN]
    assert "20\N{MULTIPLICATION SIGN} over 1h" in judged.findings[0].reason


def test_a_slow_burn_asks_for_a_ticket_only():
    """Four times too fast: neither page of 14.4 and 6 times, both tickets."""
    slo, judged = judge(slo_of(), counts(slo_of(), bad_share(0.04)))
    fired = {rate.urgency for rate in slo.burns if rate.firing}
    assert fired == {Urgency.TICKET}
    assert judged.findings[0].status is Health.DEGRADED


def test_what_is_over_alarms_no_more():
    """The long window still holds the trouble, the short one is clean."""

    def healed(window):
        return (1000.0, 1000.0) if window in {"5m", "30m"} else (700.0, 1000.0)

    slo, _ = judge(slo_of(), counts(slo_of(), healed))
    assert [rate.firing for rate in slo.burns] == [False, False, True, True]


def test_one_bad_event_of_two_alarms_nobody():
    """Fewer than twenty events in the window."""
    slo, judged = judge(slo_of(), counts(slo_of(), bad_share(0.5, total=2)))
    assert slo.burn.value == pytest.approx(50)
    assert not any(rate.firing for rate in slo.burns)
    assert judged.findings == ()


def test_an_overspent_budget_is_negative():
    slo, _ = judge(slo_of(), counts(slo_of(), bad_share(0.025)))
    assert slo.budget_left.value == pytest.approx(-1.5)
    assert slo.exhausted_in.value == 0
    assert "overspent by 150 %" in slo.reason


def test_the_time_until_it_is_gone():
    """Half is left and an hour burns five times too fast: three days of thirty."""

    def of(window):
        return (950.0, 1000.0) if window == "1h" else (995.0, 1000.0)

    slo, _ = judge(slo_of(), counts(slo_of(), of))
    assert slo.exhausted_in.value == pytest.approx(3 * 86_400)


def test_no_traffic_is_no_share():
    """Neither 100 % nor 0 %."""
    slo, judged = judge(slo_of(), counts(slo_of(), lambda _: (0.0, 0.0)))
    assert slo.compliance.missing is Absence.NO_TRAFFIC
    assert slo.status is Health.UNKNOWN
    assert judged.findings == ()


def test_what_is_no_number_is_no_share():
    """As a source reads NaN and infinity."""
    slo_ = slo_of()
    answers = counts(slo_, bad_share(0.0))
    answers[key(slo_, "total", slo_.period)] = (sample(None),)
    slo, _ = judge(slo_, answers)
    assert slo.compliance.missing is Absence.NOT_A_NUMBER
    assert slo.status is Health.UNKNOWN


def test_a_window_beyond_history_gives_no_burn_rate():
    """Five minutes of data are no three days."""
    slo_ = slo_of()
    answers = counts(slo_, bad_share(0.5))
    for alert in BURN_ALERTS[1:]:
        answers[key(slo_, HISTORY, alert.long)] = ()
    slo, _ = judge(slo_, answers)
    assert [rate.firing for rate in slo.burns] == [True, False, False, False]
    assert slo.burns[3].long.missing is Absence.SHORT_HISTORY


def test_work_that_never_ends_is_bad():
    """A hundred began, eighty ended in time, nothing of the rest is in a histogram."""
    slo_ = slo_of({**LATENCY, "started": "s"}, objective=0.5)
    answers = {
        key(slo_, "buckets", slo_.period): (
            sample(80.0, le="0.3"),
            sample(80.0, le="+Inf"),
        ),
        key(slo_, "started", slo_.period): (sample(100.0),),
    }
    slo, _ = judge(slo_, answers)
    assert slo.compliance.value == pytest.approx(0.8)
    assert slo.unfinished.value == pytest.approx(20)


@pytest.mark.parametrize("edge", ["0.3", "0.30", "3e-1"])
def test_an_edge_is_known_however_it_is_written(edge):
    slo_ = slo_of(LATENCY)
    answers = {
        key(slo_, "buckets", slo_.period): (
            sample(9.0, le=edge),
            sample(10.0, le="+Inf"),
            sample(3.0, le="nonsense"),
        )
    }
    slo, _ = judge(slo_, answers)
    assert slo.compliance.value == pytest.approx(0.9)


def test_a_source_that_fails_leaves_every_figure_unknown():
    """Told by its kind, and never as a good share."""
    panel = PanelConfig.model_validate(given.PANEL)
    slo, judged = Judge(FailureKind.TIMEOUT, panel, given.NOW).judge(slo_of())
    assert slo.compliance.missing is FailureKind.TIMEOUT
    assert slo.status is Health.UNKNOWN
    assert not judged.counted


RECORDED = {"error_ratio": "slo:sli_error:ratio_rate$window", "total": "t"}


def test_what_sloth_recorded_is_believed():
    """Its share of bad events, over our count of all: the same figures as by counting."""
    by_share, _ = judge(slo_of(RECORDED), recorded(slo_of(RECORDED), lambda _: 0.002))
    by_count, _ = judge(slo_of(), counts(slo_of(), bad_share(0.002)))
    assert by_share.compliance.value == pytest.approx(by_count.compliance.value)
    assert by_share.budget_left.value == pytest.approx(0.8)
    assert by_share.events.value == 1000


def test_a_recorded_burn_pages_and_one_that_is_not_recorded_is_unknown():
    """Pyrra records other windows: what it lacks is missing, and alarms nobody."""
    slo = slo_of(RECORDED)
    found, judged = judge(
        slo, recorded(slo, lambda window: None if window == "3d" else 0.2)
    )
    long = {burn.long_window: burn.long for burn in found.burns}
    assert long["3d"].missing is Absence.NO_SERIES
    assert long["1h"].value == pytest.approx(20)
    assert judged.findings[0].signal is Signal.SLO_BURN
    assert found.burns[0].firing


def test_a_share_beyond_all_is_none():
    """Rules of others are not ours: no compliance above one or below zero."""
    slo = slo_of(RECORDED)
    for said, shown in ((-0.1, 1.0), (1.7, 0.0)):
        found, _ = judge(slo, recorded(slo, lambda _, said=said: said))
        assert found.compliance.value == shown


def test_without_traffic_a_recorded_share_is_none():
    """Whatever the series says of nothing."""
    slo = slo_of(RECORDED)
    found, _ = judge(slo, recorded(slo, lambda _: 0.0, total=0.0))
    assert found.compliance.missing is Absence.NO_TRAFFIC

"""Prometheus as it should be: against a real one."""

import asyncio
import os
import signal
import time
from importlib.resources import files

import pytest

from opspanel.panel.config import Service
from opspanel.panel.load import parse
from opspanel.panel.queues import Outbox
from opspanel.panel.section import Labels
from opspanel.readings import SourceFailedError
from opspanel.sources.prometheus import PrometheusAddress, PrometheusSource
from opspanel.terms import FailureKind

DEFAULT = files("opspanel.panel") / "panel.toml"

pytestmark = pytest.mark.anyio

QUERIES = {
    "up": 'up{job="$job"}',
    "scraped": 'max(timestamp(up{job="$job"}))',
    "throughput": 'sum(irate(http_server_requests_total{service="$service"}[20s]))',
    "errors": "sum(irate(http_server_requests_total{service='$service',"
    "$status_label=~'$server_error'}[20s]))",
}


def service(name="api", job="api", **queries) -> Service:
    return Service(
        id=name,
        name=name,
        type="api",
        owner="platform",
        job=job,
        queries=queries or QUERIES,
    )


def watching(panel, *services, **others):
    return panel.model_copy(update={"services": services, **others})


@pytest.fixture
async def open_source(prometheus_url, panel):
    opened = []

    def open_one(*services, **others) -> PrometheusSource:
        address = PrometheusAddress(url=prometheus_url)
        opened.append(PrometheusSource(address, watching(panel, *services, **others)))
        return opened[-1]

    yield open_one
    for source in opened:
        await source.aclose()


async def test_a_counter_that_begins_anew_makes_no_negative_rate(open_source):
    """What a service counted before it was restarted is not taken off again."""
    restarting = 'restarting_requests_total{service="api"}'
    queries = {
        "up": f"resets({restarting}[20s])",
        "throughput": f"sum(rate({restarting}[20s]))",
        "errors": f"delta({restarting}[6s])",
    }
    source = open_source(service(**queries))
    ends = time.monotonic() + 30
    while True:
        answers = (await source.read()).answers
        seen = [answers[f"api.{name}"] for name in ("up", "errors", "throughput")]
        if all(seen):
            resets, difference, rate = (samples[0].value for samples in seen)
            assert rate >= 0
            if resets >= 1 and difference < 0 < rate:
                return
        assert time.monotonic() < ends, "the counter was not seen to begin anew"
        await asyncio.sleep(0.3)


async def test_the_figures_of_a_service(open_source):
    """Each query's answer is under its key, with its own labels and no other."""
    reading = await open_source(service()).read()
    [rate], [errors] = reading.answers["api.throughput"], reading.answers["api.errors"]
    assert rate.value == pytest.approx(100, rel=0.1)
    assert errors.value == pytest.approx(10, rel=0.1)
    [up] = reading.answers["api.up"]
    assert up.value == 1
    assert up.labels["job"] == "api"
    assert set(up.labels) == {"__name__", "job", "instance"}
    [scraped] = reading.answers["api.scraped"]
    assert 0 <= time.time() - scraped.value < 60
    assert abs(reading.skew_seconds) < 10
    assert reading.warnings == 0


async def test_no_series_is_an_empty_answer(open_source):
    """A service that was never scraped has no samples, which is not zero."""
    reading = await open_source(service(), service("ghost", "ghost")).read()
    assert reading.answers["ghost.up"] == ()
    assert reading.answers["ghost.throughput"] == ()
    assert reading.trends["ghost.throughput"] is None
    assert reading.answers["api.up"]


async def test_services_with_the_same_series_do_not_hide_each_other(open_source):
    """Two services of one job both get its samples."""
    reading = await open_source(service("one"), service("two")).read()
    assert len(reading.answers["one.up"]) == len(reading.answers["two.up"]) == 1


async def test_one_bad_query_costs_only_itself(open_source):
    """A query that Prometheus refuses fails alone; those beside it are answered."""
    broken = service("broken", errors="sum(rate(", throughput="rate(up)")
    mixed = service("mixed", throughput="vector(7) # seven", up="1")
    reading = await open_source(service(), broken, mixed).read()
    answers = reading.answers
    assert answers["broken.errors"] is FailureKind.BAD_QUERY
    assert answers["broken.throughput"] is FailureKind.BAD_QUERY
    assert answers["mixed.up"] is FailureKind.BAD_QUERY  # a scalar is no vector
    assert answers["mixed.throughput"][0].value == 7
    assert answers["api.up"][0].value == 1
    assert answers["api.throughput"]
    assert reading.trends["broken.errors"] is FailureKind.BAD_QUERY
    assert reading.trends["mixed.throughput"].points[-1] == 7


async def test_only_bad_queries_is_still_an_answer(open_source):
    """Prometheus itself answers, so the reading stands and each query says why not."""
    reading = await open_source(service(up="nonsense(", errors="nonsense(")).read()
    assert set(reading.answers.values()) == {FailureKind.BAD_QUERY}


async def test_not_a_number_is_none(open_source):
    """NaN and infinities are samples without a value."""
    odd = service(throughput="vector(0) / vector(0)", errors="vector(1) / vector(0)")
    reading = await open_source(odd).read()
    assert [each.value for each in reading.answers["api.throughput"]] == [None]
    assert [each.value for each in reading.answers["api.errors"]] == [None]
    assert set(reading.trends["api.errors"].points) == {None}


async def test_the_relay_s_counter_is_asked_for_when_configured(open_source):
    """The outbox's own query is answered under its key, and absent without one."""
    outbox = Outbox(publish_failures="vector(3)")
    reading = await open_source(outbox=outbox).read()
    assert reading.answers["outbox.publish_failures"][0].value == 3
    assert (await open_source().read()).answers == {}


async def test_the_trend_is_on_whole_steps_and_held_between(open_source):
    """A pass costs two requests, every third one also the trends'."""
    lately = f"vector(time()) > {time.time() - 100}"
    source = open_source(service(throughput=lately, up="up"))
    readings = [await source.read() for _ in range(4)]
    assert [reading.reads for reading in readings] == [3, 2, 2, 3]
    trend = readings[0].trends["api.throughput"]
    assert (len(trend.points), trend.step_seconds) == (60, 30)
    end = trend.ends_at.timestamp()
    assert end % 30 == 0
    assert 0 <= time.time() - end < 40
    assert trend.points[-3:] == (end - 60, end - 30, end)
    assert trend.points[:50] == (None,) * 50
    assert readings[1].trends["api.throughput"] == trend


async def test_label_names_follow_the_mapping(open_source):
    """The names of labels come from panel.toml."""
    labels = Labels(status_class="status_code_class", server_error="2xx")
    reading = await open_source(service(), labels=labels).read()
    assert reading.answers["api.errors"][0].value == pytest.approx(90, rel=0.1)


async def test_a_frozen_prometheus_is_cut_and_the_next_pass_works(
    open_source, prometheus_process, hasty
):
    """A stopped server costs the deadline; once it goes on, so does the source."""
    source = open_source(service(), collection=hasty.collection)
    await source.read()
    pid = prometheus_process[0].pid
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    try:
        with pytest.raises(SourceFailedError) as failed:
            await source.read()
        assert time.monotonic() - began < 10
    finally:
        os.kill(pid, signal.SIGCONT)
    assert failed.value.kind is FailureKind.TIMEOUT
    assert (await source.read()).answers["api.up"][0].value == 1


async def test_the_default_panel_s_queries_are_understood(prometheus_url):
    """Prometheus accepts every query of the panel.toml that ships."""
    panel = parse(DEFAULT.read_text(), "panel.toml")
    source = PrometheusSource(PrometheusAddress(url=prometheus_url), panel)
    reading = await source.read()
    await source.aclose()
    answers = {**reading.answers, **reading.trends}
    refused = [key for key, each in answers.items() if isinstance(each, FailureKind)]
    assert refused == []
    assert reading.reads == 3
    assert len(reading.answers) > 20
    assert "api.throughput" in reading.trends

"""The queries of the default panel.toml, on a real Prometheus that scrapes the demo."""

import math
import tomllib
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

import opspanel.panel
from opspanel.panel.config import PanelConfig
from tests.demo.running import IN_A_WHILE, SOON, eventually

DEFAULT = Path(opspanel.panel.__file__).with_name("panel.toml")


@pytest.fixture(scope="session")
def panel():
    return PanelConfig.model_validate(tomllib.loads(DEFAULT.read_text()))


@pytest.fixture
def ask(panel, prometheus_url):
    """`ask("api", "throughput")` -> the values of the samples that came."""
    services = {service.id: panel.promql(service) for service in panel.services}

    def values(service, name):
        return evaluate(prometheus_url, services[service][name])

    return values


def evaluate(prometheus_url, promql):
    answer = httpx.post(f"{prometheus_url}/api/v1/query", data={"query": promql})
    samples = answer.raise_for_status().json()["data"]["result"]
    return [float(sample["value"][1]) for sample in samples]


def ready(prometheus_url):
    try:
        return len(evaluate(prometheus_url, "up == 1")) == 10
    except httpx.HTTPError:
        return False


def test_every_query_answers(panel, ask, prometheus_url):
    """On a healthy demo each query gives a number, all are up, and all have traffic."""
    eventually(lambda: ready(prometheus_url))
    for service in panel.services:
        for name in panel.promql(service):
            eventually(lambda s=service.id, n=name: are_numbers(ask(s, n)))
        # A scrape of a busy machine may be late.
        eventually(lambda s=service: ask(s.id, "up") == [1.0] * s.expect)
    eventually(lambda: ask("api", "throughput")[0] > 1)
    assert evaluate(prometheus_url, panel.outbox.publish_failures) == [0.0]


def are_numbers(values):
    """Some, and none of a window in which nothing happened yet."""
    return bool(values) and not any(map(math.isnan, values))


def test_a_healthy_demo_is_within_the_thresholds(panel, ask, prometheus_url):
    """Without a fault no figure stays at the level at which the panel would complain: a
    hiccup among the few requests of a window that just began is soon among many."""
    eventually(lambda: ready(prometheus_url))
    limits = panel.thresholds

    def is_within(service):
        flow = sum(ask(service, "throughput"))
        slow = max(ask(service, "latency_p95"), default=math.inf)
        return (
            flow > 1
            and slow < limits.latency_p95_seconds.degraded
            and sum(ask(service, "errors")) / flow < limits.error_ratio.degraded
        )

    for service in ("api", "web"):
        eventually(lambda s=service: is_within(s), IN_A_WHILE)


def test_faults_cross_the_thresholds_and_come_back(demo, panel, ask, prometheus_url):
    """Faults that metrics show are over their threshold in 20 s, and under it again once
    they have left the window of 20 s."""
    eventually(lambda: ready(prometheus_url))
    limits = panel.thresholds

    def ratio(service):
        flow = sum(ask(service, "throughput"))
        return sum(ask(service, "errors")) / flow if flow else 0

    shown = {
        "api-5xx": lambda: ratio("api") >= limits.error_ratio.unhealthy,
        "api-slow": lambda: (
            max(ask("api", "latency_p95"), default=0)
            >= limits.latency_p95_seconds.degraded
        ),
        "worker-failing": lambda: (
            ratio("webhook-worker") >= limits.worker_failure_ratio.degraded
        ),
        "worker-dead": lambda: ask("billing-worker", "up") == [0.0],
        "node-dead": lambda: sum(ask("node-agent", "up")) == 3,
    }

    def seen():
        return {name for name, is_shown in shown.items() if is_shown()}

    def all_seen():
        return seen() == set(shown)

    with ExitStack() as faults:
        for name in shown:
            faults.enter_context(demo.fault(name))
        eventually(all_seen, SOON)
    eventually(lambda: not seen(), 2 * IN_A_WHILE)

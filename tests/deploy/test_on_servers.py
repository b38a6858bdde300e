"""What the deployment configures, on real servers; what it asks, asked of a Prometheus that
scrapes the demo and evaluates the rules."""

import json
import re
from dataclasses import replace

import httpx
import nats
import psycopg
import pytest
import redis
import yaml
from nats.errors import TimeoutError as NatsTimeout

from opspanel import metering  # noqa: F401 - counts, and is read by its registry
from opspanel.metrics.exposition import exposition
from opspanel.snapshot.schema import AuditTrail
from opspanel.terms import AuditResult
from tests import snapshots
from tests.demo.running import IN_A_WHILE, eventually
from tests.deploy.places import DEPLOY
from tests.deploy.queries import (
    asked_for,
    dashboards,
    of_dashboards,
    of_panel,
    of_rules,
    unknown_metrics,
)

ELSEWHERE = DEPLOY.parent / "tests" / "deploy" / "elsewhere.yaml"
PROMQL = [
    query
    for query in (*of_dashboards(dashboards()), *of_rules(), *of_panel())
    if query.source == "prometheus"
]


@pytest.fixture(scope="module")
def known(deployed):
    """Names that Prometheus has, once the demo was scraped and the rules evaluated."""
    stated = yaml.safe_load(ELSEWHERE.read_text()).values()
    elsewhere = {name for names in stated for name in names}
    elsewhere |= set(of_the_panel())

    def asked():
        address = f"{deployed.prometheus}/api/v1/label/__name__/values"
        found = set(httpx.get(address).json()["data"])
        recorded = "slo:period_error_budget_remaining:ratio" in found
        return found | elsewhere if recorded and "ALERTS" in found else None

    def whole():
        names = asked()
        return names if names and not missing(names) else None

    try:
        return eventually(whole, IN_A_WHILE)
    except AssertionError:
        return asked() or set()


def of_the_panel():
    """Names that the panel's own `/metrics` tells, once it has a snapshot."""
    trail = AuditTrail(
        result=AuditResult.WHOLE,
        verified_at=snapshots.NOW,
        read_whole_at=snapshots.NOW,
        last_seq=1,
        fault=snapshots.text(""),
        anchor=None,
    )
    snapshot = replace(snapshots.unhealthy(), audit=trail)
    text = exposition(snapshot, snapshots.NOW, None).decode()
    for name, kind in re.findall(r"(?m)^# TYPE (opspanel_\w+) (\w+)$", text):
        yield name
        if kind == "histogram":
            yield from (f"{name}_{part}" for part in ("bucket", "sum", "count"))


def missing(names):
    return {
        f"{query.at}: {name}"
        for query in PROMQL
        for name in unknown_metrics(query.text, names)
    }


@pytest.fixture(scope="module")
def refused(deployed):
    """`refused(query)`: why Prometheus does not take it; None where it does."""
    with httpx.Client(base_url=deployed.prometheus) as client:
        yield (
            lambda text: (
                client.post("/api/v1/query", data={"query": text}).json().get("error")
            )
        )


def test_every_metric_that_is_asked_for_is_exposed(known):
    """Of dashboards, rules and panel.toml: by the demo, by a rule, or stated elsewhere."""
    assert len(PROMQL) > 100
    assert missing(known) == set()


def test_what_is_stated_elsewhere_is_asked_for():
    """A statement that nobody needs any more goes."""
    stated = yaml.safe_load(ELSEWHERE.read_text()).values()
    needed = {name for query in PROMQL for name in asked_for(query.text)}
    for name in (name for names in stated for name in names):
        assert any(re.fullmatch(one, name) for one in needed), name


@pytest.mark.parametrize(
    "query",
    [
        "sum(rate(http_requests_total[5m]))",
        '{__name__=~"otelcol_nothing.*"}',
        'up{job="api"} + http_server_requests_totals',
    ],
)
def test_a_metric_that_nobody_exposes_is_caught(known, query):
    """By its name, or by a pattern of names."""
    assert list(unknown_metrics(query, known))


def test_prometheus_takes_every_query(refused):
    """Each parses, and can be evaluated."""
    found = {query.at: refused(query.text) for query in PROMQL}
    assert {at: why for at, why in found.items() if why} == {}


@pytest.mark.parametrize("query", ["sum(rate(up[5m])", "rate(up)", 'up{job="api"'])
def test_a_query_that_does_not_parse_is_caught(refused, query):
    """Prometheus itself says so."""
    assert refused(query)


def test_the_watchdog_fires(deployed):
    """From the first evaluation on."""

    def firing():
        found = httpx.get(f"{deployed.prometheus}/api/v1/alerts").json()["data"][
            "alerts"
        ]
        return {one["labels"]["alertname"] for one in found if one["state"] == "firing"}

    eventually(lambda: "Watchdog" in firing())


def test_the_panel_owns_its_database_and_the_platform_sees_none_of_it(deployed):
    """Two roles, two databases."""
    with psycopg.connect(deployed.secret("database-url")) as connection:
        connection.execute("CREATE TABLE of_the_panel ()")
        connection.rollback()
    platform = json.loads(deployed.secret("demo-addresses"))["database_url"]
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(platform, dbname="opspanel")


def test_the_panel_reads_tasks_and_changes_none(deployed):
    """By the role that the demo made."""
    address = deployed.secret("node-tasks-database-url")
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(status) FROM node_tasks").fetchone()
        with pytest.raises(psycopg.errors.Error, match=r"read-only|permission denied"):
            connection.execute("DELETE FROM node_tasks")


def test_valkey_asks_for_the_password(deployed):
    """And takes the one that is made."""
    address = deployed.secret("redis-url")
    assert redis.Redis.from_url(address).ping()
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(f"redis://{address.partition('@')[2]}").ping()


@pytest.mark.anyio
async def test_the_panel_sees_streams_and_no_message(deployed):
    """By the user that nats.conf gives it."""
    client = await nats.connect(deployed.secret("nats-url"), error_cb=_quiet)
    try:
        assert (await client.jetstream().stream_info("PROVISIONING")).config.name
        ask = "$JS.API.STREAM.MSG.GET.PROVISIONING"
        with pytest.raises(NatsTimeout):
            await client.request(ask, b'{"seq": 1}', timeout=0.3)
    finally:
        await client.close()


async def _quiet(_error):
    """What is refused is told to the request as well."""

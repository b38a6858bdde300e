"""The two collectors: of their schema, and as they promise. No real contrib collector is
asked: no package index has one."""

import pytest

from tests.deploy.collector import problems
from tests.deploy.places import COMPOSE, breaches, loaded
from tests.deploy.planted import changed

COLLECTOR = loaded("otel-collector/collector.yaml")
SHIPPER = loaded("log-shipper/shipper.yaml")
MEMORY = {"otel-collector": 1024, "log-shipper": 256}
GIGABYTES = {"1G": 1024, "256M": 256}


@pytest.mark.parametrize("config", [COLLECTOR, SHIPPER], ids=["collector", "shipper"])
def test_it_is_a_collector_configuration(config):
    """Every key is one that the component knows."""
    assert breaches("collector.yaml", config) == []


@pytest.mark.parametrize("service", MEMORY)
def test_its_memory_is_what_compose_gives_it(service):
    """The figures that the next test reckons with."""
    limits = COMPOSE["services"][service]["deploy"]["resources"]["limits"]
    assert GIGABYTES[limits["memory"]] == MEMORY[service]


def test_the_collector_keeps_its_promises():
    """Tenants are told apart by the edge alone, and none can drown another."""
    assert problems(COLLECTOR, MEMORY["otel-collector"]) == []


def test_the_shipper_keeps_its_promises():
    """Lines have a queue of their own, and drop before they fill the memory."""
    assert problems(SHIPPER, MEMORY["log-shipper"]) == []


QUEUE = "exporters.otlp_http/tempo_standard.sending_queue"
PIPELINES = "service.pipelines"
PLANTED = [
    (
        "exporters",
        {"otlp_http/spare": COLLECTOR["exporters"]["otlp_http/prometheus"]},
        "no pipeline",
    ),
    (f"{PIPELINES}.traces/edge", {"receivers": ["otlp/gone"]}, "not declared"),
    (
        f"{PIPELINES}.traces/edge",
        {"processors": ["memory_limiter", "gone"]},
        "not declared",
    ),
    (f"{PIPELINES}.traces/standard", {"receivers": ["otlp/edge"]}, "does not feed"),
    ("connectors.routing/logs", {"table": []}, "to which nothing leads"),
    ("service", {"extensions": ["health_check"]}, "is not started"),
    ("extensions", {"headers_setter/tenant": ...}, "is not declared"),
    ("processors.memory_limiter", {"limit_mib": 1000}, "is killed before"),
    ("processors.memory_limiter", {"spike_limit_mib": 700}, "soft limit"),
    (
        f"{PIPELINES}.traces/edge",
        {"processors": ["redaction", "memory_limiter"]},
        "not first",
    ),
    (f"{PIPELINES}.logs/platform", {"processors": ["redaction"]}, "not first"),
    (QUEUE, {"queue_size": 268435456}, "more than the memory"),
    (QUEUE, {"enabled": False}, "has no queue"),
    (QUEUE, {"sizer": "requests"}, "what has no size"),
    (QUEUE, {"block_on_overflow": True}, "wait"),
    (f"{QUEUE}.batch", {"min_size": 99999999}, "holds no batch"),
    (
        "exporters.otlp_http/tempo_standard.retry_on_failure",
        {"max_elapsed_time": "24h"},
        "too long",
    ),
    (
        f"{PIPELINES}.traces/standard",
        {"exporters": ["otlp_http/tempo_dedicated"]},
        "share its queue",
    ),
    (
        "connectors.routing/traces",
        {"default_pipelines": ["traces/standard"]},
        "no quarantine",
    ),
    (
        "connectors.routing/traces",
        {
            "table": [
                {
                    "condition": 'request["x-plan"] == "y"',
                    "pipelines": ["traces/standard"],
                }
            ]
        },
        "something else than the tier",
    ),
    ("receivers.otlp/edge.protocols.http", {"auth": ...}, "anybody's headers"),
    (
        "receivers.otlp/platform.protocols.grpc",
        {"include_metadata": True},
        "anybody's headers",
    ),
    ("processors", {"tail_sampling": {}}, "forgets whose"),
    (f"{QUEUE}.batch", {"partition": ...}, "several tenants"),
    (
        f"{QUEUE}.batch.partition",
        {"metadata_keys": ["x-tenant-tier"]},
        "several tenants",
    ),
    (
        "exporters.otlp_http/loki_quarantine.auth",
        {"authenticator": "headers_setter/platform"},
        "another tenant",
    ),
    (
        "exporters.otlp_http/loki_platform.auth",
        {"authenticator": "headers_setter/tenant"},
        "no edge told",
    ),
    ("exporters.otlp_http/loki_platform", {"auth": ...}, "names no tenant"),
    (
        f"{PIPELINES}.metrics/platform",
        {"processors": ["memory_limiter", "resource/no_ids"]},
        "a label",
    ),
    (
        f"{PIPELINES}.metrics/platform",
        {"processors": ["memory_limiter", "attributes/no_ids"]},
        "a label",
    ),
    (
        "processors.attributes/no_ids",
        {"actions": [{"key": "org_id", "action": "delete"}]},
        "a label",
    ),
]


@pytest.mark.parametrize(("place", "change", "told"), PLANTED)
def test_a_broken_promise_is_caught(place, change, told):
    """One change each, and the line that tells of it."""
    found = problems(changed(COLLECTOR, place, **change), MEMORY["otel-collector"])
    assert any(told in line for line in found), found


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("receivers.otlp/edge.protocols.http", {"include_metdata": True}),
        (f"{QUEUE}.batch", {"flush_timeout": 5}),
        ("processors", {"sampler": {}}),
        ("service.pipelines", {"spans": {"receivers": ["x"], "exporters": ["y"]}}),
    ],
)
def test_a_key_that_no_component_knows_is_caught(place, change):
    """A slip of the pen would stop the collector at its start."""
    assert breaches("collector.yaml", changed(COLLECTOR, place, **change))

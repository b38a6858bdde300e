"""docker-compose.yml: of its schema, and as it promises. No engine is asked: there is none."""

import hashlib

import pytest

from tests.deploy.compose import problems
from tests.deploy.places import CHECKOUT, COMPOSE, SCHEMAS, breaches
from tests.deploy.planted import changed


def test_it_is_a_compose_file():
    """Every key is one that Compose knows, of the right kind."""
    assert breaches("compose-spec.json", COMPOSE) == []


def test_a_key_that_compose_does_not_know_is_caught():
    """A slip of the pen would start a container without what it was to say."""
    broken = changed(COMPOSE, "services.web-1", readonly=True)
    assert breaches("compose-spec.json", broken) != []


def test_it_keeps_its_promises():
    """Images are pinned, containers contained and healthy, and all that is named exists."""
    assert problems(COMPOSE, CHECKOUT) == []


PLANTED = [
    ("services.grafana", {"image": "grafana/grafana"}, "not pinned"),
    ("services.grafana", {"image": "grafana/grafana:latest"}, "not pinned"),
    ("services.grafana", {"image": "grafana/grafana:13"}, "not pinned"),
    ("services.loki", {"user": "root"}, "runs as root"),
    ("services.loki", {"user": ...}, "runs as root"),
    ("services.loki", {"read_only": False}, "may write"),
    ("services.loki", {"cap_drop": ...}, "keeps rights"),
    ("services.loki", {"cap_add": ["SYS_ADMIN"]}, "is given rights"),
    ("services.loki", {"security_opt": []}, "may gain rights"),
    ("services.loki", {"privileged": True}, "in its hands"),
    ("services.loki", {"volumes": ["/var/run/docker.sock:/s"]}, "in its hands"),
    ("services.loki", {"deploy": {}}, "no limit"),
    ("services.loki.deploy.resources.limits", {"pids": ...}, "no limit"),
    ("services.loki", {"healthcheck": ...}, "no health check, and no reason"),
    ("services.loki", {"x-no-health-check": "so"}, "a reason why"),
    ("services.loki.healthcheck", {"timeout": ...}, "wait for ever"),
    ("services.grafana", {"ports": ["3000:3000"]}, "to everybody"),
    ("services.grafana", {"ports": ["0.0.0.0:3000:3000"]}, "to everybody"),
    ("services.beat.environment", {"OTEL_EXPORTER_OTLP_ENDPOINT": ...}, "telemetry"),
    ("secrets", {"nats-url": ...}, "secrets: nats-url is not declared"),
    ("services.nats", {"secrets": []}, "secrets: nats-passwords is used by nobody"),
    ("networks", {"panel": ...}, "networks: panel is not declared"),
    ("volumes", {"loki": ...}, "volumes: loki is not declared"),
    ("services.volumes", {"volumes": []}, "volumes: loki would belong to root"),
    ("services.proxy", {"volumes": ["./nothing:/x"]}, "there is no ./nothing"),
    ("services.demo.build", {"target": "nothing"}, "makes no nothing"),
    ("services.tempo.depends_on", {"gone": {"condition": "x"}}, "not there"),
    (
        "services.grafana.depends_on",
        {"tempo": {"condition": "service_healthy"}},
        "tells none",
    ),
    (
        "services.web-1.depends_on",
        {"migrate": {"condition": "service_started"}},
        "in the wrong way",
    ),
    (
        "services.loki.depends_on",
        {"grafana": {"condition": "service_healthy"}},
        "waits for itself",
    ),
    ("services.web-1.environment", {"X": "http://nobody:80"}, "which is no service"),
    ("services.web-1.environment", {"X": "http://loki:80"}, "where nobody listens"),
    ("services.valkey.environment", {"X": "http://loki:3100"}, "shares no network"),
]


@pytest.mark.parametrize(("place", "change", "told"), PLANTED)
def test_a_broken_promise_is_caught(place, change, told):
    """One change each, and the line that tells of it."""
    found = problems(changed(COMPOSE, place, **change), CHECKOUT)
    assert any(told in line for line in found), found


def test_an_address_of_somebody_who_listens_is_fine():
    """Also where it is no URL."""
    change = {"X": "grafana:3000, http://loki:3100/otlp"}
    assert (
        problems(changed(COMPOSE, "services.web-1.environment", **change), CHECKOUT)
        == []
    )


def test_the_schemas_are_those_that_were_looked_at():
    """Nobody edits what is not ours."""
    for line in (SCHEMAS / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((SCHEMAS / name).read_bytes()).hexdigest() == digest

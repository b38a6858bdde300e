"""Who calls whom, by what is written in configurations; and who listens where."""

import re
from pathlib import Path

import yaml

CALLERS = {
    "deploy/proxy/Caddyfile": "proxy",
    "deploy/prometheus/prometheus.yml": "prometheus",
    "deploy/alertmanager/alertmanager.yml": "alertmanager",
    "deploy/otel-collector/collector.yaml": "otel-collector",
    "deploy/log-shipper/shipper.yaml": "log-shipper",
    "deploy/grafana/provisioning/datasources/datasources.yaml": "grafana",
}
# What these images listen on by themselves.
BY_THEMSELVES = {
    "postgres": {5432},
    "prometheus": {9090},
    "alertmanager": {9093},
    "grafana": {3000},
}
# Written by first-start and make_secrets.py, where no port is the usual one.
BY_SECRETS = {
    "database-url": ("postgres", 5432),
    "node-tasks-database-url": ("postgres", 5432),
    "redis-url": ("valkey", 6379),
    "nats-url": ("nats", 4222),
}
_PLACE = re.compile(r"(?<![\w.-])([a-z][a-z0-9-]*):(\d{2,5})\b")
_OURSELVES = {"localhost"}


def unreachable(compose, checkout):
    """Each address of another service that nobody would answer."""
    ports = listening(compose, checkout)
    for caller, host, port in calls(compose, checkout):
        if host not in compose["services"]:
            yield f"{caller}: calls {host}, which is no service"
        elif port not in ports.get(host, set()):
            yield f"{caller}: calls {host}:{port}, where nobody listens"
        elif not _share_a_network(compose, caller, host):
            yield f"{caller}: calls {host}, of which it shares no network"


def calls(compose, checkout):
    """`(caller, host, port)`."""
    for path, caller in CALLERS.items():
        text = _without_comments((Path(checkout) / path).read_text())
        yield from ((caller, *place) for place in _places(text))
    for name, service in compose["services"].items():
        for value in (service.get("environment") or {}).values():
            yield from ((name, *place) for place in _places(str(value)))
        for secret in service.get("secrets", []):
            if secret in BY_SECRETS:
                yield (name, *BY_SECRETS[secret])


def _places(text):
    found = ((host, int(port)) for host, port in _PLACE.findall(text))
    return [place for place in found if place[0] not in _OURSELVES]


def _without_comments(text):
    return re.sub(r"(?m)^\s*#.*$", "", text)


def _share_a_network(compose, one, other):
    services = compose["services"]
    return set(services[one].get("networks", [])) & set(
        services[other].get("networks", [])
    )


def listening(compose, checkout):
    """Ports by service, as its own configuration says."""
    deploy = Path(checkout) / "deploy"

    def read(path):
        return yaml.safe_load((deploy / path).read_text())

    dockerfile = (deploy / "Dockerfile").read_text()
    web = {int(port) for port in re.findall(r"--port=(\d+)", dockerfile)}
    tempo, loki = read("tempo/tempo.yaml"), read("loki/loki.yaml")
    demo = " ".join(compose["services"]["demo"]["command"])
    return BY_THEMSELVES | {
        "web-1": web,
        "web-2": web,
        "proxy": _ports(
            r"(?m)^https?://.*:(\d+) \{|_port (\d+)", deploy / "proxy/Caddyfile"
        ),
        "nats": _ports(r"listen: [\d.]+:(\d+)", deploy / "nats/nats.conf"),
        "valkey": _ports(r"(?m)^port (\d+)", deploy / "valkey/valkey.conf"),
        "demo": {int(port) for port in re.findall(r"--port-base (\d+)", demo)},
        "otel-collector": _of_collector(read("otel-collector/collector.yaml")),
        "log-shipper": _of_collector(read("log-shipper/shipper.yaml")),
        "loki": {loki["server"]["http_listen_port"]},
        "tempo": {tempo["server"]["http_listen_port"]}
        | _endpoints(tempo["distributor"]["receivers"]),
    }


def _ports(pattern, path):
    found = re.findall(pattern, path.read_text())
    groups = (each if isinstance(each, tuple) else (each,) for each in found)
    return {int(port) for group in groups for port in group if port}


def _of_collector(config):
    readers = config["service"]["telemetry"]["metrics"]["readers"]
    own = {reader["pull"]["exporter"]["prometheus"]["port"] for reader in readers}
    servers = {
        name: each for name, each in config["receivers"].items() if "check" not in name
    }
    return own | _endpoints(servers) | _endpoints(config["extensions"])


def _endpoints(part):
    """All ports that stand after the name `endpoint`, at any depth."""
    if isinstance(part, dict):
        own = (
            {int(part["endpoint"].rpartition(":")[2])} if "endpoint" in part else set()
        )
        return own.union(*(_endpoints(each) for each in part.values()))
    return set()

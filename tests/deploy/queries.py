"""Every query that the deployment asks, and what each may and may not name."""

import json
import re
import tomllib
from typing import NamedTuple

from opspanel.doctor.promql import metric_names
from opspanel.panel.config import PanelConfig
from tests.deploy.places import CHECKOUT, DEPLOY, loaded

BY_NAME = re.compile(r'__name__\s*(=~|=)\s*"((?:[^"\\]|\\.)*)"')
# What would make a series for each tenant, or name one.
IDS = {
    "org_id", "project_id", "tenant", "tenant_id", "user_id", "session_id", "token_id",
    "correlation_id", "trace_id", "span_id", "resource_name", "allocation_id", "email",
    "username",
}  # fmt: skip
TENANT_FACING = "tenant-facing"
OWN = "${org_id}"
LOGS_OF_ONE = re.compile(r'\|\s*org_id\s*=\s*"\$\{org_id\}"')
TRACES_OF_ONE = re.compile(r'^\{[^}|]*(resource|span)\.org_id\s*=\s*"\$\{org_id\}"')


class Query(NamedTuple):
    at: str
    source: str
    text: str


def dashboards():
    return {
        path.name: json.loads(path.read_text())
        for path in sorted((DEPLOY / "grafana/dashboards").glob("*.json"))
    }


def panels(board):
    for panel in board["panels"]:
        yield panel
        yield from panel.get("panels", [])


def of_dashboards(boards):
    for name, board in boards.items():
        for panel in panels(board):
            for target in panel.get("targets", []):
                text = target.get("expr") or target.get("query", "")
                source = target.get("datasource", panel["datasource"])["uid"]
                yield Query(f"{name}, {panel['title']}", source, text)


def of_rules():
    for path in sorted((DEPLOY / "prometheus/rules").glob("*.yml")):
        for group in loaded(path)["groups"]:
            for rule in group["rules"]:
                name = rule.get("alert") or rule["record"]
                yield Query(f"{path.name}, {name}", "prometheus", rule["expr"])


def panel_toml():
    """As the image has it: the demo's, and what the deployment adds."""
    ours = (CHECKOUT / "opspanel/panel/panel.toml").read_text()
    added = (DEPLOY / "panel-additions.toml").read_text()
    return PanelConfig.model_validate(tomllib.loads(ours + added))


def of_panel():
    panel = panel_toml()
    for service in panel.services:
        for name, text in panel.promql(service).items():
            yield Query(f"panel.toml, {service.id}.{name}", "prometheus", text)
    for each in panel.watch:
        if each.query:
            yield Query(f"panel.toml, {each.id}", "prometheus", each.query)
    failures = panel.outbox.publish_failures
    yield Query("panel.toml, outbox", "prometheus", failures)


def asked_for(query):
    """Names of metrics, as patterns."""
    for kind, text in BY_NAME.findall(query):
        yield text if kind == "=~" else re.escape(text)
    yield from map(re.escape, metric_names(query))


def unknown_metrics(query, known):
    """Names, and patterns of names, that none of `known` is."""
    for pattern in asked_for(query):
        if not any(re.fullmatch(pattern, name) for name in known):
            yield pattern


def labels(query):
    """Labels by which it selects or groups."""
    plain = re.sub(r'"(?:[^"\\]|\\.)*"', '""', query)
    yield from re.findall(r"([A-Za-z_]\w*)\s*(?:=~|!~|!=|=)", plain)
    for group in re.findall(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)", plain):
        yield from re.findall(r"\w+", group)


def leaks(boards):
    """What breaks the isolation of tenants, as a line each."""
    for query in of_dashboards(boards):
        if query.source == "prometheus" and set(labels(query.text)) & IDS:
            yield f"{query.at}: a metric has no label for an id"
    for name, board in boards.items():
        if TENANT_FACING in board["tags"]:
            yield from _of_tenant(name, board)


def _of_tenant(name, board):
    variables = {each["name"]: each["type"] for each in board["templating"]["list"]}
    if variables.get("org_id") != "constant":
        yield f"{name}: the organisation is not fixed"
    for query in of_dashboards({name: board}):
        filtered = {"loki": LOGS_OF_ONE, "tempo": TRACES_OF_ONE}.get(query.source)
        if filtered is None:
            yield f"{query.at}: {query.source} knows no tenants"
        elif not filtered.search(query.text):
            yield f"{query.at}: is not of one organisation"
        elif re.search(r"\bor\b|\|\|", query.text):
            yield f"{query.at}: an alternative gets around the filter"

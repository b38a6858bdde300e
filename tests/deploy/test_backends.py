"""Loki, Tempo and Grafana: of schemas of ours, and wired to what is there."""

import pytest

from tests.deploy.places import COMPOSE, breaches, loaded
from tests.deploy.planted import changed
from tests.deploy.queries import (
    IDS,
    TENANT_FACING,
    dashboards,
    leaks,
    of_dashboards,
    panels,
)

LOKI = loaded("loki/loki.yaml")
TEMPO = loaded("tempo/tempo.yaml")
SOURCES = loaded("grafana/provisioning/datasources/datasources.yaml")
PROVIDERS = loaded("grafana/provisioning/dashboards/dashboards.yaml")
BOARDS = dashboards()
TENANT = next(name for name, board in BOARDS.items() if TENANT_FACING in board["tags"])


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        ("loki.yaml", LOKI),
        ("tempo.yaml", TEMPO),
        ("grafana-datasources.yaml", SOURCES),
        ("grafana-providers.yaml", PROVIDERS),
        *(("grafana-dashboard.yaml", board) for board in BOARDS.values()),
    ],
)
def test_it_is_of_its_schema(schema, document):
    """Every key is one that we looked up."""
    assert breaches(schema, document) == []


@pytest.mark.parametrize(
    ("schema", "document", "place", "change"),
    [
        ("loki.yaml", LOKI, "", {"auth_enabled": False}),
        ("loki.yaml", LOKI, "limits_config", {"ingestion_rate": 4}),
        ("tempo.yaml", TEMPO, "", {"multitenancy_enabled": False}),
        ("tempo.yaml", TEMPO, "overrides.defaults.ingestion", {"rate_limit": 1}),
        ("tempo.yaml", TEMPO, "overrides", {"per_tenant_override_config": ...}),
        ("grafana-datasources.yaml", SOURCES, "", {"apiVersion": 2}),
        ("grafana-dashboard.yaml", BOARDS["panel.json"], "", {"editable": True}),
        ("grafana-dashboard.yaml", BOARDS["panel.json"], "", {"panels": []}),
    ],
)
def test_a_key_or_value_that_is_wrong_is_caught(schema, document, place, change):
    """One change each."""
    assert breaches(schema, changed(document, place, **change))


@pytest.mark.parametrize(
    ("path", "own", "limits"),
    [
        (
            "loki/overrides.yaml",
            LOKI["runtime_config"]["file"],
            "loki.yaml#/definitions/limits",
        ),
        (
            "tempo/overrides.yaml",
            TEMPO["overrides"]["per_tenant_override_config"],
            "tempo.yaml#/definitions/limits",
        ),
    ],
)
def test_limits_of_tenants_are_where_they_are_looked_for(path, own, limits):
    """In the file that the configuration names, of limits that the backend knows."""
    schema, _, place = limits.partition("#")
    assert own == f"/etc/{path}"
    for tenant, document in loaded(path)["overrides"].items():
        part = {"$ref": f"#{place}", "definitions": definitions(schema)}
        assert breaches(part, document) == [], tenant


def definitions(schema):
    return loaded(f"../tests/deploy/schemas/{schema}")["definitions"]


def test_a_tenant_that_nobody_named_gets_less_than_the_platform():
    """What comes from an unknown tenant cannot cost more than what we need ourselves."""
    ours = loaded("loki/overrides.yaml")["overrides"]["platform"]
    for name in (
        "ingestion_rate_mb",
        "ingestion_burst_size_mb",
        "max_streams_per_user",
    ):
        assert 0 < LOKI["limits_config"][name] < ours[name]
    ours = loaded("tempo/overrides.yaml")["overrides"]["platform"]["ingestion"]
    usual = TEMPO["overrides"]["defaults"]["ingestion"]
    for name in ("rate_limit_bytes", "burst_size_bytes", "max_traces_per_user"):
        assert 0 < usual[name] < ours[name]


def test_no_log_label_is_an_id():
    """A stream for each tenant or request is what kills a Loki."""
    resource = LOKI["limits_config"]["otlp_config"]["resource_attributes"]
    assert resource["ignore_defaults"] is True
    (labels,) = resource["attributes_config"]
    assert not {name.replace(".", "_") for name in labels["attributes"]} & IDS


def known_sources():
    return {source["uid"]: source["type"] for source in SOURCES["datasources"]}


def unknown_sources(boards):
    known = known_sources().items()
    for name, board in boards.items():
        for panel in panels(board):
            for one in (panel, *panel["targets"]):
                source = one["datasource"]
                if (source["uid"], source["type"]) not in known:
                    yield f"{name}, {panel['title']}: {source}"


def test_every_data_source_exists():
    """Those of dashboards, and those that data sources lead on to."""
    assert list(unknown_sources(BOARDS)) == []
    assert set(led_on(SOURCES)) <= set(known_sources())


def led_on(part):
    """Data sources that are named as another's, at any depth."""
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "datasourceUid")
    if isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            yield from led_on(each)


def test_a_data_source_that_is_not_there_is_caught():
    """By its name, or by its kind."""
    for change in ({"uid": "other"}, {"type": "tempo"}):
        board = changed(
            BOARDS["panel.json"], "", panels=BOARDS["panel.json"]["panels"][:1]
        )
        board["panels"][0]["datasource"] |= change
        assert list(unknown_sources({"x": board}))


def test_dashboards_are_where_grafana_looks():
    """The provider's folder is mounted, and no two boards or panels share an id."""
    (provider,) = PROVIDERS["providers"]
    mounts = COMPOSE["services"]["grafana"]["volumes"]
    assert f"./deploy/grafana/dashboards:{provider['options']['path']}:ro" in mounts
    assert len({board["uid"] for board in BOARDS.values()}) == len(BOARDS)
    for board in BOARDS.values():
        ids = [panel["id"] for panel in panels(board)]
        assert len(set(ids)) == len(ids)


def test_each_subject_has_a_dashboard():
    """API and SLOs, billing, provisioning, queues and relay, the panel itself."""
    wanted = {"api-slo", "billing-payments", "provisioning", "queues-relay", "panel"}
    assert wanted <= {name.removesuffix(".json") for name in BOARDS}


def test_backends_are_asked_as_the_platform():
    """Each data source of a backend with tenants names the one that it may read."""
    for source in SOURCES["datasources"]:
        if source["type"] in {"loki", "tempo"}:
            assert source["jsonData"]["httpHeaderName1"] == "X-Scope-OrgID"
            assert source["secureJsonData"]["httpHeaderValue1"] == "platform"


def test_tenants_are_kept_apart():
    """No metric is asked by an id; what faces a tenant asks for that tenant alone."""
    assert list(leaks(BOARDS)) == []


def with_query(board, text):
    """A copy whose first panel asks that."""
    made = changed(board, "", panels=[board["panels"][0], *board["panels"][1:]])
    target = made["panels"][0]["targets"][0]
    target["expr" if "expr" in target else "query"] = text
    return made


@pytest.mark.parametrize(
    "query",
    [
        "sum by (org_id) (rate(http_server_requests_total[5m]))",
        'rate(http_server_requests_total{tenant_id="x"}[5m])',
        'rate(http_server_requests_total{correlation_id=~"x.*"}[5m])',
        "sum without (user_id) (up)",
    ],
)
def test_a_metric_with_a_label_of_an_id_is_caught(query):
    """As a selector, or as a grouping."""
    assert list(leaks({"x": with_query(BOARDS["api-slo.json"], query)}))


@pytest.mark.parametrize(
    "query",
    [
        '{service_name=~".+"}',
        '{service_name=~".+"} | org_id="another"',
        '{service_name=~".+"} | org_id=~"${org_id}|.*"',
        '{service_name=~".+"} | org_id!="${org_id}"',
        '{service_name=~".+"} |= "org_id"',
        '{service_name=~".+"} | org_id="${org_id}" or level="ERROR"',
    ],
)
def test_a_tenants_query_without_its_filter_is_caught(query):
    """The filter is there, names that tenant, and is not gone around."""
    assert list(leaks({"x": with_query(BOARDS[TENANT], query)}))


def test_traces_of_a_tenant_need_the_filter_too():
    """In the first selector of TraceQL."""
    board = changed(BOARDS[TENANT], "", tags=[TENANT_FACING])
    traces = next(p for p in board["panels"] if p["datasource"]["uid"] == "tempo")
    for query in (
        "{ status = error }",
        '{ resource.org_id = "other" }',
        '{ resource.org_id = "${org_id}" || status = error }',
        '{ status = error } && { resource.org_id = "${org_id}" }',
    ):
        traces["targets"][0]["query"] = query
        assert list(leaks({"x": board})), query


def test_a_tenant_cannot_choose_its_organisation():
    """Nor ask a source that knows no tenants."""
    board = changed(
        BOARDS[TENANT], "templating", list=[{"name": "org_id", "type": "textbox"}]
    )
    assert list(leaks({"x": board}))
    board = changed(BOARDS[TENANT], "", tags=[TENANT_FACING])
    board["panels"][0]["targets"][0]["datasource"] = {
        "type": "prometheus",
        "uid": "prometheus",
    }
    assert list(leaks({"x": board}))


def test_every_panel_asks_something():
    """No text is empty."""
    assert all(query.text.strip() for query in of_dashboards(BOARDS))

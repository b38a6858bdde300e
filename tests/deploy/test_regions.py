"""A worker for each other region: as its manifests and its snippet of Compose promise."""

import re

import pytest
import yaml

from opspanel.panel.in_region import in_region, other_regions
from opspanel.panel.load import parse
from tests.deploy.kubernetes import problems, queues
from tests.deploy.kustomize import built
from tests.deploy.places import CHECKOUT, COMPOSE, DEPLOY, breaches, loaded

FOLDER = DEPLOY / "kubernetes" / "regions"
OBJECTS, PROBLEMS = built(FOLDER)
PANEL = parse((FOLDER / "panel.toml").read_text(), "panel.toml")
PREFIX = "OPSPANEL_SOURCE_"
SNIPPET = yaml.safe_load(
    re.search(
        r"```yaml\n(services:.*?)```",
        (CHECKOUT / "docs" / "deployment.md").read_text(),
        re.DOTALL,
    )[1]
)


def found(kind, name):
    return next(
        one for one in OBJECTS if (one["kind"], one["metadata"]["name"]) == (kind, name)
    )


def unread(region, environment):
    """What is set and belongs to no source of the region, and sources without address."""
    sources = {each.setting for each in in_region(PANEL, region).sources}
    names = {
        name.removeprefix(PREFIX).removesuffix("_FILE")
        for name in environment
        if name.startswith(PREFIX)
    }
    for name in names:
        if not any(name.startswith(f"{source}_") for source in sources):
            yield f"{name} is of no source of {region}"
    for source in sources:
        if f"{source}_URL" not in names:
            yield f"{source} has no address"


def test_the_kustomization_is_whole_and_keeps_the_promises():
    """As that of one region does: contained, probed, closed, its settings mounted."""
    own = loaded("kubernetes/regions/kustomization.yaml")
    assert breaches("kustomization.yaml", own) == []
    assert PROBLEMS == []
    assert problems(OBJECTS) == []


def test_somebody_works_on_each_regions_queue():
    """And on those that there always are."""
    wanted = {f"region-{name}" for name in other_regions(PANEL)}
    assert wanted
    assert queues(OBJECTS) == {"collect", "upkeep"} | wanted


@pytest.mark.parametrize("region", other_regions(PANEL))
def test_a_worker_has_what_leads_to_its_region_and_nothing_of_others(region):
    """Every source of the region has an address; no secret of the panel's own sources is
    mounted, and no setting names one."""
    settings = found("ConfigMap", f"opspanel-{region}")["data"]
    assert list(unread(region, settings)) == []
    pod = found("Deployment", f"worker-{region}")["spec"]["template"]["spec"]
    [own] = [
        v for v in pod["volumes"] if v.get("secret", {}).get("secretName") == "opspanel"
    ]
    mounted = {item["key"] for item in own["secret"]["items"]}
    assert mounted == {"secret-key", "database-url", "redis-url"}
    named = {
        value.removeprefix("/run/secrets/")
        for value in settings.values()
        if value.startswith("/run/secrets/")
    }
    assert named == mounted


def test_a_setting_of_no_source_is_caught():
    """A slip in its name leaves the source without an address."""
    slip = {f"{PREFIX}US_PROMETEUS_URL": "http://x", f"{PREFIX}US_NATS_URL_FILE": "/x"}
    assert set(unread("us-east", slip)) == {
        "US_PROMETEUS_URL is of no source of us-east",
        "US_PROMETHEUS has no address",
    }


def test_the_snippet_for_compose_is_one():
    """Of Compose's schema; it extends a service that is there, on a queue of its own,
    with the addresses of its region and secrets and networks that are declared."""
    assert breaches("compose-spec.json", SNIPPET) == []
    [worker] = SNIPPET["services"].values()
    assert worker["extends"]["service"] in COMPOSE["services"]
    assert "--queues=region-us-east" in worker["command"]
    assert list(unread("us-east", worker["environment"])) == []
    assert set(worker["secrets"]) == set(SNIPPET["secrets"])
    assert set(worker["networks"]) <= set(COMPOSE["networks"])

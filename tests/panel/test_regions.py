"""Several regions in panel.toml: what is where, and what is refused."""

import pytest

from opspanel.panel.config import fill
from opspanel.panel.in_region import in_region, other_regions
from opspanel.panel.load import PanelConfigError, parse
from opspanel.terms import Source

REGIONS = """
[panel]
environment = "test"
profile = "production"
contact = "the platform team"
region = "eu-west"

[nats]
streams = ["ORDERS", "BILLING"]

[nats.servers]
eu-1 = "http://eu-1:8222"

[prometheus]
replica_url = "http://eu-prometheus-1:9090"

[regions.us-east.nats]
streams = ["ORDERS"]

[[sources]]
id = "us-prometheus"
kind = "prometheus"
region = "us-east"

[[sources]]
id = "us-nats"
kind = "nats"
region = "us-east"

[query_sets.http]
up = 'up{job="$job",service="$service"}'

[[services]]
id = "api"
name = "API"
type = "api"
owner = "platform"
job = "api"
query_set = "http"
regions = ["eu-west", "us-east"]

[[services]]
id = "web"
name = "Web"
type = "web"
owner = "platform"
job = "web"

[[dependencies]]
id = "nats"
name = "NATS"
type = "event_bus"
owner = "platform"
probe = "nats"
regions = ["eu-west", "us-east"]
"""


def refusal(*changes, addition=""):
    text = REGIONS
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(PanelConfigError) as caught:
        parse(text + addition, "panel.toml")
    return str(caught.value)


def source(name, kind="nats", region="us-east"):
    return f'[[sources]]\nid = "{name}"\nkind = "{kind}"\nregion = "{region}"\n'


def test_a_service_of_two_regions_is_two_components():
    """At home its id stays, so that its past is still its own; elsewhere the region is
    added. Its metrics go on under the name that it has there."""
    panel = parse(REGIONS, "panel.toml")
    assert panel.component_ids() == {
        "api",
        "api-us-east",
        "web",
        "nats",
        "nats-us-east",
    }
    there = in_region(panel, "us-east")
    [api] = there.services
    assert there.promql(api)["up"] == 'up{job="api",service="api"}'


def test_each_region_has_what_is_there():
    """What names no region is the panel's own; a region's section stands in for the
    common one; only what a region has a source for is expected of it."""
    panel = parse(REGIONS, "panel.toml")
    assert other_regions(panel) == ("us-east",)
    here, there = in_region(panel, "eu-west"), in_region(panel, "us-east")
    assert [each.id for each in here.services] == ["api", "web"]
    assert [each.id for each in there.services] == ["api-us-east"]
    assert [each.id for each in there.dependencies] == ["nats-us-east"]
    assert (here.nats.streams, there.nats.streams) == (
        ("ORDERS", "BILLING"),
        ("ORDERS",),
    )
    assert here.kinds == frozenset(Source)
    assert there.kinds == {Source.PROMETHEUS, Source.NATS}


def test_the_servers_of_one_region_are_asked_for_no_other():
    """Whatever else of `[nats]` holds for a region that has no such section. So is the
    second Prometheus, of which each region has its own."""
    text = REGIONS.replace('[regions.us-east.nats]\nstreams = ["ORDERS"]\n', "")
    panel = parse(text, "panel.toml")
    assert set(in_region(panel, "eu-west").nats.servers) == {"eu-1"}
    there = in_region(panel, "us-east").nats
    assert there.streams == ("ORDERS", "BILLING")
    assert not there.servers
    assert in_region(panel, "eu-west").prometheus.replica_url
    assert not in_region(panel, "us-east").prometheus.replica_url
    own = '[regions.us-east.prometheus]\nreplica_url = "http://us-1:9090"\n'
    there = in_region(parse(REGIONS + own, "panel.toml"), "us-east").prometheus
    assert str(there.replica_url) == "http://us-1:9090/"


def test_without_regions_the_panel_is_as_it_is_written():
    """One region, read by the addresses of the settings: nothing is changed."""
    text = REGIONS[: REGIONS.index("[regions")].replace('region = "eu-west"', "")
    panel = parse(text, "panel.toml")
    assert other_regions(panel) == ()
    here = in_region(panel, None)
    assert here.kinds == frozenset(Source)
    assert here.model_copy() == panel


def test_known_as_is_the_name_in_metrics():
    """`$service` is what the platform calls it, where that is not its id."""
    panel = parse(
        REGIONS.replace('id = "web"', 'id = "web"\nknown_as = "front"'), "panel.toml"
    )
    web = next(each for each in panel.services if each.id == "web")
    assert fill('x{s="$service"}', panel.labels, web) == 'x{s="front"}'


@pytest.mark.parametrize(
    ("changes", "addition", "said"),
    [
        (
            [('region = "eu-west"\n', "")],
            "",
            "panel.region: must name the region that the addresses of the settings",
        ),
        ([], source("more", region="eu-west"), "sources[2].region: must be another"),
        ([], source("us_nats", "outbox"), "sources[2].id: must differ from us-nats"),
        ([], source("more"), "sources[2].kind: must be the only nats of us-east"),
        ([], source("more", "mysql"), "sources[2].kind"),
        ([], source("more", "outbox", "US East"), "sources[2].region"),
        ([], source("More", "outbox"), "sources[2].id"),
        (
            [('["eu-west", "us-east"]', '["eu-west", "us-west"]')],
            "",
            "services `api` regions: no region is called us-west",
        ),
        (
            [('probe = "nats"', 'probe = "outbox"')],
            "",
            "dependencies `nats-us-east`: us-east has no source to read it from",
        ),
        (
            [("[regions.us-east.nats]", "[regions.ap.nats]")],
            "",
            "regions.ap: no region is called ap",
        ),
        (
            [('id = "web"', 'id = "api-us-east"')],
            "",
            "`api-us-east` is used as an id twice",
        ),
        ([('id = "api"', f'id = "{"a" * 60}"')], "", "must be 63 characters at most"),
    ],
)
def test_what_cannot_be_is_refused_by_key(changes, addition, said):
    """The message names the file and the key, and says what was expected."""
    message = refusal(*changes, addition=addition)
    assert all(line.startswith("panel.toml: ") for line in message.splitlines())
    assert said in message

"""panel.toml: what is wrong is named, what is right is typed."""

from pathlib import Path

import pytest

from opspanel.panel.config import Service, fill
from opspanel.panel.load import PanelConfigError, panel_config, parse

MINIMAL = """
[panel]
environment = "test"
profile = "production"
contact = "the platform team"
"""


def refusal(addition):
    with pytest.raises(PanelConfigError) as caught:
        parse(MINIMAL + addition, "panel.toml")
    return str(caught.value)


def test_a_minimal_file_is_enough():
    """Everything but the panel's identity has a default."""
    panel = parse(MINIMAL, "panel.toml")
    assert panel.collection.interval_seconds == 5


def test_the_shipped_file_is_valid():
    """The embedded default loads."""
    shipped = Path("opspanel/panel/panel.toml")
    assert panel_config(str(shipped)).panel.environment == "demo"


@pytest.mark.parametrize(
    ("addition", "said"),
    [
        ("[collection]\ninterval_seconds = 0", "collection.interval_seconds"),
        ("[collection]\ninterval = 5", "collection.interval"),
        ('[node_tasks]\ntable = "x; drop table y"', "node_tasks.table"),
        ('[[services]]\nid = "api"', "services[0].name"),
        ("[thresholds]\nerror_ratio = {degraded=0.5, unhealthy=0.1}", "error_ratio"),
        ('[signals]\n"api.errors" = ["no.such"]', "`no.such` is used but not listed"),
        ('[signals]\n"api.typo" = []', "signals.api.typo"),
        ('[nats.servers]\nn1 = "nats://n1:4222"', "nats.servers.n1: URL scheme"),
        ('[nats.servers]\nn1 = "http://u:p@n1:8222"', "nats.servers.n1: Value error"),
        ('[nats.servers]\nn1 = "http://n1:8222/?x=y"', "nats.servers.n1: Value error"),
        ('[nats.servers]\n"N 1" = "http://n1:8222"', "nats.servers.N 1"),
        ('[prometheus]\nreplica_url = "p:9090"', "prometheus.replica_url: URL scheme"),
        (
            '[prometheus]\nreplica_url = "http://u:p@p"',
            "prometheus.replica_url: Value error",
        ),
        ("[nats]\nearly_acks_accepted = 3", "nats.early_acks_accepted"),
    ],
)
def test_a_wrong_value_is_refused_with_its_key(addition, said):
    """The message names the file and the key that is wrong."""
    message = refusal(addition)
    assert message.startswith("panel.toml: ")
    assert said in message


def test_broken_toml_names_the_line():
    """A slip of syntax is told with its line."""
    assert "line 6" in refusal("oops = \n")


def test_a_missing_file_says_which_setting_to_look_at():
    """A wrong path names the setting that holds it."""
    with pytest.raises(PanelConfigError, match="OPSPANEL_CONFIG"):
        panel_config("no/such/panel.toml")


def test_label_values_are_escaped_into_queries():
    """A quote in a job name ends no string in PromQL."""
    service = Service(id="api", name="API", type="api", owner="x", job='a"} or up{j="')
    panel = parse(MINIMAL, "panel.toml")
    assert fill('up{job="$job"}', panel.labels, service) == (
        'up{job="a\\"} or up{j=\\""}'
    )

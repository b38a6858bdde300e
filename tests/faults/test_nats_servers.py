"""Real servers that cut off who is slow, and acknowledge before the disk has it."""

import socket
from pathlib import Path

import pytest

from opspanel.panel.load import configured_panel
from opspanel.terms import FailureKind, Health, Source
from tests.sources.conftest import MonitoredNats

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

SAYS = "Acknowledged is not yet on disk, for up to 2 min: n1"


@pytest.fixture
def server(tmp_path, settings):
    made = MonitoredNats(tmp_path)
    settings.NATS_URL = made.url()
    yield made
    made.stop()


@pytest.fixture
def silent():
    """An address where a connection is taken and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"


@pytest.fixture
def asked(panel, settings, tmp_path):
    """`asked(n1=…)`: the panel whose panel.toml has these addresses, with `more` in it."""
    shipped = Path(settings.OPSPANEL_CONFIG).read_text()

    def renewed(more="", **servers):
        listed = "".join(f'{name} = "{url}"\n' for name, url in servers.items())
        text = shipped.replace("[nats]\n", f"[nats]\n{more}\n")
        path = tmp_path / f"panel-{len(list(tmp_path.iterdir()))}.toml"
        path.write_text(f"{text}\n[nats.servers]\n{listed}")
        settings.OPSPANEL_CONFIG = str(path)
        assert set(configured_panel().nats.servers) == set(servers)
        return panel.renewed()

    return renewed


def servers(snapshot):
    return {each.name: each for each in snapshot.queues.nats.servers}


def nats_source(snapshot):
    [state] = [each for each in snapshot.sources if each.source is Source.NATS]
    return state


def row(page, name):
    return page.locator(".panel", has=page.locator("#nats")).locator(
        "tr", has=page.get_by_role("rowheader", name=name)
    )


def test_a_rise_of_slow_consumers_is_told_and_goes_on_over_a_restart(
    server, asked, look
):
    """A rate, a card with its runbook, and degraded; in another worker as well, since
    the snapshot remembers."""
    passes = asked(n1=server.monitor)
    passes.run_pass()
    assert servers(passes.run_pass())["n1"].status is Health.HEALTHY
    cut = server.cut_one_off()
    rate = pytest.approx(cut / 5)
    assert servers(passes.run_pass())["n1"].slow_consumers.value == rate
    told = servers(passes.renewed().run_pass())["n1"]
    assert (told.status, told.slow_consumers.value) == (Health.DEGRADED, rate)
    page = look()
    assert f"{cut / 5}/min" in row(page, "n1").inner_text()
    card = page.locator("li.card[data-key='nats.slow_consumers:n1']")
    assert f"cut off {cut} slow consumer" in card.inner_text()
    assert card.locator("a.runbook", has_text="slow consumers").count() == 1


def test_early_acknowledgements_are_said_in_amber_and_judged_not(server, asked, look):
    """One that is accepted in panel.toml is said calmly."""
    passes = asked(n1=server.monitor)
    passes.run_pass()
    told = passes.run_pass()
    assert not [card for card in told.actions if card.subject == "n1"]
    assert servers(told)["n1"].status is Health.HEALTHY
    assert look().locator("p.warn", has_text=SAYS).count() == 1
    asked("early_acks_accepted = true", n1=server.monitor).run_pass()
    page = look()
    assert page.locator("p.none", has_text=f"{SAYS} (accepted)").count() == 1
    assert not page.locator("p.warn", has_text=SAYS).count()


def test_a_monitoring_port_that_is_silent_costs_nothing_but_itself(
    server, silent, asked, look
):
    """Its row is unknown and says why; streams, the other server, and the row among the
    sources are what they were."""
    passes = asked(n1=server.monitor, n2=silent)
    passes.run_pass()
    told = passes.run_pass()
    assert servers(told)["n1"].status is Health.HEALTHY
    unread = servers(told)["n2"]
    assert unread.status is Health.UNKNOWN
    assert unread.slow_consumers.missing is FailureKind.TIMEOUT
    assert nats_source(told).failure is None
    assert nats_source(told).partial == len(told.queues.nats.missing)
    page = look()
    assert "monitoring port: timeout" in row(page, "n2").inner_text()
    assert row(page, "n2").get_attribute("class") == "unknown"
    assert SAYS in page.locator("p.warn", has_text="on disk").inner_text()

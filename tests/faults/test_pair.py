"""Two Prometheus servers of one region: they disagree, or one of them is gone."""

import secrets
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.exceptions import ImproperlyConfigured

from opspanel.sources.prometheus import PrometheusAddress
from opspanel.terms import FailureKind, Health, Source, Trust
from opspanel.upstreams import replica_of
from tests.assess.given import panel as panel_with
from tests.faults.conftest import WORDS
from tests.faults.liar import Liar

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

TABLE = "section[aria-labelledby=sources]"


@pytest.fixture
def second(settings, tmp_path):
    """The replica, as panel.toml names it."""
    made = Liar()
    path = tmp_path / "panel.toml"
    shipped = Path(settings.OPSPANEL_CONFIG).read_text()
    path.write_text(f'{shipped}\n[prometheus]\nreplica_url = "{made.url}"\n')
    settings.OPSPANEL_CONFIG = str(path)
    yield made
    made.close()


@pytest.fixture
def pair(liar, second, panel):
    """Both know an API that is well, of four node agents."""
    for each in (liar, second):
        api = {"up": [1], "scraped": [time.time()], "throughput": [50], "errors": [0]}
        for name, values in (api | {"latency_p95": [0.1]}).items():
            each.values[f"api.{name}"] = values
        each.values["node-agent.up"] = agents()
        each.values["node-agent.scraped"] = [time.time()]
    return panel.renewed()


def agents(*down):
    return [({"instance": f"node-{n}:9100"}, int(n not in down)) for n in range(1, 5)]


@pytest.mark.parametrize("within", [True, False])
def test_the_replica_is_asked_with_the_credentials_of_the_first(within):
    """Wherever those stand: in its address, or beside it."""
    password = secrets.token_urlsafe(12) + "/"
    url = f"http://panel:{quote(password, safe='')}@first:9090"
    beside = {} if within else {"username": "panel", "password": password}
    first = PrometheusAddress(url=url if within else "http://first:9090", **beside)
    config = panel_with(prometheus={"replica_url": "http://second:9090/p"})
    replica = replica_of(first, config)
    assert (replica.url, replica.username) == ("http://second:9090/p", "panel")
    assert replica.password == password
    assert replica_of(first, panel_with()) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("http://first:9090", "http://FIRST:9090/"),
        ("https://panel@first/p", "https://first:443/p/"),
    ],
)
def test_the_first_itself_is_no_replica(first, second):
    """However it is written: it would always agree with itself."""
    config = panel_with(prometheus={"replica_url": second})
    with pytest.raises(ImproperlyConfigured, match=r"replica_url .*the same address"):
        replica_of(PrometheusAddress(url=first), config)
    elsewhere = panel_with(prometheus={"replica_url": f"{second.rstrip('/')}/b"})
    assert replica_of(PrometheusAddress(url=first), elsewhere)


@pytest.mark.parametrize("what", ["token", "username"])
def test_credentials_of_an_encrypted_first_are_never_sent_in_clear(what):
    """Refused by its name, without the credential; on this machine nobody listens, and
    without credentials there is nothing to hear."""
    secret = secrets.token_urlsafe(12)
    address = PrometheusAddress(url="https://first:9090", **{what: secret})
    config = panel_with(prometheus={"replica_url": "http://second:9090"})
    with pytest.raises(
        ImproperlyConfigured, match=r"replica_url .*https://"
    ) as refused:
        replica_of(address, config)
    assert secret not in str(refused.value)
    here = panel_with(prometheus={"replica_url": "http://127.0.0.1:9090"})
    assert getattr(replica_of(address, here), what) == secret
    assert replica_of(PrometheusAddress(url="https://first:9090"), config)


def component(snapshot, component_id):
    [found] = [c for c in snapshot.health if c.component_id == component_id]
    return found


def states(snapshot):
    return [each for each in snapshot.sources if each.source is Source.PROMETHEUS]


def rows(page):
    table = page.locator(f"{TABLE} tr")
    return [each.inner_text() for each in table.filter(has_text="Prometheus").all()]


def test_where_they_disagree_the_worse_is_shown_with_the_words_of_both(
    pair, second, look
):
    """Each is asked once a pass; the colour is the worse one's; both are "partial"."""
    second.values["node-agent.up"] = agents(3)
    told = pair.run_pass()
    words = "Prometheus says 4 of 4 up, its replica 3 of 4 up, down: node-3:9100"
    agent = component(told, "node-agent")
    assert (agent.status, agent.reason) == (Health.DEGRADED, words)
    assert [(each.replica, each.trust) for each in states(told)] == [
        (False, Trust.PARTIAL),
        (True, Trust.PARTIAL),
    ]
    assert states(told)[0].reads == states(told)[1].reads > 0
    page = look()
    assert words in page.locator("#live").inner_text()
    first, replica = rows(page)
    assert "its replica" in replica
    for row in (first, replica):
        assert "Partial" in row
        assert "the pair does not agree on 1 service" in row


@pytest.mark.parametrize("silent", ["first", "second"])
def test_one_that_is_gone_leaves_the_figures_of_the_other(
    silent, pair, liar, second, look
):
    """Fresh, and not held over; the page says who does not answer, and nothing of what
    it said instead."""
    pair.run_pass()
    gone = liar if silent == "first" else second
    gone.reply = lambda: (500, {}, WORDS.encode())
    for _ in range(4):
        told = pair.run_pass()
    api = component(told, "api")
    assert (api.status, api.reason) == (Health.HEALTHY, "1 of 1 up")
    assert (told.taken_at - api.checked_at).total_seconds() < 5
    [rate] = [each.rate for each in told.throughput if each.component_id == "api"]
    assert (rate.value, rate.missing) == (50, None)
    assert {each.replica: each.failure for each in states(told)} == {
        silent == "second": FailureKind.UNAVAILABLE,
        silent == "first": None,
    }
    away, there = sorted(states(told), key=lambda each: each.failure is None)
    assert (away.circuit.failures, there.circuit.failures) == (3, 0)
    who = "the first of the pair" if silent == "first" else "its replica"
    page = look()
    card = page.locator("li.card[data-key='source.failed:prometheus']")
    assert "one of two cannot be read" in card.inner_text()
    assert f"is read by one of two: {who} is unavailable" in card.inner_text()
    assert sum("Not asked until" in row for row in rows(page)) == 1
    assert WORDS not in page.content()


def test_where_both_are_gone_figures_are_held_over(pair, liar, second):
    """And nothing is green by them."""
    pair.run_pass()
    liar.reply = second.reply = lambda: (500, {}, b"")
    told = pair.run_pass()
    assert component(told, "api").status is Health.UNKNOWN
    [rate] = [each.rate for each in told.throughput if each.component_id == "api"]
    assert (rate.value, rate.exactness) == (50, "held_over")
    assert all(each.failure for each in states(told))

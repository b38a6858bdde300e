"""Each way in which an upstream can fail, as a browser sees it."""

import pytest

from opspanel.terms import FailureKind
from tests.faults.conftest import WORDS

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

# What reads by each upstream; the others must not notice.
READERS = {
    "prometheus": {"prometheus"},
    "nats": {"nats"},
    "database": {"node_tasks", "outbox"},
}
NAMES = {
    "prometheus": "Prometheus",
    "nats": "NATS",
    "node_tasks": "node_tasks",
    "outbox": "outbox",
}
# What a fault may be told as: which of them depends on how far the answer had come.
BROKEN = {
    FailureKind.BAD_PAYLOAD,
    FailureKind.UNAVAILABLE,
    FailureKind.REFUSED,
    FailureKind.TIMEOUT,
}
TABLE = "section[aria-labelledby=sources]"
FAULTS = {
    "refused": {FailureKind.REFUSED},
    "hangs": {FailureKind.TIMEOUT},
    "trickle": {FailureKind.TIMEOUT},
    "cut": BROKEN,
    "reset": BROKEN,
    "garbage": BROKEN,
}


def failures(snapshot):
    return {state.source: state.failure for state in snapshot.sources}


def of_a_pass(panel, but=()):
    """Failures of a pass; of another one, where a source that is well missed its deadline
    because the machine stood still. After a third it would be left alone."""
    found = failures(panel.run_pass())
    if any(failure for source, failure in found.items() if source not in but):
        found = failures(panel.run_pass())
    return found


@pytest.mark.parametrize("upstream", READERS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_upstream_is_told_and_the_others_stand(
    upstream, fault, panel, look, caplog
):
    """Its row says what is wrong and when it last answered; nothing is green by it;
    no word of it is repeated; and the next pass after the fault is whole."""
    assert set(of_a_pass(panel).values()) == {None}
    panel.proxies[upstream].set(fault)
    found = of_a_pass(panel, but=READERS[upstream])
    for source, failure in found.items():
        if source in READERS[upstream]:
            assert failure in FAULTS[fault]
        else:
            assert failure is None
    seen_in(look(), READERS[upstream])
    assert WORDS not in caplog.text
    panel.proxies[upstream].set("")
    assert set(of_a_pass(panel).values()) == {None}
    assert not look().locator(f"{TABLE} tr.unhealthy").count()


def seen_in(page, sources):
    assert page.locator("#live").get_attribute("data-status") != "healthy"
    for source in sources:
        row = page.locator(f"{TABLE} tr.unhealthy").filter(
            has=page.locator("th", has_text=NAMES[source])
        )
        assert row.locator("b.bad").inner_text()
        assert row.locator("time.age").count() == 1  # it answered before
    assert WORDS not in page.content()

"""Packets that are dropped: nobody refuses, nobody answers."""

import socket
from urllib.parse import urlsplit, urlunsplit

import pytest

from opspanel.terms import FailureKind, Source
from tests.faults.conftest import UPSTREAMS

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

READERS = {
    "prometheus": {Source.PROMETHEUS},
    "nats": {Source.NATS},
    "database": {Source.NODE_TASKS, Source.OUTBOX},
}
TABLE = "section[aria-labelledby=sources]"


@pytest.fixture
def hole():
    """A port whose queue of connections is full: the kernel drops what asks for one more,
    as a firewall would, and needs no rights for it."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    place = listener.getsockname()
    waiting = [socket.socket() for _ in range(8)]
    for each in waiting:
        each.settimeout(0.0)
        each.connect_ex(place)
    with socket.socket() as probe:
        probe.settimeout(0.5)
        with pytest.raises(TimeoutError):
            probe.connect(place)
    yield place[1]
    for each in (*waiting, listener):
        each.close()


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_dropped_packets_are_a_timeout_of_this_source_alone(
    upstream, hole, panel, look, settings
):
    """The deadline holds for the connect as well; the others are read in the same pass."""
    parts = urlsplit(getattr(settings, UPSTREAMS[upstream]))
    userinfo = parts.netloc.rpartition("@")[0]
    place = f"{userinfo}@" * bool(userinfo) + f"127.0.0.1:{hole}"
    setattr(settings, UPSTREAMS[upstream], urlunsplit(parts._replace(netloc=place)))
    told = panel.renewed().run_pass()
    failures = {state.source: state.failure for state in told.sources}
    for source, failure in failures.items():
        silent = source in READERS[upstream]
        assert failure is (FailureKind.TIMEOUT if silent else None)
    bad = look().locator(f"{TABLE} tr.unhealthy")
    assert bad.count() == len(READERS[upstream])
    assert "Error: timeout" in bad.first.inner_text()

"""A server's own word on its monitoring port: real ones, and one that lies."""

import json
import secrets
import traceback

import pytest

from opspanel.readings import SourceFailedError
from opspanel.sources.nats_server import NatsServerSource
from opspanel.terms import FailureKind
from tests.sources.conftest import MonitoredNats
from tests.sources.test_prometheus_misbehaving import (
    answering,
    flood,
    reset,
    silence,
    trickle,
    truncated,
)

pytestmark = pytest.mark.anyio

WORDS = f"ghp_{secrets.token_hex(18)}"
WELL = {
    "server_name": WORDS,
    "start": "2026-03-01T10:00:00.123456789Z",
    "now": "2026-03-01T12:00:00+02:00",
    "slow_consumers": 3,
    "jetstream": {"config": {"sync_interval": 5_000_000_000}},
}


@pytest.fixture
def monitored(tmp_path):
    started = []

    def start(*arguments):
        started.append(MonitoredNats(tmp_path, *arguments))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
async def read(panel):
    """Read an address as the panel does, by one source for all of a test's reads."""
    opened = {}

    async def once(url, deadline=30):
        if url not in opened:
            changed = {"nats_server_deadline_seconds": deadline}
            limits = panel.collection.model_copy(update=changed)
            config = panel.model_copy(update={"collection": limits})
            opened[url] = NatsServerSource(url, config)
        return await opened[url].read()

    yield once
    for source in opened.values():
        await source.aclose()


@pytest.mark.parametrize(
    ("jetstream", "seconds"),
    [
        ("max_file_store: 1G", 120),
        ("sync_interval: 30s", 30),
        ("sync_interval: always", 0),
        ("", None),
    ],
)
async def test_how_long_what_is_acknowledged_may_not_be_on_disk(
    jetstream, seconds, monitored, read
):
    """Two minutes unless it is configured; `always` still tells an interval, which then
    means nothing; without JetStream nothing is acknowledged."""
    reading = await read(monitored(jetstream).monitor)
    assert reading.sync_seconds == seconds
    assert 0 <= reading.uptime_seconds < 60


async def test_who_is_too_slow_is_counted_until_the_server_starts_anew(monitored, read):
    """By a real one: a subscriber that never reads is cut off; a new start is seen by
    its time, with a count from zero."""
    server = monitored()
    assert (await read(server.monitor)).slow_consumers == 0
    counted = server.cut_one_off()
    before = await read(server.monitor)
    assert before.slow_consumers == counted > 0
    server.stop()
    with pytest.raises(SourceFailedError) as caught:
        await read(server.monitor)
    assert caught.value.kind is FailureKind.REFUSED
    server.start()
    after = await read(server.monitor)
    assert after.slow_consumers == 0
    assert after.started_at > before.started_at


def saying(**changed):
    return answering(200, json.dumps(WELL | changed).encode())


async def test_nothing_but_numbers_and_times_is_taken(read, upstream):
    """By a GET without any body; names and addresses are left where they are."""
    upstream.behaviour = saying()
    reading = await read(f"{upstream.url}/behind/a/proxy/")
    assert (reading.slow_consumers, reading.sync_seconds) == (3, 5)
    assert reading.uptime_seconds == pytest.approx(-0.123456)
    assert WORDS not in repr(reading)
    [request] = upstream.requests
    assert request.line == "GET /behind/a/proxy/varz HTTP/1.1"


BAD = FailureKind.BAD_PAYLOAD
MISBEHAVIOUR = {
    "401": (answering(401, WORDS.encode()), FailureKind.AUTH),
    "404": (answering(404, b"404 page not found"), BAD),
    "500": (answering(500, WORDS.encode()), FailureKind.UNAVAILABLE),
    "redirect": (answering(302, b"", "Location: http://127.0.0.1:1/varz"), BAD),
    "packed": (answering(200, b"x", "Content-Encoding: gzip"), BAD),
    "garbage": (answering(200, b"\x00\xff<html>" + WORDS.encode()), BAD),
    "too deep": (answering(200, b"[" * 100_000), BAD),
    "not of NATS": (answering(200, b"{}"), BAD),
    "negative": (saying(slow_consumers=-1), BAD),
    "too many": (saying(slow_consumers=2**64), BAD),
    "no number": (saying(slow_consumers="many"), BAD),
    "no zone": (saying(start="2026-03-01T10:00:00"), BAD),
    "no time": (saying(start="9999-12-31T23:59:59-23:00"), BAD),
    "truncated": (truncated, BAD),
    "reset": (reset, FailureKind.UNAVAILABLE),
    "silence": (silence, FailureKind.TIMEOUT),
    "trickle": (trickle, FailureKind.TIMEOUT),
    "flood": (flood, FailureKind.TOO_LARGE),
}


@pytest.mark.parametrize("name", MISBEHAVIOUR)
async def test_every_misbehaviour_has_its_kind(name, read, upstream):
    """A kind, and not a word of the server's own; its address is told nowhere."""
    upstream.behaviour, kind = MISBEHAVIOUR[name]
    with pytest.raises(SourceFailedError) as caught:
        await read(upstream.url, 0.5 if kind is FailureKind.TIMEOUT else 30)
    assert caught.value.kind is kind
    text = "".join(traceback.format_exception(caught.value))
    assert WORDS not in text
    assert len(upstream.requests) == 1


async def test_it_says_how_long_it_wants_to_be_left_alone(read, upstream):
    """As other sources, by Retry-After."""
    upstream.behaviour = answering(503, b"", "Retry-After: 40")
    with pytest.raises(SourceFailedError) as caught:
        await read(upstream.url)
    assert (caught.value.kind, caught.value.retry_after) == (
        FailureKind.UNAVAILABLE,
        40,
    )

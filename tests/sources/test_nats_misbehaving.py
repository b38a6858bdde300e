"""JetStream as it should not be: a real server, whose API a test answers itself."""

import json
import time

import nats
import pytest

from opspanel.panel.queues import Nats
from opspanel.readings import SourceFailedError
from opspanel.sources.nats import NatsAddress, NatsSource
from opspanel.terms import FailureKind

pytestmark = pytest.mark.anyio


def stream(name="S", cluster=None, **state) -> dict:
    limits = {"max_bytes": -1, "max_msgs": 2**63}
    return {
        "config": {"name": name, "retention": "limits", "discard": "old", **limits},
        "state": {
            "messages": 1,
            "bytes": 10,
            "first_seq": 1,
            "last_seq": 1,
            "first_ts": "2026-01-02T03:04:05.123456789Z",
            "last_ts": "2026-01-02T05:04:05+02:00",
            "consumer_count": 1,
            **state,
        },
        "cluster": cluster,
    }


def consumer(name="C", **changes) -> dict:
    return {
        "name": name,
        "created": "0001-01-01T00:00:00Z",
        "config": {"max_ack_pending": -1},
        "delivered": {},
        "ack_floor": {},
        "num_pending": 0,
        "num_ack_pending": 0,
        "num_redelivered": 0,
        "num_waiting": 0,
        **changes,
    }


def page(**content) -> bytes:
    return json.dumps({"total": 1, "offset": 0, "limit": 256, **content}).encode()


ONE_STREAM = page(streams=[stream()])


class Api:
    """Answers to the stream and consumer lists, and what was asked for."""

    def __init__(self) -> None:
        self.streams = ONE_STREAM
        self.consumers: bytes | None = page(consumers=[])
        self.asked: list[str] = []

    async def answer(self, message) -> None:
        self.asked.append(message.subject)
        listing = message.subject == "$JS.API.STREAM.LIST"
        reply = self.streams if listing else self.consumers
        if reply is not None:
            await message.respond(reply)


@pytest.fixture
async def server(tmp_path, start_nats):
    return start_nats(tmp_path, "", jetstream=False)


@pytest.fixture
async def api(server):
    client = await nats.connect(server.url(), allow_reconnect=False)
    api = Api()
    await client.subscribe("$JS.API.>", cb=api.answer)
    await client.flush()
    yield api
    await client.close()


@pytest.fixture
async def source(server, api, panel):
    panel = panel.model_copy(update={"nats": Nats(max_streams=600)})
    source = NatsSource(NatsAddress(url=server.url()), panel)
    yield source
    await source.aclose()


def error(code, err_code) -> bytes:
    return page(error={"code": code, "err_code": err_code, "description": "hunter2"})


REPLIES = {
    "not JSON": (b"\xff<html>hunter2", FailureKind.BAD_PAYLOAD),
    "not an object": (b"[]", FailureKind.BAD_PAYLOAD),
    "too deep": (b"[" * 100_000, FailureKind.BAD_PAYLOAD),
    "half a stream": (page(streams=[{"config": {}}]), FailureKind.BAD_PAYLOAD),
    "wrapped around": (
        page(streams=[stream(messages=2**64 - 1)]),
        FailureKind.BAD_PAYLOAD,
    ),
    "no meta leader": (error(503, 10008), FailureKind.NOT_LEADER),
    "no JetStream": (error(503, 10039), FailureKind.JS_DISABLED),
    "overloaded": (error(429, 10167), FailureKind.UNAVAILABLE),
    "not understood": (error(400, 10025), FailureKind.BAD_QUERY),
}


@pytest.mark.parametrize("name", REPLIES)
async def test_every_bad_reply_has_its_kind(name, source, api):
    """A reply that does not fit is a kind, without a word of its own."""
    api.streams, kind = REPLIES[name]
    with pytest.raises(SourceFailedError) as failed:
        await source.read()
    assert failed.value.kind is kind
    assert failed.value.__context__ is failed.value.__cause__ is None
    api.streams = ONE_STREAM
    assert len((await source.read()).streams) == 1


async def test_times_and_limits_are_translated(source, api):
    """Nanoseconds, other zones, year 1 and "unlimited" become plain values."""
    api.consumers = page(consumers=[consumer()])
    [reading] = (await source.read()).streams
    assert reading.first_at.isoformat() == "2026-01-02T03:04:05.123456+00:00"
    assert reading.last_at.isoformat() == "2026-01-02T03:04:05+00:00"
    assert reading.max_bytes is reading.max_messages is None
    assert reading.has_leader
    [worker] = reading.consumers
    assert worker.created_at is worker.last_acked_at is None


async def test_streams_and_consumers_without_a_leader(source, api):
    """Nobody leads: it is said of the stream, of the consumer, and of lagging copies."""
    replicas = [
        {"current": False},
        {"current": True, "offline": True},
        {"current": True},
    ]
    api.streams = page(streams=[stream(cluster={"replicas": replicas})])
    api.consumers = page(consumers=[consumer(cluster={"name": "c"})])
    [reading] = (await source.read()).streams
    assert not reading.has_leader
    assert reading.replicas_lagging == 2
    assert [each.has_leader for each in reading.consumers] == [False]


async def test_what_the_cluster_could_not_report(source, api):
    """Missing and offline streams are named; a missing consumer is led by nobody."""
    api.streams = page(streams=[stream()], missing=["M"], offline={"O": "too new"})
    api.consumers = page(consumers=[consumer("here")], missing=["gone"])
    reading = await source.read()
    assert reading.missing == ("M", "O")
    consumers = {each.name: each.has_leader for each in reading.streams[0].consumers}
    assert consumers == {"here": True, "gone": False}


async def test_a_wrapped_count_costs_only_that_stream_s_consumers(source, api):
    """A negative count that wrapped around is refused, not shown as a huge backlog."""
    api.consumers = page(consumers=[consumer(num_pending=2**64 - 1)])
    [reading] = (await source.read()).streams
    assert reading.messages == 1
    assert reading.consumers is FailureKind.BAD_PAYLOAD


@pytest.mark.parametrize("name", ["A.>", "*", "A B", "A\r\nPUB x 0\r\n", ""])
async def test_a_name_that_is_no_token_never_gets_into_a_subject(name, source, api):
    """A stream's name cannot address, or inject, anything else."""
    api.streams = page(streams=[stream(name)])
    [reading] = (await source.read()).streams
    assert reading.consumers is FailureKind.BAD_PAYLOAD
    assert api.asked == ["$JS.API.STREAM.LIST"]


async def test_pages_without_end_are_cut(source, api):
    """A server that always promises more is read up to the limit, and said so."""
    api.streams = page(total=10**9, streams=[stream()])
    reading = await source.read()
    assert reading.capped
    assert api.asked.count("$JS.API.STREAM.LIST") == 3
    api.streams = page(total=10**9, limit=0, streams=[stream()])
    assert (await source.read()).capped


async def test_too_many_consumers_are_too_large(source, api):
    """A flood of consumers is refused instead of being carried along."""
    api.consumers = page(total=10**6, consumers=[consumer()])
    [reading] = (await source.read()).streams
    assert reading.consumers is FailureKind.TOO_LARGE


async def test_consumers_that_never_come_cost_the_deadline_only(server, api, hasty):
    """Streams that were listed are kept when their consumers do not answer."""
    api.consumers = None
    source = NatsSource(NatsAddress(url=server.url()), hasty)
    began = time.monotonic()
    [reading] = (await source.read()).streams
    assert time.monotonic() - began < 10
    assert reading.consumers is FailureKind.TIMEOUT
    await source.aclose()

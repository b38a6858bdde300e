"""What a cluster says while it loses its servers, one by one."""

import asyncio
import time

import nats
import pytest
from nats.errors import Error as NatsError

from opspanel.panel.queues import Nats
from opspanel.readings import SourceFailedError
from opspanel.sources.nats import NatsAddress, NatsSource
from opspanel.terms import FailureKind

pytestmark = pytest.mark.anyio

PATIENCE = 40


@pytest.fixture
def cluster(tmp_path, start_nats, free_ports):
    """Three servers, by name."""
    ports = free_ports(3)
    routes = ", ".join(f'"nats://127.0.0.1:{port}"' for port in ports)
    servers = {}
    for number, port in enumerate(ports):
        folder = tmp_path / f"n{number}"
        folder.mkdir()
        config = (
            f"server_name: n{number}\n"
            f'cluster {{ name: c, listen: "127.0.0.1:{port}", routes: [{routes}] }}'
        )
        servers[f"n{number}"] = start_nats(folder, config)
    return servers


async def until(condition, patience=PATIENCE):
    """Try until the answer is true, and give that answer."""
    ends = time.monotonic() + patience
    while True:
        answer = await condition()
        if answer or time.monotonic() > ends:
            return answer
        await asyncio.sleep(0.2)


async def make_streams(url) -> str:
    """Make a stream on three servers and one on a single one; say on which."""
    client = await nats.connect(url, allow_reconnect=False)
    js = client.jetstream(timeout=2)

    async def made():
        try:
            await js.add_stream(name="R3", subjects=["r3"], num_replicas=3)
            await js.add_consumer("R3", durable_name="worker", num_replicas=3)
            return await js.add_stream(name="R1", subjects=["r1"], num_replicas=1)
        except NatsError:
            return None  # no meta leader yet

    info = await until(made)
    await js.publish("r3", b"", timeout=PATIENCE)
    await client.close()
    return info.cluster.leader


async def read_or_kind(source):
    try:
        return await source.read()
    except SourceFailedError as failed:
        return failed.kind


async def whole(source):
    """Give the reading if every replica has caught up."""
    reading = await read_or_kind(source)
    if isinstance(reading, FailureKind) or len(reading.streams) < 2:
        return None
    lagging = sum(stream.replicas_lagging for stream in reading.streams)
    return None if lagging else reading


async def wounded(source):
    """Give the reading if the servers left have noticed, and elected new leaders."""
    reading = await read_or_kind(source)
    if isinstance(reading, FailureKind) or len(reading.streams) != 1:
        return None
    noticed = all(
        # A new leader knows nothing yet of the follower that is left.
        stream.has_leader and stream.replicas_lagging == 1
        for stream in reading.streams
    )
    return reading if noticed else None


async def headless(source):
    return await read_or_kind(source) is FailureKind.NOT_LEADER


async def test_a_cluster_that_loses_its_servers(cluster, panel):
    """A stream whose server is gone is missing; without a majority nothing leads."""
    owner = await make_streams(cluster["n0"].url())
    survivor, other = (name for name in cluster if name != owner)
    limits = panel.collection.model_copy(update={"nats_deadline_seconds": 6})
    panel = panel.model_copy(update={"collection": limits, "nats": Nats()})
    source = NatsSource(NatsAddress(url=cluster[survivor].url()), panel)
    reading = await until(lambda: whole(source))
    assert reading.missing == ()
    assert all(stream.has_leader for stream in reading.streams)
    cluster[owner].stop()
    reading = await until(lambda: wounded(source))
    assert reading.missing == ("R1",)
    assert reading.listing.unsure == {"R1"}
    assert reading.listing.whole
    [stream] = reading.streams
    assert (stream.name, stream.messages, stream.replicas_lagging) == ("R3", 1, 1)
    cluster[other].stop()
    assert await until(lambda: headless(source))
    await source.aclose()

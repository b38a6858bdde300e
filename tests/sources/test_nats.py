"""JetStream's states, each driven on a real server and read back."""

import asyncio
import os
import signal
import time
import uuid
from datetime import UTC, datetime, timedelta

import nats
import pytest
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig

from opspanel.panel.queues import Nats
from opspanel.readings import SourceFailedError
from opspanel.sources.nats import NatsAddress, NatsSource
from opspanel.terms import FailureKind

pytestmark = pytest.mark.anyio


@pytest.fixture
def name() -> str:
    return f"S{uuid.uuid4().hex[:10]}"


@pytest.fixture
async def open_source(panel):
    opened = []

    def open_one(
        url, *streams, credentials_file=None, panel=panel, **others
    ) -> NatsSource:
        config = panel.model_copy(update={"nats": Nats(streams=streams, **others)})
        address = NatsAddress(url=url, credentials_file=credentials_file)
        opened.append(NatsSource(address, config))
        return opened[-1]

    yield open_one
    for source in opened:
        await source.aclose()


@pytest.fixture
async def stream(platform, name):
    """Make a stream by retention, and publish to it: `await stream("limits", 5)`."""
    js = platform.jetstream()

    async def make(retention, messages=0, **config) -> None:
        await js.add_stream(
            StreamConfig(
                name=name, subjects=[f"{name}.>"], retention=retention, **config
            )
        )
        for _ in range(messages):
            await js.publish(f"{name}.work", b"x" * 100)

    yield make
    await js.delete_stream(name)


async def consume(platform, name, durable="worker", **config):
    config = ConsumerConfig(
        durable_name=durable, ack_policy=AckPolicy.EXPLICIT, **config
    )
    return await platform.jetstream().pull_subscribe(
        f"{name}.work", durable, stream=name, config=config
    )


async def only_stream(source):
    [stream] = (await source.read()).streams
    return stream


async def test_a_limits_stream_keeps_what_is_acknowledged(
    platform, stream, name, nats_url, open_source
):
    """History stays in the stream; the consumer's own figures say what is left."""
    await stream("limits", 5, max_bytes=10_000, max_msgs=50)
    worker = await consume(platform, name)
    for message in await worker.fetch(3):
        await message.ack_sync()
    reading = await only_stream(open_source(nats_url, name))
    [consumer] = reading.consumers
    assert (reading.retention, reading.discard) == ("limits", "old")
    assert (reading.messages, reading.max_bytes, reading.max_messages) == (
        5,
        10_000,
        50,
    )
    assert reading.bytes > 500
    assert (consumer.num_pending, consumer.num_ack_pending) == (2, 0)
    assert consumer.pull
    now = datetime.now(UTC)  # noqa: TID251
    for moment in (reading.first_at, reading.last_at, consumer.last_acked_at):
        assert timedelta() < now - moment < timedelta(seconds=30)


async def test_a_work_queue_keeps_what_is_not_done(
    platform, stream, name, nats_url, open_source
):
    """Done work leaves the stream; work given up stays, redelivered and un-acked."""
    await stream("workqueue", 4)
    worker = await consume(platform, name, max_deliver=1, ack_wait=3)
    done, _dead = await worker.fetch(2)
    await done.ack_sync()
    source = open_source(nats_url, name)
    ends = time.monotonic() + 30
    reading = await only_stream(source)
    while reading.consumers[0].num_ack_pending and time.monotonic() < ends:
        await asyncio.sleep(0.05)
        reading = await only_stream(source)
    [consumer] = reading.consumers
    assert reading.retention == "workqueue"
    assert reading.messages == 3
    assert (consumer.num_pending, consumer.num_ack_pending) == (2, 0)


async def test_an_interest_stream_drops_what_nobody_wants(
    platform, stream, name, nats_url, open_source
):
    """An empty stream has no first message, rather than one of the year 1."""
    await stream("interest", 3)
    reading = await only_stream(open_source(nats_url, name))
    assert (reading.retention, reading.messages) == ("interest", 0)
    assert reading.first_at is None
    assert reading.consumers == ()
    assert (reading.max_bytes, reading.max_messages) == (None, None)


async def test_a_paused_consumer_says_so(platform, stream, name, nats_url, open_source):
    """A consumer that was paused on purpose is told apart from a stuck one."""
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()  # noqa: TID251
    await stream("limits", 1)
    await consume(platform, name, pause_until=until.replace("+00:00", "Z"))
    [consumer] = (await only_stream(open_source(nats_url, name))).consumers
    assert consumer.paused
    assert consumer.last_delivered_at is None
    assert consumer.has_leader


async def test_a_consumer_at_its_ack_window(
    platform, stream, name, nats_url, open_source
):
    """Un-acked messages reach the window, redelivery and waiting workers are seen."""
    await stream("limits", 5)
    worker = await consume(platform, name, max_ack_pending=2, ack_wait=30)
    first, _second = await worker.fetch(2)
    await first.nak()
    await worker.fetch(1)
    waiting = asyncio.create_task(worker.fetch(1, timeout=20))
    source = open_source(nats_url, name)
    ends = time.monotonic() + 5
    [consumer] = (await only_stream(source)).consumers
    while not consumer.num_waiting and time.monotonic() < ends:
        [consumer] = (await only_stream(source)).consumers
    waiting.cancel()
    assert (consumer.num_ack_pending, consumer.max_ack_pending) == (2, 2)
    assert consumer.num_redelivered == 1
    assert consumer.num_pending == 3
    assert consumer.num_waiting == 1


async def test_the_pace_of_acks_shows_from_the_second_pass(
    platform, stream, name, nats_url, open_source
):
    """One pass shows no flow; the next tells how fast the consumer acknowledges."""
    await stream("limits", 5)
    worker = await consume(platform, name)
    source = open_source(nats_url, name)
    [consumer] = (await only_stream(source)).consumers
    assert consumer.acked_per_second is None
    for message in await worker.fetch(3):
        await message.ack_sync()
    [consumer] = (await only_stream(source)).consumers
    assert consumer.acked_per_second > 0


async def test_a_push_consumer_is_not_pull(
    platform, stream, name, nats_url, open_source
):
    """A consumer that the server pushes to has no waiting workers to look for."""
    await stream("limits")
    config = ConsumerConfig(durable_name="push", deliver_subject="somewhere")
    await platform.jetstream().add_consumer(name, config)
    [consumer] = (await only_stream(open_source(nats_url, name))).consumers
    assert not consumer.pull


async def test_a_named_stream_that_is_not_there_is_missing(
    stream, name, nats_url, open_source
):
    """Expected streams come in the order asked for; those that are not there, named."""
    await stream("limits")
    reading = await open_source(nats_url, "GONE", name).read()
    assert [each.name for each in reading.streams] == [name]
    assert reading.missing == ("GONE",)
    assert not reading.capped


async def test_all_streams_are_listed_with_how_far_they_are(
    platform, stream, name, nats_url, open_source
):
    """Whatever is named: a purge leaves the sequence, a stream made anew has another
    time of its making."""
    await stream("limits", 3)
    source = open_source(nats_url, "GONE")

    async def known():
        listing = (await source.read()).listing
        assert listing.whole
        assert not listing.unsure
        [found] = [each for each in listing.streams if each.name == name]
        return found

    before = await known()
    assert (before.last_seq, before.messages) == (3, 3)
    js = platform.jetstream()
    await js.purge_stream(name)
    purged = await known()
    assert (purged.last_seq, purged.messages) == (3, 0)
    assert purged.created_at == before.created_at
    await js.delete_stream(name)
    await stream("limits")
    assert (await known()).created_at > before.created_at


@pytest.fixture
async def big(nats_server):
    """An account with 260 streams, one of them with 258 consumers."""
    url = nats_server.url("big", "big")
    client = await nats.connect(url, allow_reconnect=False)
    js = client.jetstream()
    for number in range(260):
        await js.add_stream(name=f"B{number}", subjects=[f"b{number}"])
    for number in range(258):
        config = ConsumerConfig(durable_name=f"c{number}")
        await js.add_consumer("B7", config)
    await js.publish("b9", b"")
    yield client, url
    await asyncio.gather(*(js.delete_stream(f"B{number}") for number in range(260)))
    await client.close()


async def test_more_than_one_page_and_streams_at_rest(big, open_source):
    """All pages are read; then only streams that moved or hold messages cost more."""
    client, url = big
    source = open_source(url)
    first = await source.read()
    assert len({each.name for each in first.streams}) == 260
    found = {each.name: each.consumers for each in first.streams}
    assert len({each.name for each in found["B7"]}) == 258
    assert first.reads == 2 + 260 + 1
    second = await source.read()
    assert second.reads == 2 + 1
    assert {each.name: each.consumers for each in second.streams} == found
    await client.jetstream().publish("b11", b"")
    assert (await source.read()).reads == 2 + 2
    capped = await open_source(url, max_streams=10).read()
    assert (len(capped.streams), capped.capped) == (10, True)
    late = await open_source(url, "B99", "B258").read()
    assert [each.name for each in late.streams] == ["B99", "B258"]


async def test_a_reader_with_the_least_rights_reads_everything(
    stream, name, nats_server, open_source
):
    """Two list subjects and the inbox are all the rights that the panel needs."""
    await stream("limits")
    url = nats_server.url("panel", "s3cret")
    assert (await only_stream(open_source(url, name))).consumers == ()


async def test_consumers_that_may_not_be_listed(stream, name, nats_server, open_source):
    """A right that is missing for consumers costs the consumers, at once."""
    await stream("limits")
    began = time.monotonic()
    reading = await only_stream(open_source(nats_server.url("half", "s3cret"), name))
    assert reading.consumers is FailureKind.AUTH
    assert time.monotonic() - began < 15  # of 30 that the deadline would cost


REFUSALS = {
    ("mute", "s3cret"): FailureKind.AUTH,
    ("deaf", "s3cret"): FailureKind.AUTH,
    ("app", "wr0ng-s3cret"): FailureKind.AUTH,
    ("bare", "bare"): FailureKind.JS_DISABLED,
}


@pytest.mark.parametrize("user", REFUSALS)
async def test_a_refusal_is_told_from_slowness(user, nats_server, open_source):
    """What we may not do fails at once, by its kind, without the server's words."""
    began = time.monotonic()
    with pytest.raises(SourceFailedError) as failed:
        await open_source(nats_server.url(*user)).read()
    assert failed.value.kind is REFUSALS[user]
    assert failed.value.__context__ is failed.value.__cause__ is None
    assert time.monotonic() - began < 15  # of 30 that the deadline would cost


@pytest.fixture
def own_server(tmp_path, start_nats):
    """A server that this test may stop."""
    return start_nats(tmp_path, "")


async def test_a_server_without_jetstream(tmp_path, start_nats, open_source):
    """A server that runs without JetStream says so, instead of timing out."""
    server = start_nats(tmp_path, "", jetstream=False)
    with pytest.raises(SourceFailedError) as failed:
        await open_source(server.url()).read()
    assert failed.value.kind is FailureKind.JS_DISABLED


async def test_nobody_listening_is_refused(closed_port, open_source):
    """A closed port is a refusal."""
    with pytest.raises(SourceFailedError) as failed:
        await open_source(f"nats://user:hunter2@127.0.0.1:{closed_port}").read()
    assert failed.value.kind is FailureKind.REFUSED


async def test_a_restart_between_passes_is_not_seen(own_server, open_source):
    """A connection that died idle is made anew within the pass."""
    source = open_source(own_server.url())
    await source.read()
    own_server.stop()
    own_server.start()
    assert (await source.read()).streams == ()


async def test_a_server_that_dies_and_returns(own_server, open_source):
    """While the server is gone passes fail; when it is back they work again."""
    source = open_source(own_server.url())
    await source.read()
    own_server.stop()
    with pytest.raises(SourceFailedError) as failed:
        await source.read()
    assert failed.value.kind is FailureKind.REFUSED
    own_server.start()
    assert (await source.read()).streams == ()


async def test_a_frozen_server_is_cut_and_the_next_pass_works(
    own_server, open_source, hasty
):
    """A stopped server costs the deadline; once it goes on, so does the source."""
    source = open_source(own_server.url(), panel=hasty)
    await source.read()
    os.kill(own_server.process.pid, signal.SIGSTOP)
    await asyncio.to_thread(os.waitid, os.P_PID, own_server.process.pid, os.WSTOPPED)
    began = time.monotonic()
    try:
        for _ in range(2):  # a kept connection, then a new one
            with pytest.raises(SourceFailedError) as failed:
                await source.read()
            assert failed.value.kind is FailureKind.TIMEOUT
        assert time.monotonic() - began < 2 * 10
    finally:
        os.kill(own_server.process.pid, signal.SIGCONT)
    assert (await source.read()).streams == ()


async def test_credentials_that_are_none(own_server, tmp_path, open_source):
    """A file that is missing or holds no credentials is an auth failure, at once."""
    for text in (None, "", "-----BEGIN NATS USER JWT-----\n", "\xff"):
        file = tmp_path / f"{uuid.uuid4()}.creds"
        if text is not None:
            file.write_text(text)
        with pytest.raises(SourceFailedError) as failed:
            await open_source(own_server.url(), credentials_file=file).read()
        assert failed.value.kind is FailureKind.AUTH

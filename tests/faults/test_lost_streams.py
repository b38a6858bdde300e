"""A real NATS that loses what its streams held, and what the overview says of it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import nats
import pytest
from nats.js.api import StorageType, StreamConfig

from opspanel.terms import Loss, Source
from tests.sources.conftest import NatsServer

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

# panel.toml names the first; each holds three messages.
NAMED, OTHER, SAFE = "PROVISIONING", "SCRATCH", "BILLING"


@pytest.fixture
def server(tmp_path, settings):
    made = NatsServer(tmp_path, "")
    settings.NATS_URL = made.url()
    yield made
    made.stop()


def platform(server, act):
    """What the platform does on a connection of its own; in this thread the browser's
    loop runs."""

    async def connected():
        client = await nats.connect(server.url(), allow_reconnect=False)
        try:
            await act(client.jetstream())
        finally:
            await client.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(connected())).result(timeout=30)


async def make(js, name, storage=StorageType.MEMORY, messages=3):
    subjects = [f"{name}.>"]
    await js.add_stream(StreamConfig(name=name, subjects=subjects, storage=storage))
    for _ in range(messages):
        await js.publish(f"{name}.work", b"x")


async def all_streams(js):
    await make(js, NAMED)
    await make(js, OTHER)
    await make(js, SAFE, StorageType.FILE)


def losses(snapshot):
    return {each.before.name: each.kind for each in snapshot.queues.nats.losses}


def failure(snapshot):
    [state] = [each for each in snapshot.sources if each.source is Source.NATS]
    return state.failure


def test_what_a_killed_server_forgot_is_told_and_stays_told(server, panel, look):
    """Streams in memory end with their server: the first pass after it says so, of the
    named and of the other one. It stays when the platform has made them again; what was
    on the disk is not accused."""
    platform(server, all_streams)
    assert not losses(panel.renewed().run_pass())
    server.stop()
    away = panel.run_pass()
    assert failure(away)
    assert not losses(away)
    server.start()
    assert losses(panel.run_pass()) == {NAMED: Loss.VANISHED, OTHER: Loss.VANISHED}
    seen(look(), "vanished: it had 3 messages, and reached sequence 3")

    platform(server, lambda js: make(js, NAMED, messages=1))
    told = panel.run_pass()
    assert losses(told) == {NAMED: Loss.BEGAN_ANEW, OTHER: Loss.VANISHED}
    seen(look(), "began anew: it had 3 messages; sequence 3 before, 1 after")
    assert losses(panel.run_pass()) == losses(told)


def seen(page, words):
    """Both streams have a tile and a card with its runbook; the safe one has neither."""
    board = page.locator(".panel", has=page.locator("#nats"))
    row = board.locator("tr.unhealthy", has_text=NAMED)
    assert words in row.inner_text()
    assert board.locator("tr.degraded", has_text=OTHER).count() == 1
    for name in (NAMED, OTHER):
        card = page.locator(f"li.card[data-key='stream.loss:{name}']")
        assert f"{name}: data may be lost" in card.inner_text()
        assert card.locator("a.runbook", has_text="lost what it held").count() == 1
    assert not page.locator(f"li.card[data-key='stream.loss:{SAFE}']").count()

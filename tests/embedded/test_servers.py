"""The servers of the test session, which are those of `make run`."""

import urllib.request

import nats
import psycopg
import pytest
from django.conf import settings
from nats.errors import TimeoutError as NatsTimeout

from tests.servers import environment, own_name


def test_panel_reads_node_tasks_and_cannot_write() -> None:
    """The reader sees the status of a task and may not delete one."""
    with psycopg.connect(settings.NODE_TASKS_DATABASE_URL) as connection:
        assert connection.execute("SELECT count(status) FROM node_tasks").fetchone()
        with pytest.raises(psycopg.errors.Error, match=r"read-only|permission denied"):
            connection.execute("DELETE FROM node_tasks")


@pytest.mark.anyio
async def test_panel_lists_streams_and_reads_no_message() -> None:
    """The panel's user sees a stream's state but gets no answer about its messages."""
    name = own_name()
    platform = await nats.connect(environment["TEST_PLATFORM_NATS_URL"])
    await platform.jetstream().add_stream(name=name, subjects=[f"{name}.>"])
    await platform.jetstream().publish(f"{name}.secret", b"card 4111")
    panel = await nats.connect(settings.NATS_URL, error_cb=_quiet)
    try:
        info = await panel.jetstream().stream_info(name)
        assert info.state.messages == 1
        with pytest.raises(NatsTimeout):
            await panel.request(f"$JS.API.STREAM.MSG.GET.{name}", b"{}", timeout=0.3)
    finally:
        await panel.close()
        await platform.jetstream().delete_stream(name)
        await platform.close()


async def _quiet(_error: Exception) -> None:
    """The refusal that this file asks for."""


def test_prometheus_answers_queries() -> None:
    """The scraper of the session evaluates an expression."""
    url = f"{settings.PROMETHEUS_URL}/api/v1/query?query=1"
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback
        assert b'"status":"success"' in answer.read()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"

"""What one NATS server counts of itself: on its monitoring port, and nowhere else.

Streams are never read here: of those it only knows what it leads (`sources.nats`).
"""

import asyncio
import time
from datetime import UTC
from typing import Annotated

import httpx
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from opspanel.panel.config import PanelConfig
from opspanel.readings import NatsServerReading, SourceFailedError
from opspanel.sources._clock import utc_now
from opspanel.sources._http import (
    answer_of,
    body_within,
    failure_kind,
    open_client,
    retry_after,
)
from opspanel.terms import FailureKind
from opspanel.tracing import calling

NANOSECONDS = 1e9
Count = Annotated[int, Field(ge=0, lt=2**63)]
Moment = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]


class JetStreamConfig(BaseModel):
    """With `sync_always` the interval is told all the same, and means nothing."""

    sync_interval: Count | None = None
    sync_always: bool = False


class JetStream(BaseModel):
    config: JetStreamConfig = JetStreamConfig()


class Varz(BaseModel):
    start: Moment
    now: Moment
    slow_consumers: Count
    jetstream: JetStream = JetStream()


class NatsServerSource:
    """Keeps its connection open across passes of one event loop."""

    def __init__(self, url: str, panel: PanelConfig) -> None:
        self._client = open_client(url, {})
        self._limits = panel.collection

    async def read(self) -> NatsServerReading:
        """Raise SourceFailedError."""
        observed_at, began = utc_now(), time.monotonic()
        told = parsed(await self._answer())
        return NatsServerReading(
            observed_at=observed_at,
            took_seconds=time.monotonic() - began,
            started_at=told.start,
            uptime_seconds=(told.now - told.start).total_seconds(),
            slow_consumers=told.slow_consumers,
            sync_seconds=sync_seconds(told.jetstream.config),
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _answer(self) -> bytes:
        try:
            async with asyncio.timeout(self._limits.nats_server_deadline_seconds):
                response, body = await exchange(self._client, self._limits.max_bytes)
        except Exception as error:  # noqa: BLE001  whatever it is, it must not travel on
            raise SourceFailedError(failure_kind(error)) from None
        answer = answer_of(response, body)
        if isinstance(answer, FailureKind):
            raise SourceFailedError(answer, retry_after(response))
        return answer


async def exchange(
    client: httpx.AsyncClient, max_bytes: int
) -> tuple[httpx.Response, bytes | None]:
    with calling("nats.monitor", client.base_url.host) as headers:
        async with client.stream("GET", "varz", headers=headers) as response:
            return response, await body_within(response, max_bytes)


def parsed(answer: bytes) -> Varz:
    try:
        return Varz.model_validate_json(answer)
    except (ValueError, OverflowError):
        raise SourceFailedError(FailureKind.BAD_PAYLOAD) from None


def sync_seconds(config: JetStreamConfig) -> float | None:
    if config.sync_always:
        return 0.0
    interval = config.sync_interval
    return None if interval is None else interval / NANOSECONDS

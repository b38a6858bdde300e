"""What JetStream says of its streams and consumers, over its API.

The API answers for the whole cluster. The monitoring port of a server does not: there
a consumer led elsewhere looks empty.
"""

import asyncio
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass

from opspanel.panel.config import PanelConfig
from opspanel.readings import (
    Answer,
    ConsumerReading,
    NatsReading,
    SourceFailedError,
    StreamReading,
)
from opspanel.sources._ack_rate import AckRates
from opspanel.sources._clock import utc_now
from opspanel.sources._jetstream_wire import (
    ConsumerInfo,
    Page,
    StreamInfo,
    StreamState,
    consumer_reading,
    error_kind,
    listing,
    stream_reading,
    unreported_consumer,
)
from opspanel.sources._nats_connection import Connection, NatsAddress
from opspanel.terms import FailureKind

__all__ = ["NatsAddress", "NatsSource"]

type Consumers = Answer[tuple[ConsumerReading, ...]]

CONCURRENCY = 8
# Streams at rest have their consumers listed in every tenth pass only.
PASSES_PER_SWEEP = 10
# More named streams than this many entries deep are not looked for.
MAX_LISTED = 25_600
STREAMS = "$JS.API.STREAM.LIST"
CONSUMERS = "$JS.API.CONSUMER.LIST"
# One token of a subject: anything else could address, or inject, something else.
TOKEN = re.compile(r"[^\s.*>/\\\x00-\x1f\x7f]{1,255}")


@dataclass(frozen=True, slots=True)
class Held:
    state: StreamState
    consumers: tuple[ConsumerReading, ...]


class NatsSource:
    """Keeps its connection open across passes of one event loop."""

    def __init__(self, address: NatsAddress, panel: PanelConfig) -> None:
        self._connection = Connection(address)
        self._limits = panel.collection
        self._names = panel.nats.streams
        self._max_streams = panel.nats.max_streams
        self._held: dict[str, Held] = {}
        self._ack_rates = AckRates()
        self._passes = 0

    async def read(self) -> NatsReading:
        """Raise SourceFailedError if the streams cannot be listed."""
        observed_at, began = utc_now(), time.monotonic()
        self._connection.start_pass(self._limits.nats_deadline_seconds)
        pages = await self._pages(STREAMS, MAX_LISTED if self._names else None)
        if isinstance(pages, FailureKind):
            raise SourceFailedError(pages)
        found = {
            info.config.name: info for page in pages for info in page.streams or ()
        }
        chosen = self._chosen(found)
        streams = await self._readings(chosen)
        self._passes += 1
        return NatsReading(
            observed_at=observed_at,
            streams=streams,
            missing=self._missing(found, pages),
            capped=not self._names and pages[0].total > len(chosen),
            listing=listing(pages),
            took_seconds=time.monotonic() - began,
            reads=self._connection.requests,
        )

    async def aclose(self) -> None:
        await self._connection.aclose()

    def _chosen(self, found: dict[str, StreamInfo]) -> list[StreamInfo]:
        if self._names:
            return [found[name] for name in self._names if name in found]
        return list(found.values())[: self._max_streams]

    def _missing(
        self, found: dict[str, StreamInfo], pages: Iterable[Page]
    ) -> tuple[str, ...]:
        expected = self._names or sorted(
            {name for page in pages for name in page.unreported}
        )
        return tuple(name for name in expected if name not in found)

    async def _readings(self, infos: list[StreamInfo]) -> tuple[StreamReading, ...]:
        gate = asyncio.Semaphore(CONCURRENCY)

        async def complete(info: StreamInfo) -> StreamReading:
            async with gate:
                return stream_reading(info, await self._consumers(info))

        readings = await asyncio.gather(*(complete(info) for info in infos))
        names = {info.config.name for info in infos}
        self._held = {name: self._held[name] for name in names & self._held.keys()}
        self._ack_rates.keep(names)
        return tuple(readings)

    async def _consumers(self, info: StreamInfo) -> Consumers:
        name = info.config.name
        held = self._held.get(name)
        if held and self._at_rest(info, held):
            return held.consumers
        consumers = await self._listed_consumers(name)
        if not isinstance(consumers, FailureKind):
            self._held[name] = Held(info.state, consumers)
        return consumers

    def _at_rest(self, info: StreamInfo, held: Held) -> bool:
        unchanged = info.state == held.state and not info.state.messages
        return not self._names and unchanged and self._passes % PASSES_PER_SWEEP != 0

    async def _listed_consumers(self, stream: str) -> Consumers:
        if not TOKEN.fullmatch(stream):
            return FailureKind.BAD_PAYLOAD
        pages = await self._pages(f"{CONSUMERS}.{stream}", self._limits.max_series)
        if isinstance(pages, FailureKind):
            return pages
        if pages[0].total > self._limits.max_series:
            return FailureKind.TOO_LARGE
        listed = (info for page in pages for info in page.consumers or ())
        known = {info.name: self._consumer(stream, info) for info in listed}
        unreported = {name for page in pages for name in page.unreported} - known.keys()
        return (*known.values(), *map(unreported_consumer, sorted(unreported)))

    def _consumer(self, stream: str, info: ConsumerInfo) -> ConsumerReading:
        floor = info.ack_floor.consumer_seq
        rate = self._ack_rates.per_second((stream, info.name), floor, time.monotonic())
        return consumer_reading(info, rate)

    async def _pages(self, subject: str, most: int | None) -> Answer[list[Page]]:
        """List from offset to offset: one reply is never the whole of a large account.

        The step is the server's own: entries that it could not report fill places.
        """
        most = most or self._max_streams
        pages: list[Page] = []
        offset = 0
        while True:
            page = await self._page(subject, offset)
            if isinstance(page, FailureKind):
                return page
            pages.append(page)
            offset += page.limit
            if page.limit <= 0 or offset >= min(page.total, most):
                return pages

    async def _page(self, subject: str, offset: int) -> Answer[Page]:
        body = b'{"offset": %d}' % offset
        first = subject == STREAMS and offset == 0
        ask = self._connection.first_request if first else self._connection.request
        answer = await ask(subject, body)
        if isinstance(answer, FailureKind):
            return answer
        if len(answer) > self._limits.max_bytes:
            return FailureKind.TOO_LARGE
        try:
            page = Page.model_validate_json(answer)
        except (ValueError, OverflowError):
            return FailureKind.BAD_PAYLOAD
        return error_kind(page.error) if page.error else page

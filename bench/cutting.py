"""A proxy before Postgres that cuts some connections just when a commit was done.

Whoever wrote does not learn whether it was: what a dying network does to a browser.
"""

import asyncio
import random
import threading
from types import TracebackType
from typing import Self

_COMMIT = b"COMMIT\0"


class CuttingProxy:
    """Used with `with`; `port` is where it listens. `cut` counts replies withheld."""

    def __init__(self, target: int, share: float, seed: int = 1) -> None:
        self._target = target
        self._share = share
        self._dice = random.Random(seed)  # noqa: S311 - no secret
        self._ends: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.cut = 0
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        begun = asyncio.run_coroutine_threadsafe(self._listen(), self._loop)
        self.port = begun.result(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
        for end in self._ends:
            end.transport.abort()
        await asyncio.sleep(0.1)  # the serving tasks end, and their sockets are closed

    async def _listen(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there = await asyncio.open_connection("127.0.0.1", self._target)
        self._ends |= {writer, there[1]}
        doomed = asyncio.Event()
        up = asyncio.create_task(self._requests(reader, there[1], doomed))
        down = asyncio.create_task(self._replies(there[0], writer, doomed))
        await asyncio.wait([up, down], return_when=asyncio.FIRST_COMPLETED)
        for task in (up, down):
            task.cancel()
        await asyncio.gather(up, down, return_exceptions=True)
        for end in (writer, there[1]):
            end.close()
            self._ends.discard(end)

    async def _requests(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        doomed: asyncio.Event,
    ) -> None:
        while piece := await reader.read(65_536):
            if _COMMIT in piece and self._dice.random() < self._share:
                doomed.set()
            writer.write(piece)
            await writer.drain()

    async def _replies(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        doomed: asyncio.Event,
    ) -> None:
        while piece := await reader.read(65_536):
            if doomed.is_set():
                self.cut += 1
                return
            writer.write(piece)
            await writer.drain()

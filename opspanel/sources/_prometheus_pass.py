"""One pass over Prometheus within limits: time, bytes, series."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import httpx

from opspanel.readings import Answer, Sample, Series
from opspanel.sources._clock import utc_now
from opspanel.sources._http import failure_kind
from opspanel.sources._prometheus_http import exchange
from opspanel.sources._prometheus_wire import (
    TooManySeriesError,
    Window,
    parse_matrix,
    parse_vector,
)
from opspanel.sources._promql import CLOCK, Pieces, combine
from opspanel.terms import FailureKind

# Prometheus gives up a bit before we do, so that its own word reaches us.
SERVER_SHARE = 0.8
# Failures that one query of many can cause.
OF_A_PIECE = {FailureKind.BAD_QUERY, FailureKind.TOO_LARGE}


class Pass:
    """One pass's requests, under one deadline. Every answer or its failure returns."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        seconds: float,
        max_bytes: int,
        max_series: int,
    ) -> None:
        self._client = client
        self._ends_at = time.monotonic() + seconds
        self._server_timeout = f"{int(seconds * SERVER_SHARE * 1000)}ms"
        self._max_bytes = max_bytes
        self._max_series = max_series
        self.reads = 0
        self.warnings = 0
        self.retry_after = 0.0
        self.skew_seconds: float | None = None

    async def instant(self, pieces: Pieces) -> dict[str, Answer[tuple[Sample, ...]]]:
        return await self._together_or_apart(pieces, self._vector)

    async def over(
        self, pieces: Pieces, window: Window
    ) -> dict[str, Answer[Series | None]]:
        async def ask(pieces: Pieces) -> Answer[Mapping[str, Series | None]]:
            return await self._matrix(pieces, window)

        return await self._together_or_apart(pieces, ask)

    async def _together_or_apart[Found](
        self,
        pieces: Pieces,
        ask: Callable[[Pieces], Awaitable[Answer[Mapping[str, Found]]]],
    ) -> dict[str, Answer[Found]]:
        together = await ask(pieces)
        if not isinstance(together, FailureKind):
            return dict(together)
        if together not in OF_A_PIECE:
            return dict.fromkeys(pieces, together)
        apart = await asyncio.gather(*(ask({key: pieces[key]}) for key in pieces))
        return {
            key: answer if isinstance(answer, FailureKind) else answer[key]
            for key, answer in zip(pieces, apart, strict=True)
        }

    async def _vector(self, pieces: Pieces) -> Answer[Mapping[str, tuple[Sample, ...]]]:
        asked_at = utc_now()
        body = await self._post("query", {"query": combine(pieces)})
        took = utc_now() - asked_at
        if isinstance(body, FailureKind):
            return body
        found = self._parsed(lambda: parse_vector(body, pieces, self._max_series))
        if CLOCK in pieces and not isinstance(found, FailureKind):
            self._compare_clocks(found[CLOCK], asked_at + took / 2)
        return found

    async def _matrix(
        self, pieces: Pieces, window: Window
    ) -> Answer[Mapping[str, Series | None]]:
        form = {
            "query": combine(pieces),
            "start": str(window.start),
            "end": str(window.end),
            "step": str(window.step),
        }
        body = await self._post("query_range", form)
        if isinstance(body, FailureKind):
            return body
        return self._parsed(
            lambda: parse_matrix(body, pieces, window, self._max_series)
        )

    def _parsed[Found](self, parse: Callable[[], tuple[Found, int]]) -> Answer[Found]:
        try:
            found, warnings = parse()
        except TooManySeriesError:
            return FailureKind.TOO_LARGE
        except (ValueError, OverflowError, OSError):  # also pydantic's, and bad times
            return FailureKind.BAD_PAYLOAD
        self.warnings += warnings
        return found

    async def _post(self, endpoint: str, form: Mapping[str, str]) -> Answer[bytes]:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            return FailureKind.TIMEOUT
        self.reads += 1
        form = {**form, "timeout": self._server_timeout}
        try:
            async with asyncio.timeout(left):
                answer, wait = await exchange(
                    self._client, endpoint, form, self._max_bytes
                )
        except Exception as error:  # noqa: BLE001  whatever it is, it must not travel on
            return failure_kind(error)
        self.retry_after = max(self.retry_after, wait)
        return answer

    def _compare_clocks(self, there: tuple[Sample, ...], here: datetime) -> None:
        # The value is asked for, not the Date header: that one has whole seconds only.
        for sample in there:
            if sample.value is not None:
                self.skew_seconds = sample.value - here.timestamp()

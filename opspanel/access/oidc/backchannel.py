"""Asks the provider itself, so that a slow or a hostile one costs little.

All questions of one sign-in share a deadline; no redirect is followed; an answer has a
greatest size; and only so many ask at once that the panel's threads stay free.
"""

import asyncio
import json
import ssl
import threading
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
from django.conf import settings

from opspanel.access.oidc.refusal import Reason, SignOnRefusedError
from opspanel.tracing import calling

SECONDS = 4.0
SECONDS_IN_LINE = 1.0
MOST_BYTES = 256 * 1024

_at_once = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Answer:
    """`document`: the JSON object that was sent."""

    status: int
    document: Mapping[str, Any]


class BackChannel:
    def __init__(self) -> None:
        self._until = time.monotonic() + SECONDS

    def get(self, url: str) -> Mapping[str, Any]:
        """The document of a success. Raises SignOnRefusedError, as `post` does."""
        answer = self._ask("GET", url)
        if answer.status != httpx.codes.OK:
            raise SignOnRefusedError(_meaning(answer.status))
        return answer.document

    def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Also an answer of 400 or 401, whose document says what was wrong."""
        return self._ask("POST", url, data=form, headers=headers)

    def _ask(self, method: str, url: str, **sent: Any) -> Answer:
        if not _at_once.acquire(timeout=SECONDS_IN_LINE):
            raise SignOnRefusedError(Reason.BUSY)
        try:
            return _run(self._exchange(method, url, **sent))
        except (OSError, httpx.TransportError):
            raise SignOnRefusedError(Reason.UNREACHABLE) from None
        except (httpx.InvalidURL, UnicodeError):
            raise SignOnRefusedError(Reason.ANSWER) from None
        finally:
            _at_once.release()

    async def _exchange(self, method: str, url: str, **sent: Any) -> Answer:
        with calling("provider.ask", httpx.URL(url).host) as trace:
            headers = {**trace, **sent.pop("headers", {})}
            async with (
                asyncio.timeout(self._until - time.monotonic()),
                _client() as client,
                client.stream(method, url, headers=headers, **sent) as response,
            ):
                return Answer(response.status_code, await _document(response))


def _run[T](coroutine: Coroutine[Any, Any, T]) -> T:
    # Not asyncio.run: that one waits for a name server that hangs.
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


@cache
def tls(ca_file: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file)


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(
        headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        verify=tls(settings.OPSPANEL_OIDC_CA_FILE),
        timeout=None,  # noqa: S113 - there is one for the whole
        follow_redirects=False,
        trust_env=False,
    )


async def _document(response: httpx.Response) -> Mapping[str, Any]:
    if response.status_code not in {200, 400, 401}:
        raise SignOnRefusedError(_meaning(response.status_code))
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise SignOnRefusedError(Reason.ANSWER)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise SignOnRefusedError(Reason.ANSWER)
    return found


def _meaning(status: int) -> Reason:
    failed = status >= httpx.codes.INTERNAL_SERVER_ERROR
    return Reason.UNREACHABLE if failed else Reason.ANSWER

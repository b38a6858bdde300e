"""One signed request to a configured host, with an end to every wait."""

import asyncio
import hashlib
import hmac
import time
from dataclasses import dataclass

import httpx

from opspanel.terms import FailureKind
from opspanel.tracing import calling

SECONDS = 5.0
NO_ANSWER = 0
# The first that fits: the last is the base of the others.
_KINDS: dict[type[Exception], FailureKind] = {
    TimeoutError: FailureKind.TIMEOUT,
    httpx.TimeoutException: FailureKind.TIMEOUT,
    httpx.ConnectError: FailureKind.REFUSED,
    httpx.RemoteProtocolError: FailureKind.BAD_PAYLOAD,
    httpx.HTTPError: FailureKind.UNAVAILABLE,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is NO_ANSWER where none came in time, and then `failure` says why."""

    status: int
    took_ms: int
    failure: FailureKind | None = None

    @property
    def taken(self) -> bool:
        return httpx.codes.is_success(self.status)

    @property
    def again(self) -> bool:
        """Whether the same may be taken later."""
        if self.status in {NO_ANSWER, httpx.codes.TOO_MANY_REQUESTS}:
            return True
        return httpx.codes.is_server_error(self.status)


def post(url: str, secret: str, number: int, body: bytes) -> Answer:
    began = time.monotonic()
    status, failure = NO_ANSWER, None
    try:
        with calling("webhook.post", httpx.URL(url).host) as trace:
            headers = {**trace, **_headers(secret, number, body)}
            status = asyncio.run(_post(url, headers, body))
    except tuple(_KINDS) as error:
        failure = next(_KINDS[kind] for kind in _KINDS if isinstance(error, kind))
    return Answer(status, int((time.monotonic() - began) * 1000), failure)


async def _post(url: str, headers: dict[str, str], body: bytes) -> int:
    # The whole of it, whatever comes how slowly; what is answered is not read.
    # Neither proxies nor .netrc of the environment: panel.toml says who is told.
    client = httpx.AsyncClient(timeout=SECONDS, trust_env=False)
    async with asyncio.timeout(SECONDS), client:
        request = client.build_request("POST", url, content=body, headers=headers)
        response = await client.send(request, stream=True, follow_redirects=False)
        await response.aclose()
        return response.status_code


def _headers(secret: str, number: int, body: bytes) -> dict[str, str]:
    now = str(int(time.time()))
    return {
        "Content-Type": "application/json",
        "X-Opspanel-Delivery": str(number),
        "X-Opspanel-Timestamp": now,
        "X-Opspanel-Signature": f"v1={signature(secret, now, body)}",
    }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    signed = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()

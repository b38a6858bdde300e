"""Prometheus over HTTP: how to reach it, and what its failures mean."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import httpx

from opspanel.readings import Answer
from opspanel.sources._clock import utc_now
from opspanel.sources._prometheus_wire import error_type
from opspanel.terms import FailureKind
from opspanel.tracing import calling

MAX_CONNECTIONS = 4
KEEP_ALIVE_SECONDS = 60
KIND_BY_STATUS = {
    400: FailureKind.BAD_QUERY,
    401: FailureKind.AUTH,
    403: FailureKind.AUTH,
    422: FailureKind.BAD_QUERY,
    429: FailureKind.THROTTLED,
}
TELL_WHEN = {httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE}
MOST_DIGITS = 9
# The first class that fits counts.
KIND_BY_ERROR = {
    TimeoutError: FailureKind.TIMEOUT,
    httpx.TimeoutException: FailureKind.TIMEOUT,
    httpx.ConnectError: FailureKind.REFUSED,
    httpx.RemoteProtocolError: FailureKind.BAD_PAYLOAD,  # truncated, or not HTTP
    httpx.TransportError: FailureKind.UNAVAILABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusAddress:
    """`url`: with a path prefix if there is one. Credentials: a token, or a pair."""

    url: str
    token: str | None = field(default=None, repr=False)
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None


def open_client(address: PrometheusAddress) -> httpx.AsyncClient:
    """Open without a timeout: a pass has one total deadline instead.

    Neither proxies nor .netrc of the environment: the address is all there is.
    """
    headers = {"Accept-Encoding": "identity"}  # the size cap counts what we keep
    if address.token:
        headers["Authorization"] = f"Bearer {address.token}"
    url = httpx.URL(address.url)
    username, password = address.username or url.username, address.password
    return httpx.AsyncClient(
        # httpx logs addresses: none of ours holds a password.
        base_url=url.copy_with(userinfo=b""),
        headers=headers,
        auth=(username, password or url.password) if username else None,
        verify=ssl.create_default_context(cafile=address.ca_file),
        timeout=None,  # noqa: S113
        follow_redirects=False,
        trust_env=False,
        limits=httpx.Limits(
            max_connections=MAX_CONNECTIONS, keepalive_expiry=KEEP_ALIVE_SECONDS
        ),
    )


async def exchange(
    client: httpx.AsyncClient, endpoint: str, form: Mapping[str, str], max_bytes: int
) -> tuple[Answer[bytes], float]:
    """Post a form and give the body of a success, and for how many seconds the server
    asks to be left alone. Raise what the client raises."""
    with calling("prometheus.ask", client.base_url.host) as headers:
        asked = client.stream("POST", f"api/v1/{endpoint}", data=form, headers=headers)
        async with asked as response:
            body = await body_within(response, max_bytes)
    return answer_of(response, body), retry_after(response)


def answer_of(response: httpx.Response, body: bytes | None) -> Answer[bytes]:
    if response.status_code != httpx.codes.OK:
        return refusal_kind(response.status_code, body or b"")
    if "content-encoding" in response.headers:  # not asked for; could unpack to more
        return FailureKind.BAD_PAYLOAD
    return FailureKind.TOO_LARGE if body is None else body


def retry_after(response: httpx.Response) -> float:
    """0 where it says nothing, or nothing that can be read."""
    text = response.headers.get("retry-after", "").strip()
    if response.status_code not in TELL_WHEN or not text:
        return 0.0
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return float(text)
    try:
        return (parsedate_to_datetime(text) - utc_now()).total_seconds()
    except (ValueError, TypeError, OverflowError):  # no date, or one without a zone
        return 0.0


async def body_within(response: httpx.Response, max_bytes: int) -> bytes | None:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > max_bytes:
            return None
    return bytes(body)


def refusal_kind(status: int, body: bytes) -> FailureKind:
    """Tell what a status means. A redirect is not followed: not the API's address."""
    if status == httpx.codes.SERVICE_UNAVAILABLE and error_type(body) == "timeout":
        return FailureKind.TIMEOUT
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return FailureKind.UNAVAILABLE
    return KIND_BY_STATUS.get(status, FailureKind.BAD_PAYLOAD)


def failure_kind(error: Exception) -> FailureKind:
    kinds = (kind for of, kind in KIND_BY_ERROR.items() if isinstance(error, of))
    return next(kinds, FailureKind.BAD_PAYLOAD)

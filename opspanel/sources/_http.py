"""HTTP as sources ask by it: bounded, never redirected, and what its failures mean."""

import ssl
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import httpx

from opspanel.readings import Answer
from opspanel.sources._clock import utc_now
from opspanel.terms import FailureKind

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


def open_client(
    address: str,
    headers: Mapping[str, str],
    auth: tuple[str, str] | None = None,
    ca_file: str | None = None,
) -> httpx.AsyncClient:
    """Open without a timeout: a pass has one total deadline instead.

    Neither proxies nor .netrc of the environment: the address is all there is.
    """
    return httpx.AsyncClient(
        # httpx logs addresses: none of ours holds a password.
        base_url=httpx.URL(address).copy_with(userinfo=b""),
        # The size cap counts what we keep.
        headers={"Accept-Encoding": "identity", **headers},
        auth=auth,
        verify=ssl.create_default_context(cafile=ca_file),
        timeout=None,  # noqa: S113
        follow_redirects=False,
        trust_env=False,
        limits=httpx.Limits(
            max_connections=MAX_CONNECTIONS, keepalive_expiry=KEEP_ALIVE_SECONDS
        ),
    )


async def body_within(response: httpx.Response, max_bytes: int) -> bytes | None:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > max_bytes:
            return None
    return bytes(body)


def answer_of(response: httpx.Response, body: bytes | None) -> Answer[bytes]:
    if response.status_code != httpx.codes.OK:
        return status_kind(response.status_code)
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


def status_kind(status: int) -> FailureKind:
    """Tell what a status means. A redirect is not followed: not the address it has."""
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return FailureKind.UNAVAILABLE
    return KIND_BY_STATUS.get(status, FailureKind.BAD_PAYLOAD)


def failure_kind(error: Exception) -> FailureKind:
    kinds = (kind for of, kind in KIND_BY_ERROR.items() if isinstance(error, of))
    return next(kinds, FailureKind.BAD_PAYLOAD)

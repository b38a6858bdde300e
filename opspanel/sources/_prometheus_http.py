"""Prometheus over HTTP: how to reach it, and what it says beside HTTP's own words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from opspanel.readings import Answer
from opspanel.sources import _http
from opspanel.sources._prometheus_wire import error_type
from opspanel.terms import FailureKind
from opspanel.tracing import calling


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusAddress:
    """`url`: with a path prefix if there is one. Credentials: a token, or a pair."""

    url: str
    token: str | None = field(default=None, repr=False)
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None


def open_client(address: PrometheusAddress) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {address.token}"} if address.token else {}
    url = httpx.URL(address.url)
    username, password = address.username or url.username, address.password
    auth = (username, password or url.password) if username else None
    return _http.open_client(address.url, headers, auth, address.ca_file)


async def exchange(
    client: httpx.AsyncClient, endpoint: str, form: Mapping[str, str], max_bytes: int
) -> tuple[Answer[bytes], float]:
    """Post a form and give the body of a success, and for how many seconds the server
    asks to be left alone. Raise what the client raises."""
    with calling("prometheus.ask", client.base_url.host) as headers:
        asked = client.stream("POST", f"api/v1/{endpoint}", data=form, headers=headers)
        async with asked as response:
            body = await _http.body_within(response, max_bytes)
    wait = _http.retry_after(response)
    if gave_up(response, body):
        return FailureKind.TIMEOUT, wait
    return _http.answer_of(response, body), wait


def gave_up(response: httpx.Response, body: bytes | None) -> bool:
    """Whether it says that the time that it was given was over."""
    unavailable = response.status_code == httpx.codes.SERVICE_UNAVAILABLE
    return unavailable and error_type(body or b"") == "timeout"

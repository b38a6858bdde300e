"""A very small HTTP/1.1 server and client: enough for a demo on the loopback.

Each request is an entry of a trace, and each question a part of one.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from opentelemetry.trace import Tracer

from opspanel import correlation
from opspanel.tracing import POLL, Tenant, answered, calling, entered, tenant

MAX_BODY = 65_536
# Written by the edge over whatever a client sent by this name.
TENANT = "X-Tenant-Id"
# By Prometheus and by whoever looks after the process.
ASKED_AGAIN = frozenset({"/metrics", "/healthz"})
REASONS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    401: "Unauthorized",
    404: "Not Found",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By names in small letters."""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes = b""
    content_type: str = "application/json"


type Handler = Callable[[Request], Awaitable[Response]]


class HttpServer:
    """Listens on the loopback, or where it is told. Connections are kept open until the
    client, or `stop`, closes them: a dead service must not answer on an old one."""

    def __init__(self, handler: Handler, listen: str, tracer: Tracer) -> None:
        self._handler = handler
        self._listen = listen
        self._tracer = tracer
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self, port: int) -> int:
        """Listen on `port`, or a free one for 0. Returns the port."""
        self._server = await asyncio.start_server(self._serve, self._listen, port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._open):
            writer.transport.abort()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._open.add(writer)
        try:
            while request := await read_request(reader):
                writer.write(await self._respond(request))
                await writer.drain()
        except (OSError, EOFError, ValueError):
            pass  # The client went away, or talks nonsense: hang up.
        finally:
            self._open.discard(writer)
            writer.close()

    async def _respond(self, request: Request) -> bytes:
        name = POLL if request.path in ASKED_AGAIN else request.method
        # A demo believes whoever asks: its visitors play the edge that knows who they are.
        whose = tenant_of(request.headers)
        with entered(name, request.headers, tracer=self._tracer, tenant=whose) as begun:
            inbound = request.headers.get(correlation.HEADER.lower())
            chosen = correlation.accept(inbound)
            response = await self._handler(request)
            answered(begun, response.status)
            return render(response, chosen)


def tenant_of(headers: Mapping[str, str]) -> Tenant | None:
    org_id = headers.get(TENANT) or headers.get(TENANT.lower())
    return Tenant(org_id) if org_id else None


def belonging() -> dict[str, str]:
    """Goes along within the platform only."""
    whose = tenant()
    return {TENANT: whose.org_id} if whose else {}


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """None when the client closed. Raises EOFError, or ValueError for what is no HTTP."""
    line = await reader.readline()
    if not line:
        return None
    method, path, _version = line.decode("latin-1").split()
    headers = await _read_headers(reader)
    return Request(method, path, await _read_body(reader, headers), headers)


async def _read_headers(reader: asyncio.StreamReader) -> dict[str, str]:
    headers = {}
    while line := (await reader.readline()).strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return headers


async def _read_body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    length = int(headers.get("content-length", 0))
    if not 0 <= length <= MAX_BODY:
        message = "the body is too long"
        raise ValueError(message)
    return await reader.readexactly(length)


def render(response: Response, correlation_id: str) -> bytes:
    head = (
        f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Unknown')}\r\n"
        f"{correlation.HEADER}: {correlation_id}\r\n"
        f"Content-Type: {response.content_type}\r\n"
        f"Content-Length: {len(response.body)}\r\n\r\n"
    )
    return head.encode() + response.body


async def fetch(port: int, request: Request, seconds: float) -> Response:
    """Ask a service on the loopback. Raises OSError (a timeout is one), EOFError, or
    ValueError for an answer that is no HTTP."""
    with calling("service.ask", "localhost") as trace:
        async with asyncio.timeout(seconds):
            return await _ask(port, request, trace)


async def _ask(port: int, request: Request, trace: Mapping[str, str]) -> Response:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = f"{request.method} {request.path} HTTP/1.1\r\nHost: localhost\r\n"
        said = {**request.headers, **belonging(), **trace}
        head += "".join(f"{name}: {value}\r\n" for name, value in said.items())
        length = f"Content-Length: {len(request.body)}\r\n\r\n"
        writer.write((head + length).encode() + request.body)
        _version, status, *_ = (await reader.readline()).split()
        headers = await _read_headers(reader)
        return Response(int(status), await _read_body(reader, headers))
    finally:
        with contextlib.suppress(OSError):
            writer.close()

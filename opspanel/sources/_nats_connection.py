"""A kept-open NATS connection for requests that end in time, and say why they failed."""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path

import nats.errors
import nkeys  # type: ignore[import-untyped]
from nats.aio.client import Client, RawCredentials

from opspanel.readings import Answer
from opspanel.terms import FailureKind

CONNECT_SECONDS = 2
CLOSE_SECONDS = 0.5
CREDENTIALS_PARTS = ("BEGIN NATS USER JWT", "BEGIN USER NKEY SEED")
AUTH_WORDS = ("authorization", "authentication", "credentials")
# The first class that fits counts. A missing credentials file is no network trouble.
KIND_BY_ERROR = {
    TimeoutError: FailureKind.TIMEOUT,
    FileNotFoundError: FailureKind.AUTH,
    PermissionError: FailureKind.AUTH,
    nkeys.NkeysError: FailureKind.AUTH,
    nats.errors.NoRespondersError: FailureKind.JS_DISABLED,
    nats.errors.NoServersError: FailureKind.REFUSED,
    nats.errors.MaxPayloadError: FailureKind.TOO_LARGE,
    nats.errors.BadSubjectError: FailureKind.BAD_QUERY,
    OSError: FailureKind.REFUSED,
    nats.errors.Error: FailureKind.UNAVAILABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NatsAddress:
    """`url` may carry user and password, hence it is not shown."""

    url: str = field(repr=False)
    credentials_file: Path | None = None


class Connection:
    """Used in one event loop, one pass at a time; requests may run side by side."""

    def __init__(self, address: NatsAddress) -> None:
        self._address = address
        self._client: Client | None = None
        self._connecting = asyncio.Lock()
        self._ends_at = 0.0
        self._silent = False
        self._waiting: dict[str, asyncio.Task[bytes]] = {}
        self._cut: dict[str, FailureKind] = {}
        self.requests = 0

    def start_pass(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds
        self.requests = 0

    async def first_request(self, subject: str, body: bytes) -> Answer[bytes]:
        """Request, and once more if the connection turns out to have died idle."""
        kept = self._client is not None and self._client.is_connected
        answer = await self.request(subject, body)
        if kept and answer is FailureKind.UNAVAILABLE:
            answer = await self.request(subject, body)
        if answer is FailureKind.TIMEOUT:  # perhaps frozen: the next pass starts anew
            await self.aclose()
        return answer

    async def request(self, subject: str, body: bytes) -> Answer[bytes]:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            return FailureKind.TIMEOUT
        task = asyncio.create_task(self._exchange(subject, body, left))
        self._waiting[subject] = task
        try:
            await asyncio.wait({task}, timeout=left)
        finally:
            del self._waiting[subject]
            late = task.cancel()
        if late:
            return FailureKind.TIMEOUT
        if task.cancelled():
            return self._cut.pop(subject, FailureKind.UNAVAILABLE)
        error = task.exception()
        return failure_kind(error) if error else task.result()

    async def aclose(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await close(client)

    async def _exchange(self, subject: str, body: bytes, seconds: float) -> bytes:
        async with self._connecting:
            if self._client is None or not self._client.is_connected:
                self._client = None
                self._client = await self._connected()
        self.requests += 1
        message = await self._client.request(subject, body, timeout=seconds)
        return message.data

    async def _connected(self) -> Client:
        file = self._address.credentials_file
        client, self._silent = Client(), False
        try:
            await client.connect(
                self._address.url,
                name="opspanel",
                user_credentials=credentials(file) if file else None,
                # Its own reconnecting has no deadline; the next request connects.
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,  # it also waits before giving up a closed port
                connect_timeout=CONNECT_SECONDS,
                error_cb=self._note_error,
                closed_cb=self._note_closed,
            )
        except BaseException as error:
            await close(client)
            # The client says "no servers" of one that is silent as well.
            if self._silent and isinstance(error, nats.errors.NoServersError):
                raise TimeoutError from None
            raise
        return client

    async def _note_error(self, error: Exception) -> None:
        """A refused subject is only told here: its request would wait in vain."""
        self._silent = isinstance(error, TimeoutError)
        text = str(error).lower()
        if "permissions violation" not in text:
            return
        inbox = "for subscription" in text
        for subject, task in self._waiting.items():
            if inbox or f'"{subject.lower()}"' in text:
                self._cut[subject] = FailureKind.AUTH
                task.cancel()

    async def _note_closed(self) -> None:
        if self._client is None:  # we closed it, or it never was open
            return
        for subject, task in self._waiting.items():
            self._cut[subject] = FailureKind.UNAVAILABLE
            task.cancel()


async def close(client: Client) -> None:
    """Close, but do not wait for a frozen server to take leave."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(CLOSE_SECONDS):
            await client.close()


def credentials(file: Path) -> RawCredentials:
    """Read them whole and look at them first: the client would search an incomplete
    file for its parts forever.
    """
    text = file.read_text(encoding="ascii", errors="replace")
    if not all(part in text for part in CREDENTIALS_PARTS):
        raise PermissionError
    return RawCredentials(text)


def failure_kind(error: BaseException) -> FailureKind:
    if any(word in str(error).lower() for word in AUTH_WORDS):
        return FailureKind.AUTH
    kinds = (kind for of, kind in KIND_BY_ERROR.items() if isinstance(error, of))
    return next(kinds, FailureKind.BAD_PAYLOAD)

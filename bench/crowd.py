"""Many readers in one thread: keep-alive connections over epoll, little else, because
they share the cores of what they measure."""

import heapq
import itertools
import random
import re
import selectors
import socket
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from bench.parts import Parts

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_TEXT = re.compile(rb"x-ops-text: (\w+)", re.IGNORECASE)
_EDITS_OF = re.compile(rb"x-ops-edits-of: (\w+)", re.IGNORECASE)
_BUILD = re.compile(rb"x-ops-build: (\S+)", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"
_OK = (200, 204)
POLL = "/admin/ops/overview"
BOARD = "/admin/ops/wall/board"
# In polls: a quarter of an hour.
OPENED_EVERY = 180


@dataclass(slots=True)
class Result:
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    received: int = 0

    def note(self, took: float, status: int, size: int) -> None:
        self.times.append(took)
        self.statuses[status] += 1
        self.received += size

    def percentiles(self) -> str:
        """The 50th, 95th and 99th, in milliseconds, eight characters each."""
        cuts = statistics.quantiles(self.times, n=100)
        return "".join(f"{cuts[at - 1] * 1000:8.2f}" for at in (50, 95, 99))

    def refused(self) -> int:
        return sum(n for status, n in self.statuses.items() if status not in _OK)


class Reader:
    """One session on one connection. Asks as a page does: with the version that it
    shows and the name of the text that it keeps. If it is `forgetful`, with a version
    that is always behind, and the text before the newest."""

    cookie = "ops_session"

    def __init__(
        self,
        address: tuple[str, int],
        path: str,
        session: str,
        *,
        forgetful: bool = False,
    ) -> None:
        self._address = address
        self._path = path
        self._cookie = f"{self.cookie}={session}"
        self._forgetful = forgetful
        self._socket: socket.socket | None = None
        self.version = "older"
        self._newest = self._text = ""
        self.asked_at = 0.0
        self.buffer = b""

    @property
    def is_connected(self) -> bool:
        return self._socket is not None

    def connect(self) -> socket.socket:
        self._socket = socket.create_connection(self._address)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(0)
        return self._socket

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket, self.buffer = None, b""

    def ask(self) -> None:
        assert self._socket is not None
        self.asked_at = time.perf_counter()
        self._socket.send(self.question().encode())

    def question(self) -> str:
        return (
            f"GET {self._path}?v={self.version}{self._keeps()} HTTP/1.1\r\n"
            "Host: localhost\r\nHX-Request: true\r\nAccept-Encoding: gzip\r\n"
            f"Cookie: {self._cookie}\r\n\r\n"
        )

    def _keeps(self) -> str:
        return f"&text={self._text}" if self._text else ""

    def answer(self, parts: Parts) -> tuple[int, int] | None:
        """`(status, bytes)` once all of it is here."""
        assert self._socket is not None
        if not (received := self._socket.recv(1 << 17)):
            raise ConnectionResetError
        self.buffer += received
        head, found, body = self.buffer.partition(_HEAD_END)
        length = int(said[1]) if (said := _LENGTH.search(head)) else 0
        if not found or len(body) < length:
            return None
        if length and (text := _TEXT.search(head)):
            self._take(text[1].decode(), head, body, parts)
        size, self.buffer = len(self.buffer), b""
        return int(head[9:12]), size

    def _take(self, name: str, head: bytes, body: bytes, parts: Parts) -> None:
        version = parts.take(name, edits_of(head), body)
        if not self._forgetful:
            self.version, self._text = version, name
        elif name != self._newest:
            self._text, self._newest = self._newest, name


def edits_of(head: bytes) -> str:
    """The text that an answer edits. Empty if it is whole."""
    found = _EDITS_OF.search(head)
    return found[1].decode() if found else ""


class Wall(Reader):
    """A screen, by its token. It keeps no text, and tells the build that it is of."""

    cookie = "ops_wall"
    _build = ""

    def _keeps(self) -> str:
        return f"&build={self._build}"

    def _take(self, name: str, head: bytes, body: bytes, parts: Parts) -> None:
        super()._take(name, head, body, parts)
        self._build = told[1].decode() if (told := _BUILD.search(head)) else ""


class Visitor(Reader):
    """Opens the whole page, again and again. Has been here before: it brings the cookie
    against forged forms, too."""

    def question(self) -> str:
        return (
            f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\n"
            "Accept-Encoding: gzip\r\n"
            f"Cookie: {self._cookie}; ops_csrf={'c' * 32}\r\n\r\n"
        )


class Tab(Visitor):
    """Asks for news, and its person opens the page anew each quarter of an hour: polls
    alone do not keep a session."""

    def __init__(self, address: tuple[str, int], path: str, session: str) -> None:
        super().__init__(address, path, session)
        self._polls = itertools.count(random.SystemRandom().randrange(OPENED_EVERY))

    def question(self) -> str:
        opened = next(self._polls) % OPENED_EVERY == 0
        return super().question() if opened else Reader.question(self)


class Rounds(Visitor):
    """Asks for each of `paths` in turn."""

    def __init__(
        self, address: tuple[str, int], paths: Sequence[str], session: str
    ) -> None:
        super().__init__(address, paths[0], session)
        self._round = itertools.cycle(paths)

    def question(self) -> str:
        self._path = next(self._round)
        return super().question()


class Crowd:
    """Readers who stay connected."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        self._readers = readers
        self._selector = selectors.DefaultSelector()
        self._parts = Parts()

    def __enter__(self) -> Self:
        for index in range(len(self._readers)):
            self._connect(index)
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        for reader in self._readers:
            reader.close()

    def _connect(self, index: int) -> None:
        connected = self._readers[index].connect()
        self._selector.register(connected, selectors.EVENT_READ, index)

    def poll(self, interval: float, seconds: float) -> Result:
        """Each asks once an `interval`, spread evenly over it."""
        began, count = time.perf_counter(), len(self._readers)
        due = [began + interval * index / count for index in range(count)]

        def next_for(index: int) -> float | None:
            # Counted from when it was due: a slow server is not asked less.
            due[index] = max(due[index] + interval, time.perf_counter())
            return due[index] if due[index] < began + seconds else None

        return self._run([(at, index) for index, at in enumerate(due)], next_for)

    def hurry(self, seconds: float) -> Result:
        """Each asks again as soon as it is answered."""
        ends = time.perf_counter() + seconds

        def next_for(_: int) -> float | None:
            return 0.0 if time.perf_counter() < ends else None

        return self._run(
            [(0.0, index) for index in range(len(self._readers))], next_for
        )

    def once(self) -> Result:
        """One question of each, all together."""
        everybody = [(0.0, index) for index in range(len(self._readers))]
        return self._run(everybody, lambda _: None)

    def come_back(self, within: float) -> Result:
        """Each connects anew, at some moment in so many seconds, and asks once."""
        self._selector.close()
        self._selector = selectors.DefaultSelector()
        for reader in self._readers:
            reader.close()
        now, dice = time.perf_counter(), random.SystemRandom()
        moments = [now + dice.uniform(0, within) for _ in self._readers]
        return self._run([(at, n) for n, at in enumerate(moments)], lambda _: None)

    def _run(
        self, queue: list[tuple[float, int]], next_for: Callable[[int], float | None]
    ) -> Result:
        heapq.heapify(queue)
        result, asked = Result(), 0
        while queue or asked:
            now = time.perf_counter()
            while queue and queue[0][0] <= now:
                self._ask(heapq.heappop(queue)[1])
                asked += 1
            pause = max(queue[0][0] - time.perf_counter(), 0.0) if queue else None
            for key, _ in self._selector.select(pause):
                reader = self._readers[key.data]
                if (told := reader.answer(self._parts)) is None:
                    continue
                asked -= 1
                result.note(time.perf_counter() - reader.asked_at, *told)
                if (at := next_for(key.data)) is not None:
                    heapq.heappush(queue, (at, key.data))
        return result

    def _ask(self, index: int) -> None:
        if not self._readers[index].is_connected:
            self._connect(index)
        self._readers[index].ask()

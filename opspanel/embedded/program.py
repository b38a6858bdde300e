"""What to start, how to tell that it answers, and how to stop it."""

import random
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

# Below the range from which kernels hand out ports to outgoing connections, so that
# nobody takes a port between our look and the server's bind.
PORTS = range(20_000, 32_000)
TRIES = 200


class StartError(Exception):
    """Something could not start; the text is for a person and holds the cure."""


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    argv: Sequence[str]
    answers: Callable[[], bool] = lambda: True
    environment: Mapping[str, str] = field(default_factory=dict)
    stdin: str = ""
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 8.0


def free_port(host: str = "127.0.0.1") -> int:
    dice = random.SystemRandom()
    for _ in range(TRIES):
        port = dice.choice(PORTS)
        if can_bind(host, port):
            return port
    message = f"No free port on {host}."
    raise StartError(message)


def can_bind(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As servers do, so that connections which linger in TIME_WAIT do not matter.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def keep_port(host: str, port: int) -> socket.socket:
    """Bound, and never listening: for as long as it is open nobody else's `can_bind`
    finds the port free, while the web server, which shares its port among processes,
    can still take it. Two of those on one port would each get half of the visitors."""
    kept = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind((host, port))
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return kept


def exchange(port: int, sent: bytes, expected: bytes) -> bool:
    """Whether the server on this loopback port answers `sent` with `expected`."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(sent)
            return expected in connection.recv(512)
    except OSError:
        return False


def http_ok(port: int, path: str, host: str = "127.0.0.1") -> bool:
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    return exchange(port, request.encode(), b" 200 ")

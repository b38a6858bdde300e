"""The peers of bench.peers, each a server of its own on loopback, for as long as asked."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from redis import Redis

from bench.readers import Server
from bench.tools import CHECKOUT, folder_of
from opspanel.embedded.debian import unpack
from opspanel.embedded.program import StartError, free_port

START_SECONDS = 60
FILE_BYTES = 30_000
QUEUES = 10

# How much the server has asked of others so far.
type Reads = Callable[[], int]


@contextmanager
def nginx(folder: Path) -> Iterator[tuple[Server, Reads]]:
    """One worker that serves a file of FILE_BYTES as `/page`."""
    port, binary = free_port(), _nginx()
    (folder / "page").write_bytes(os.urandom(FILE_BYTES))
    folder.chmod(0o755)
    unused = "".join(
        f"{name}_temp_path {folder / name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"worker_processes 1; daemon off; pid {folder / 'pid'}; error_log /dev/null;"
        "events { worker_connections 512; }"
        f"http {{ access_log off; keepalive_requests 1000000; {unused}"
        f"server {{ listen 127.0.0.1:{port}; root {folder}; }} }}"
    )
    command = [str(binary), "-c", str(config), "-p", str(folder)]
    with _running(command, port, "/page") as server:
        yield server, _asks_nobody


def _nginx() -> Path:
    if found := shutil.which("nginx"):
        return Path(found)
    folder = CHECKOUT / ".tools" / "nginx"
    if not (binary := folder / "usr" / "sbin" / "nginx").exists():
        unpack("nginx", folder)
    return binary


@contextmanager
def flower(redis: str) -> Iterator[tuple[Server, Reads]]:
    """What it knows of workers stands in its memory."""
    port = free_port()
    command = _tool(
        "from celery.bin.celery import celery; celery()",
        *(f"--broker={redis}", "flower", "--address=127.0.0.1", f"--port={port}"),
        *("--purge_offline_workers=600", "--logging=error"),
    )
    path = "/workers?json=1"
    with _running(command, port, path, _at_monitors()) as server:
        yield server, _commands_of(redis)


@contextmanager
def rq_dashboard(redis: str) -> Iterator[tuple[Server, Reads]]:
    """In one process, as the panel."""
    port = free_port()
    names = [f"bench-{number}" for number in range(QUEUES)]
    with Redis.from_url(redis) as held:
        held.sadd("rq:queues", *(f"rq:queue:{name}" for name in names))
    command = [
        *(sys.executable, "-m", "granian", "--interface=wsgi", f"--port={port}"),
        *("--workers=1", "--blocking-threads=8", "bench.rq_board:application"),
    ]
    more = {**_at_monitors(), "BENCH_REDIS": redis}
    try:
        with _running(command, port, "/0/data/queues.json", more) as server:
            yield server, _commands_of(redis)
    finally:
        with Redis.from_url(redis) as held:
            held.delete("rq:queues")


@contextmanager
def glances() -> Iterator[tuple[Server, Reads]]:
    port = free_port()
    command = _tool(
        "from glances import main; main()",
        *("-w", "--bind=127.0.0.1", f"--port={port}", "--disable-check-update"),
    )
    with _running(command, port, "/api/4/all", _at_monitors()) as server:
        yield server, _asks_nobody


@contextmanager
def prometheus(url: str, pid: int) -> Iterator[tuple[Server, Reads]]:
    """The one that runs already. All that it is asked are its own reads."""
    place = urlsplit(url)
    address = (str(place.hostname), place.port or 80)
    yield Server(address, pid, Path(os.devnull)), _asks_nobody


def _tool(code: str, *arguments: str) -> list[str]:
    """Some start scripts name an interpreter of another folder."""
    return [sys.executable, "-c", code, *arguments]


def _at_monitors() -> Mapping[str, str]:
    folder = folder_of("monitors")
    if not folder.exists():
        reason = "it could not be installed"
        raise StartError(reason)
    return {"PYTHONPATH": str(folder)}


@contextmanager
def _running(
    command: list[str], port: int, path: str, more: Mapping[str, str] | None = None
) -> Iterator[Server]:
    process = subprocess.Popen(
        command,
        env=os.environ | (more or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(process, f"http://127.0.0.1:{port}{path}")
        yield Server(("127.0.0.1", port), process.pid, Path(os.devnull))
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(process: subprocess.Popen[bytes], url: str) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            httpx.get(url, timeout=10).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    reason = f"it did not answer {urlsplit(url).path}"
    raise StartError(reason)


def _asks_nobody() -> int:
    return 0


def _commands_of(redis: str) -> Reads:
    """Of all its clients: the platform's own processes ask some meanwhile, too."""

    def count() -> int:
        with Redis.from_url(redis) as held:
            found = held.info("stats")
        return int(found["total_commands_processed"])

    return count

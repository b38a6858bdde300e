"""What many distinct readers cost: each with an account and a session of its own.

    python -m bench.readers [READERS ...]

Starts a stack and, one after the other, web servers of one process on its database.
Prints latencies, the process's CPU and its SQL statements while 20 to 5,000 people poll
every five seconds; Django's own authentication beside it; the path of a reader whom the
process does not know; and how soon 1,000 open pages are answered after a restart.
Without figures of its own it takes about five minutes. Loopback only.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench import crowd, stack
from opspanel.embedded.program import free_port

CROWDS = (20, 200, 1000, 5000)
INTERVAL = 5.0
WARM_SECONDS = 12.0
SECONDS = 20.0
STOCK_CROWDS = (200, 1000)
HIT_SECONDS = 6.0
HIT_CONNECTIONS = 16
MISS_CONNECTIONS = 64
RESTARTED = 1000
START_SECONDS = 180
THREADS = os.environ.get("BENCH_THREADS", "16")
PANEL = "opspanel.wsgi"
POLL = crowd.POLL
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    address: tuple[str, int]
    pid: int
    statements: Path

    def cpu(self) -> float:
        """Seconds that the process and its children have used."""
        return sum(map(_cpu, [self.pid, *_children(self.pid)]))

    def counted(self) -> int:
        return self.statements.stat().st_size

    def memory(self) -> float:
        """MiB, what is shared divided among those who share it."""
        return sum(map(_pss, [self.pid, *_children(self.pid)])) / 1024


def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    crowds = tuple(map(int, sys.argv[1:])) or CROWDS
    with stack.running() as ready:
        os.environ["OPSPANEL_RUN_DIR"] = ready["run_dir"]
        sessions = make_sessions(max(*crowds, RESTARTED, 1000))
        print(f"granian, 1 process, {THREADS} threads; a poll each {INTERVAL:.0f} s")
        print(
            f"{'':22}{'req/s':>8}{'p50':>8}{'p95':>8}{'p99':>9}  ms  CPU %  ms/viewer-s"
            "   SQL/5 s  refused   B/poll  MiB"
        )
        for count in crowds:
            with serving() as server:
                polls("panel", server, POLL, sessions[:count])
        for count in STOCK_CROWDS:
            with serving("bench.stock_settings", "bench.stock_wsgi") as server:
                polls("stock Django", server, "/stock", sessions[:count])
        hits(sessions)
        misses(sessions)
        restart(sessions)


def make_sessions(count: int, screens: int = 0) -> list[str]:
    """Keys of that many sessions, each of a viewer of its own; then screens' tokens."""
    made = subprocess.run(
        [sys.executable, "-m", "bench.people", str(count), str(screens)],
        check=True,
        capture_output=True,
        text=True,
    )
    return made.stdout.split()


@contextmanager
def serving(
    settings: str = "bench.readers_settings", wsgi: str = PANEL
) -> Iterator[Server]:
    port = free_port()
    with tempfile.NamedTemporaryFile() as statements:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "--interface=wsgi", "--no-ws"),
                *(f"--port={port}", "--workers=1", f"--blocking-threads={THREADS}"),
                *("--backlog=8192", "--backpressure=8192", "--log-level=error"),
                f"{wsgi}:application",
            ],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": settings,
                "BENCH_STATEMENTS": statements.name,
            },
        )
        try:
            _wait_for(port, "/healthz" if wsgi == PANEL else "/empty")
            yield Server(("127.0.0.1", port), process.pid, Path(statements.name))
        finally:
            process.terminate()
            process.wait(20)


def polls(name: str, server: Server, path: str, sessions: list[str]) -> None:
    readers = [crowd.Reader(server.address, path, key) for key in sessions]
    with crowd.Crowd(readers) as people:
        people.poll(INTERVAL, WARM_SECONDS)
        cpu, counted, began = server.cpu(), server.counted(), time.monotonic()
        result = people.poll(INTERVAL, SECONDS)
        took = time.monotonic() - began
        cpu, counted = server.cpu() - cpu, server.counted() - counted
    columns = (
        f"{len(result.times) / took:8.0f}{result.percentiles()}{100 * cpu / took:9.1f}"
        f"{1000 * cpu / took / len(sessions):13.3f}{counted * INTERVAL / took:10.1f}"
        f"{result.refused():9}{result.received / len(result.times):9.0f}"
        f"{server.memory():5.0f}"
    )
    print(f"{name + ', ' + format(len(sessions), ','):22}{columns}", flush=True)


def hits(sessions: list[str]) -> None:
    """CPU of one request, as fast as they are answered, beside an empty view."""
    print(f"\n{HIT_CONNECTIONS} connections without a pause: req/s, CPU us/request")
    for name, settings, wsgi, path in (
        ("panel, unchanged", "bench.readers_settings", PANEL, POLL),
        ("empty Django view", "bench.empty_settings", "bench.stock_wsgi", "/empty"),
        ("stock Django", "bench.stock_settings", "bench.stock_wsgi", "/stock"),
    ):
        with serving(settings, wsgi) as server:
            readers = [
                crowd.Reader(server.address, path, key)
                for key in sessions[:HIT_CONNECTIONS]
            ]
            with crowd.Crowd(readers) as people:
                people.hurry(1.0)
                cpu, began = server.cpu(), time.monotonic()
                count = len(people.hurry(HIT_SECONDS).times)
                took, cpu = time.monotonic() - began, server.cpu() - cpu
        print(f"{name:22}{count / took:8.0f}{1e6 * cpu / count:8.0f}", flush=True)


def misses(sessions: list[str]) -> None:
    """Each reader unknown to the process, MISS_CONNECTIONS at a time."""
    with serving() as server:
        _settled(server, sessions[0])
        cpu, counted, began = server.cpu(), server.counted(), time.monotonic()
        for at in range(0, len(sessions), MISS_CONNECTIONS):
            group = sessions[at : at + MISS_CONNECTIONS]
            readers = [crowd.Reader(server.address, POLL, key) for key in group]
            with crowd.Crowd(readers) as people:
                assert people.once().refused() == 0
        took, cpu = time.monotonic() - began, server.cpu() - cpu
        counted = server.counted() - counted
    print(
        f"\n{len(sessions):,} readers whom the process does not know: "
        f"{len(sessions) / took:,.0f}/s, {1000 * cpu / len(sessions):.2f} ms CPU each, "
        f"{counted / len(sessions):.3f} statements each",
        flush=True,
    )


def restart(sessions: list[str]) -> None:
    with serving() as server:
        readers = [
            crowd.Reader(server.address, POLL, key) for key in sessions[:RESTARTED]
        ]
        began = time.monotonic()
        with crowd.Crowd(readers) as people:
            result = people.once()
        took = time.monotonic() - began
    print(
        f"{RESTARTED:,} open pages on a fresh process, all at once: "
        f"answered after {took:.2f} s, {result.refused()} refused"
    )


def _settled(server: Server, session: str) -> None:
    """Wait until the process serves what is ready."""
    with crowd.Crowd([crowd.Reader(server.address, POLL, session)]) as people:
        people.poll(0.5, 3.0)


def _wait_for(port: int, path: str) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        try:
            httpx.get(f"http://127.0.0.1:{port}{path}").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    sys.exit("The server did not start.")


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in found.split()]


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _pss(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(rollup.partition("\nPss:")[2].split()[0])


if __name__ == "__main__":
    main()

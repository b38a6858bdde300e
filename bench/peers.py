"""What peers' own refresh costs, beside ours: all in one run, one after the other.

    python -m bench.peers [SECONDS]

Each is asked what its own page asks when it refreshes itself, as fast as it answers, by
eight connections: processor time of one refresh hardly depends on who else is busy. Of
that and of how often its page asks comes what one viewer costs. Flower, rq-dashboard,
Glances and Prometheus ask nobody who they are, as they come; Django's admin and the
panel do, with a session of its own for each connection. A peer that cannot be had here
is left out and named.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import crowd, stack
from bench.peer_servers import (
    Reads,
    flower,
    glances,
    nginx,
    prometheus,
    rq_dashboard,
)
from bench.readers import POLL, Server, make_sessions, serving
from opspanel import env
from opspanel.embedded.program import StartError

CONNECTIONS = 8
WARM_SECONDS = 1.0
SECONDS = 6.0

type Serving = AbstractContextManager[tuple[Server, Reads]]


@dataclass(frozen=True, slots=True)
class Peer:
    """`paths`: all that one refresh asks for; `every`: seconds between two of them."""

    name: str
    serving: Callable[[], Serving]
    paths: tuple[str, ...]
    every: float = 5.0
    reader: type[crowd.Reader] = crowd.Visitor
    forgetful: bool = False


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with stack.running() as ready, tempfile.TemporaryDirectory() as folder:
        os.environ["OPSPANEL_RUN_DIR"] = ready["run_dir"]
        sessions = make_sessions(CONNECTIONS)
        print(
            f"{CONNECTIONS} connections without pause, {seconds:.0f} s each\n"
            f"{'':24}refresh/s    p50     p95     p99  ms   CPU us   bytes"
            "   reads   every  CPU ms/viewer-s"
        )
        first = None
        for peer in peers(ready, Path(folder)):
            try:
                cost = measure(peer, sessions, seconds)
            except StartError as error:
                print(f"{peer.name:24}left out: {error}", flush=True)
            else:
                first = first or cost
                print(f"{'':24}{cost / first:.1f} x the first", flush=True)


def peers(ready: dict[str, Any], folder: Path) -> Iterator[Peer]:
    redis = env.text("REDIS_URL")
    panel, ours = _serving(), crowd.Reader
    yield Peer("panel, unchanged poll", panel, (POLL,), reader=ours)
    yield Peer("panel, changed poll", panel, (POLL,), reader=ours, forgetful=True)
    yield Peer("panel, whole page", panel, (POLL,))
    empty = _serving("bench.empty_settings", "bench.stock_wsgi")
    yield Peer("an empty Django view", empty, ("/empty",))
    stock = _serving("bench.stock_settings", "bench.stock_wsgi")
    yield Peer("Django, stock sign-in", stock, ("/stock",))
    yield Peer("Django admin, index", _admin, ("/admin/",))
    yield Peer("nginx, a file of 30 KB", lambda: nginx(folder), ("/page",))
    told = ("/workers?json=1",)
    yield Peer("Flower, workers", lambda: flower(redis), told, every=1.0)
    yield Peer(
        "rq-dashboard, 10 queues",
        lambda: rq_dashboard(redis),
        ("/0/data/queues.json",),
        every=2.5,
    )
    both = ("/api/4/all", "/api/4/all/views")
    yield Peer("Glances", glances, both, every=2.0)
    address, pid = ready["services"]["prometheus"], ready["pids"]["prometheus"]
    yield Peer(
        "a board of 15 panels",
        lambda: prometheus(address, pid),
        tuple(_hour_of(number) for number in range(15)),
    )


def _serving(
    settings: str = "bench.readers_settings", wsgi: str = "opspanel.wsgi"
) -> Callable[[], Serving]:
    @contextmanager
    def served() -> Iterator[tuple[Server, Reads]]:
        with serving(settings, wsgi) as server:
            yield server, server.counted

    return served


@contextmanager
def _admin() -> Iterator[tuple[Server, Reads]]:
    """Whose list of recent changes needs a table."""
    settings = "bench.admin_settings"
    made = [sys.executable, "-m", "django", "migrate", "admin", "--skip-checks"]
    subprocess.run(
        [*made, "--settings", settings, "-v0"],
        env=os.environ | {"BENCH_STATEMENTS": os.devnull},
        check=True,
    )
    with _serving(settings, "bench.stock_wsgi")() as served:
        yield served


def _hour_of(number: int) -> str:
    """What a board asks of Prometheus for one panel: an hour, in steps of 15 seconds."""
    now = int(time.time())
    query = f"sum%20by%20(job)(rate(process_cpu_seconds_total[{number + 1}m]))"
    return f"/api/v1/query_range?query={query}&start={now - 3600}&end={now}&step=15"


def measure(peer: Peer, sessions: list[str], seconds: float) -> float:
    """Prints a line; the processor milliseconds of a viewer's second."""
    with peer.serving() as (server, reads):
        readers = [_asker(peer, server.address, key) for key in sessions]
        with crowd.Crowd(readers) as people:
            people.hurry(WARM_SECONDS)
            cpu, asked, began = server.cpu(), reads(), time.monotonic()
            result = people.hurry(seconds)
            took, cpu = time.monotonic() - began, server.cpu() - cpu
            asked = reads() - asked
    if result.refused():
        reason = f"it answered {dict(result.statuses)}"
        raise StartError(reason)
    refreshes = len(result.times) / len(peer.paths)
    each = cpu / refreshes
    print(
        f"{peer.name:24}{refreshes / took:9.0f}{result.percentiles()}"
        f"{1e6 * each:11.0f}{result.received / refreshes:8.0f}{asked / refreshes:8.2f}"
        f"{peer.every:7.1f} s{1000 * each / peer.every:12.3f}",
        flush=True,
    )
    return each / peer.every


def _asker(peer: Peer, address: tuple[str, int], session: str) -> crowd.Reader:
    if peer.reader is crowd.Visitor:
        return crowd.Rounds(address, peer.paths, session)
    return peer.reader(address, peer.paths[0], session, forgetful=peer.forgetful)


if __name__ == "__main__":
    main()

"""What a quiet tenant keeps of its traces beside one that sends 300 times as much.

    python -m bench.isolation [SECONDS]

A backend that takes one request at a time stands behind collectors (rotel, from the package
index), and two programs send to them by the panel's own telemetry. What was accepted is
not what was delivered: both are counted where they arrive. Loopback only.
"""

import gzip
import json
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)

from bench import tools
from opspanel.embedded.program import free_port, http_ok

SECONDS = 12.0
DRAIN_SECONDS = 6.0
# The backend stores one request in so long, whatever is in it.
STORE_SECONDS = 0.05
MOST_IN_BATCH = 100
QUIET_PER_SECOND = 20
TIMES = 300
QUIET, NOISY = "org-quiet", "org-noisy"


@dataclass(frozen=True, slots=True)
class Layout:
    """`limited`: the sampler for each tenant is on. `apart`: a collector for each tier."""

    name: str
    noisy: bool
    limited: bool = False
    apart: bool = False


LAYOUTS = (
    Layout("quiet tenant alone", noisy=False),
    Layout("one collector for both", noisy=True),
    Layout("a collector for each tier", noisy=True, apart=True),
    Layout("a limit for each tenant", noisy=True, limited=True),
    Layout("ours: both", noisy=True, limited=True, apart=True),
)


class Backend:
    """Keeps when each tenant's spans arrived, in seconds after they were made."""

    def __init__(self) -> None:
        self.delays: dict[str, list[float]] = defaultdict(list)
        one_at_a_time = threading.Lock()
        backend = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                with one_at_a_time:
                    time.sleep(STORE_SECONDS)
                    backend.store(body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def store(self, body: bytes) -> None:
        now = time.time()
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    said = {
                        each.key: each.value.string_value for each in span.attributes
                    }
                    made = span.end_time_unix_nano / 1e9
                    self.delays[said["org_id"]].append(now - made)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def collector(backend: Backend) -> Iterator[int]:
    """Yields the port that takes OTLP over HTTP."""
    program = tools.folder_of("collector") / "rotel" / "rotel-agent"
    port, grpc = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="opspanel-collector-") as folder:
        command = [str(program), "start", "--exporter=otlp"]
        command += [f"--otlp-http-endpoint=127.0.0.1:{port}"]
        command += [f"--otlp-grpc-endpoint=127.0.0.1:{grpc}"]
        command += [f"--otlp-exporter-endpoint=http://127.0.0.1:{backend.port}"]
        command += [
            "--otlp-exporter-protocol=http",
            f"--batch-max-size={MOST_IN_BATCH}",
        ]
        command += [f"--pid-file={folder}/pid", f"--log-file={folder}/log"]
        process = subprocess.Popen(
            command,
            env={**os.environ, "LD_LIBRARY_PATH": sysconfig.get_config_var("LIBDIR")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _await(port)
            yield port
        finally:
            process.kill()
            process.wait()


def _await(port: int) -> None:
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        try:
            http_ok(port, "/")
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("The collector does not answer.")


def sender(whose: str, rate: int, port: int, *, limited: bool, seconds: float) -> Any:
    given = {"whose": whose, "rate": rate, "port": port, "limited": limited}
    words = json.dumps(given | {"seconds": seconds})
    command = [sys.executable, "-m", "bench.isolation_sender", words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    offered: int
    delays: Sequence[float]

    @property
    def delivered(self) -> float:
        return len(self.delays) / self.offered if self.offered else 0.0

    def percentile(self, at: int) -> float:
        cuts = statistics.quantiles(self.delays, n=100) if len(self.delays) > 1 else []
        return cuts[at - 1] if cuts else float("nan")


def run(layout: Layout, seconds: float) -> dict[str, Outcome]:
    backend = Backend()
    rates = {QUIET: QUIET_PER_SECOND}
    if layout.noisy:
        rates[NOISY] = QUIET_PER_SECOND * TIMES
    with ExitStack() as stack:
        stack.callback(backend.close)
        shared = stack.enter_context(collector(backend))
        second = stack.enter_context(collector(backend)) if layout.apart else shared
        ports = {QUIET: shared, NOISY: second}
        senders = {
            whose: sender(
                whose, rate, ports[whose], limited=layout.limited, seconds=seconds
            )
            for whose, rate in rates.items()
        }
        offered = {w: int(each.communicate()[0]) for w, each in senders.items()}
        time.sleep(DRAIN_SECONDS)
        return {w: Outcome(offered[w], list(backend.delays[w])) for w in rates}


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    print(
        f"{seconds:.0f} s and {DRAIN_SECONDS:.0f} s to drain; the noisy tenant sends {TIMES} "
        f"times {QUIET_PER_SECOND} spans/s"
    )
    print(
        f"{'':28}{'noisy offered':>14}{'delivered':>11}{'quiet':>9}"
        f"{'p50 s':>8}{'p95 s':>8}{'x alone':>9}"
    )
    alone = 0.0
    for layout in LAYOUTS:
        outcome = run(layout, seconds)
        quiet, noisy = outcome[QUIET], outcome.get(NOISY, Outcome(0, ()))
        p95 = quiet.percentile(95)
        alone = alone or p95
        print(
            f"{layout.name:28}{noisy.offered:>14}{noisy.delivered:>11.1%}"
            f"{quiet.delivered:>9.1%}{quiet.percentile(50):>8.2f}{p95:>8.2f}"
            f"{p95 / alone:>9.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()

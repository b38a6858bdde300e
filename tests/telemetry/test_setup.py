"""Set up once a process; without a collector, or with a dead one, no harm is done."""

import json
import socket
import subprocess
import sys

import pytest

from opspanel.env import BASE_DIR
from tests.servers import environment
from tests.telemetry.sink import Sink

# The interpreter's own start and end, on a busy machine; the exporter's own way would
# take thirteen seconds and more.
PATIENCE_SECONDS = 9

PROGRAM = """
import json, time
from opspanel.telemetry import setup_otel
from opspanel import tracing
setup_otel("opspanel-test")
with tracing.span("work") as span:
    recorded = span.is_recording()
print(json.dumps({"recorded": recorded, "at": time.time()}), flush=True)
"""


def run(**given):
    """What the program says, and how long it took from its last word to its end."""
    clean = {k: v for k, v in environment.items() if not k.startswith("OTEL_")}
    process = subprocess.run(
        [sys.executable, "-c", f"{PROGRAM}\n"],
        env=clean | {"PYTHONPATH": str(BASE_DIR)} | given,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(process.stdout)


def test_without_an_endpoint_nothing_is_recorded():
    """The default."""
    assert run()["recorded"] is False


def test_with_a_collector_spans_arrive_before_the_process_is_gone():
    """A short program loses nothing."""
    sink = Sink()
    try:
        assert run(OTEL_EXPORTER_OTLP_ENDPOINT=sink.url)["recorded"]
        assert [repr(span) for span in sink.spans] == ["opspanel-test: work"]
    finally:
        sink.close()


@pytest.fixture(params=["refuses", "hangs"])
def dead(request):
    """An address where nobody listens, or where nobody answers."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        if request.param == "hangs":
            held.listen()
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def test_a_dead_collector_holds_up_no_end(dead):
    """A process that ends waits for it as long as one request may take."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env=environment
        | {"PYTHONPATH": str(BASE_DIR)}
        | {"OTEL_EXPORTER_OTLP_ENDPOINT": dead},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert json.loads(process.stdout.readline())["recorded"]
    assert process.wait(timeout=PATIENCE_SECONDS) == 0
    process.stdout.close()


@pytest.mark.parametrize("value", ["2", "half", "-1", "1.5"])
def test_a_share_that_is_none_is_refused_by_name(value):
    """At start, as every setting."""
    process = subprocess.run(
        [sys.executable, "-c", "from opspanel import env; env.trace_ratio()"],
        env=environment | {"PYTHONPATH": str(BASE_DIR), "OPSPANEL_TRACE_RATIO": value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode
    assert "OPSPANEL_TRACE_RATIO must be a number from 0 to 1." in process.stderr

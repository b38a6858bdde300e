"""A Prometheus that holds nine days of history from its first moment."""

import subprocess
import time
from dataclasses import dataclass

import httpx
import pytest

from opspanel.embedded.find_prometheus import find_prometheus
from opspanel.embedded.program import free_port
from tests.servers import CHECKOUT
from tests.slos.history import History


@dataclass
class Seeded:
    url: str
    history: History


@pytest.fixture(scope="session")
def promtool():
    return find_prometheus(CHECKOUT / ".tools").with_name("promtool")


@pytest.fixture(scope="session")
def seeded(promtool, tmp_path_factory):
    folder = tmp_path_factory.mktemp("history")
    history = History(int(time.time()), seed=random_seed())
    text = folder / "history.om"
    text.write_text("\n".join(history.openmetrics()) + "\n")
    create = [promtool, "tsdb", "create-blocks-from", "openmetrics"]
    subprocess.run([*create, text, folder / "data"], check=True, capture_output=True)
    (folder / "empty.yml").write_text("global: {}\n")
    port = free_port()
    with subprocess.Popen(
        [
            promtool.with_name("prometheus"),
            f"--config.file={folder / 'empty.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            "--storage.tsdb.retention.time=60d",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=error",
        ]
    ) as process:
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url)
        yield Seeded(url, history)
        process.terminate()


def random_seed():
    """Another history each time; the seed is told where a test fails."""
    seed = time.time_ns() % 1_000_000
    print(f"history of seed {seed}")  # noqa: T201 - pytest shows it with a failure
    return seed


def wait_until_ready(url):
    for _ in range(200):
        try:
            if httpx.get(f"{url}/-/ready").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("Prometheus did not start")

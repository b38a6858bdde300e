"""Tools of the distribution, and the servers of the deployment without its containers."""

import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from opspanel.embedded.debian import unpack
from opspanel.embedded.find_prometheus import find_prometheus
from opspanel.embedded.supervisor import Supervisor
from tests.deploy.places import CHECKOUT
from tests.deploy.running import Deployed

TOOLS = CHECKOUT / ".tools"


@pytest.fixture(scope="session")
def prometheus_binary():
    return find_prometheus(TOOLS)


@pytest.fixture(scope="session")
def promtool(prometheus_binary):
    return prometheus_binary.with_name("promtool")


@pytest.fixture(scope="session")
def amtool():
    if found := shutil.which("amtool"):
        return Path(found)
    folder = TOOLS / "alertmanager"
    fetched = folder / "usr" / "bin" / "amtool"
    TOOLS.mkdir(exist_ok=True)
    with FileLock(TOOLS / "alertmanager.lock"):
        if not fetched.exists():
            unpack("prometheus-alertmanager", folder)
    return fetched


@pytest.fixture(scope="session")
def deployed(tmp_path_factory, prometheus_binary):
    folder = tmp_path_factory.mktemp("deployed")
    supervisor = Supervisor(folder / "logs", print)
    made = Deployed(folder, supervisor)
    try:
        made.start_postgres()
        made.start_nats()
        made.start_valkey()
        supervisor.await_answers()
        made.start_demo()
        made.start_prometheus(prometheus_binary)
        supervisor.await_answers()
        yield made
    finally:
        supervisor.stop()

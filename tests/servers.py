"""One real Postgres, Valkey, NATS and Prometheus for the whole test session.

Loaded with `-p tests.servers`, before pytest-django reads the settings: the servers
are started by the first process (xdist's workers inherit the environment), their
addresses are put into the environment that settings are read from, and they end with
the session, also after Ctrl-C or a kill. `--no-servers` starts none: give addresses in
the environment, or run only tests that need none.

How a test gets a place of its own, whatever else runs beside it:

* Postgres: pytest-django makes a database per worker. Tests of the platform's tables
  make a schema or a database of their own from `SUPERUSER_DATABASE_URL`.
* Valkey: tests/conftest.py turns `settings.REDIS_URL` to a numbered database per worker.
* NATS: `TEST_PLATFORM_NATS_URL` has every right; begin stream names with `own_name()`.
* Prometheus: scrapes what is listed in `targets_file()`, which no test may rewrite;
  read only series that carry a job of your own.
"""

import atexit
import os
import secrets
import shutil
import sys
import tempfile
from argparse import Namespace
from collections.abc import Generator
from pathlib import Path

import pytest

from opspanel.embedded.find_prometheus import find_prometheus
from opspanel.embedded.program import StartError
from opspanel.embedded.servers import Addresses, Servers
from opspanel.embedded.supervisor import Supervisor

environment = os.environ  # noqa: TID251 - before settings, there is no other way in
CHECKOUT = Path(__file__).resolve().parent.parent
FOR_TESTS = {
    "OPSPANEL_HTTPS": "false",
    "OPSPANEL_MFA_REQUIRED": "false",  # tests/access turns it on where it matters
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
}
running: list[tuple[Supervisor, Path]] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-servers", action="store_true", help="start no real servers of our own"
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Around, so before, pytest-django's hook of this name, which reads the settings."""
    if "PYTEST_XDIST_WORKER" not in environment:
        _prepare(early_config.known_args_namespace)
    return (yield)


def _prepare(wanted: Namespace) -> None:
    environment.update({"SECRET_KEY": secrets.token_urlsafe(48), **FOR_TESTS})
    if wanted.no_servers or wanted.collectonly or wanted.help or wanted.version:
        environment.setdefault("DATABASE_URL", "postgresql://localhost/nowhere")
    else:
        start()


def start() -> None:
    folder = Path(tempfile.mkdtemp(prefix="opspanel-tests-"))
    folder.chmod(0o711)  # root runs Postgres as another user, who must get in
    supervisor = Supervisor(folder / "logs", print)
    running.append((supervisor, folder))
    atexit.register(stop)  # for a session that ends before it began
    servers = Servers(folder, supervisor, Addresses({}), throw_away=True)
    try:
        servers.start(lambda: find_prometheus(CHECKOUT / ".tools"))
    except StartError as error:
        stop()
        sys.exit(f"The tests' servers did not start: {error}")
    except BaseException:
        stop()
        raise
    _publish(folder, servers.addresses)


def _publish(folder: Path, addresses: Addresses) -> None:
    environment.update(addresses.panel)
    environment.update(
        {
            "OPSPANEL_RUN_DIR": str(folder),
            # pytest-django creates databases, which the panel's own role may not.
            "DATABASE_URL": str(addresses.superuser_url),
            "SUPERUSER_DATABASE_URL": str(addresses.superuser_url),
            "TEST_PLATFORM_DATABASE_URL": str(addresses.platform_database_url),
            "TEST_PLATFORM_NATS_URL": str(addresses.platform_nats_url),
        }
    )


def stop() -> None:
    while running:
        supervisor, folder = running.pop()
        supervisor.stop()
        shutil.rmtree(folder, ignore_errors=True)


def pytest_unconfigure() -> None:
    stop()


def own_name(word: str = "T") -> str:
    """A name that no other test has, fit for a stream, a consumer or a schema."""
    return f"{word}_{secrets.token_hex(6)}"


def targets_file() -> Path:
    return Path(environment["OPSPANEL_RUN_DIR"]) / "demo" / "targets.json"

"""Everything `manage.py up` runs: servers, then tables, then the panel's processes."""

import json
import shutil
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from opspanel import env
from opspanel.embedded.find_prometheus import find_prometheus
from opspanel.embedded.private_file import passwords, write_private_json
from opspanel.embedded.program import (
    Program,
    StartError,
    can_bind,
    free_port,
    http_ok,
    keep_port,
)
from opspanel.embedded.servers import PANEL, Addresses, Servers
from opspanel.embedded.supervisor import Supervisor

GIVEN = (
    "DATABASE_URL",
    "REDIS_URL",
    "NATS_URL",
    "PROMETHEUS_URL",
    "NODE_TASKS_DATABASE_URL",
)
ACCOUNTS = {"viewer": "viewer", "oncall": "on-call", "admin": "admin"}
FIRST_SNAPSHOT_SECONDS = 20.0
# One worker has no others to talk to.
ALONE = ("--without-mingle", "--without-gossip", "--without-heartbeat")
SERVICES = {
    "postgres": "DATABASE_URL",
    "redis": "REDIS_URL",
    "nats": "NATS_URL",
    "prometheus": "PROMETHEUS_URL",
}


@dataclass(frozen=True, slots=True)
class WebAddress:
    host: str
    port: int | None

    def choose(self) -> tuple[str, int]:
        """The port asked for, or 8000 where it is free, or any free one."""
        if self.port is None:
            free = can_bind(self.host, 8000)
            return self.host, 8000 if free else free_port(self.host)
        if not can_bind(self.host, self.port):
            message = (
                f"Port {self.port} on {self.host} is taken: choose another --port."
            )
            raise StartError(message)
        return self.host, self.port


class Stack:
    def __init__(
        self, folder: Path, supervisor: Supervisor, say: Callable[[str], None]
    ) -> None:
        self.folder = folder
        self.addresses = Addresses({name: env.optional(name) or "" for name in GIVEN})
        self._supervisor = supervisor
        self._say = say
        self._passwords = passwords(folder / "accounts.json", [*ACCOUNTS, "secret_key"])
        self._kept_port: socket.socket | None = None
        self.url = ""

    def start(self, web: WebAddress) -> None:
        """Returns when everything answers. Raises StartError."""
        host, port = web.choose()
        self._kept_port = keep_port(host, port)
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        servers = Servers(self.folder, self._supervisor, self.addresses)
        servers.start(lambda: find_prometheus(env.BASE_DIR / ".tools"))
        self._say("The servers answer.")
        self._start_demo()
        self._seed()
        self._start_panel(host, port)
        self._supervisor.await_answers()
        write_private_json(self.folder / "env.json", self.environment())
        if not self._first_snapshot():
            self._say(f"No snapshot yet; see {self.folder / 'logs' / 'worker.log'}.")

    def environment(self) -> dict[str, str]:
        """What the panel's processes read, and other commands while this one runs."""
        given = {name: url for name, url in self.addresses.panel.items() if url}
        if config := env.optional("OPSPANEL_CONFIG"):
            given["OPSPANEL_CONFIG"] = str(Path(config).absolute())
        return {
            **given,
            "SECRET_KEY": self._passwords["secret_key"],
            "OPSPANEL_HTTPS": env.text("OPSPANEL_HTTPS", "false"),
            # A demo of made-up figures: its passwords stand on the terminal.
            "OPSPANEL_MFA_REQUIRED": env.text("OPSPANEL_MFA_REQUIRED", "false"),
            "OPSPANEL_STATIC_ROOT": str(self.folder / "static"),
            "OPSPANEL_RUN_DIR": str(self.folder),
        }

    def ready(self) -> dict[str, object]:
        panel = self.addresses.panel
        return {
            "url": self.url,
            "accounts": self.accounts(),
            "services": {name: _place(panel[key]) for name, key in SERVICES.items()},
            "pids": self._supervisor.pids(),
        }

    def accounts(self) -> list[dict[str, str]]:
        return [
            {"role": role, "username": name, "password": self._passwords[name]}
            for name, role in ACCOUNTS.items()
        ]

    def _first_snapshot(self) -> bool:
        """Whether the collector stored one, which takes it one interval."""
        deadline = time.monotonic() + FIRST_SNAPSHOT_SECONDS
        query = "SELECT FROM ops_snapshotminute WHERE taken_at > now() - interval '1m'"
        database = self.addresses.panel["DATABASE_URL"]
        with psycopg.connect(database, autocommit=True) as connection:
            while connection.execute(query).fetchone() is None:
                if time.monotonic() > deadline:
                    return False
                time.sleep(0.1)
        return True

    def _start_demo(self) -> None:
        database, nats = (
            self.addresses.platform_database_url,
            self.addresses.platform_nats_url,
        )
        if database is None or nats is None:
            self._say("No demo: the platform's own NATS or database is given.")
            return
        state = self.folder / "demo"
        if env.optional("PROMETHEUS_URL"):
            self._say(f"Let your Prometheus scrape {state / 'targets.json'} (file_sd).")
        program = Program(
            "demo",
            [sys.executable, "-m", "opspanel.demo", "--state-dir", str(state)],
            answers=(state / "targets.json").exists,
            stdin=json.dumps({"database_url": database, "nats_url": nats}),
            environment={"PYTHONPATH": str(env.BASE_DIR)},
        )
        self._supervisor.start(program)

    def _seed(self) -> None:
        accounts = {account["username"]: account for account in self.accounts()}
        program = Program(
            "seed",
            [sys.executable, "-m", "opspanel.embedded.seed"],
            stdin=json.dumps(accounts),
            environment=self._panel_environment(),
        )
        self._supervisor.run_to_end(program)

    def _panel_environment(self) -> dict[str, str]:
        return {
            **self.environment(),
            "DJANGO_SETTINGS_MODULE": "opspanel.settings",
            "PYTHONPATH": str(env.BASE_DIR),
            # No proxy is in front that would go elsewhere.
            "OPSPANEL_DRAIN_SECONDS": "0",
        }

    def _start_panel(self, host: str, port: int) -> None:
        environment = self._panel_environment() | self._counted_together()
        self._tell_prometheus(port)
        for name, arguments in _panel_commands(self.folder, host, port).items():
            program = Program(
                name,
                [sys.executable, "-m", *arguments],
                environment=environment,
                answers=_answers(name, host, port),
            )
            self._supervisor.start(program)

    def _counted_together(self) -> dict[str, str]:
        """The web server's processes tell one set of figures; those of an earlier run
        are gone."""
        folder = self.folder / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}

    def _tell_prometheus(self, port: int) -> None:
        place = {"targets": [f"127.0.0.1:{port}"], "labels": {"job": "opspanel"}}
        (self.folder / PANEL).write_text(json.dumps([place]))


def _panel_commands(folder: Path, host: str, port: int) -> dict[str, list[str]]:
    celery = ["celery", "--app", "opspanel"]
    worker = [*celery, "worker", "--concurrency=1", "--loglevel=INFO", *ALONE]
    schedule = ["--schedule", str(folder / "beat-schedule")]
    return {
        "worker": [*worker, "--queues=collect"],
        "upkeep": [*worker, "--queues=upkeep"],
        "beat": [*celery, "beat", "--loglevel=WARNING", "--pidfile=", *schedule],
        "web": [
            *("opspanel.serving", "granian", "--interface=wsgi"),
            *(f"--host={host}", f"--port={port}"),
            *("--workers=2", "--blocking-threads=8", "--respawn-failed-workers"),
            # Its backpressure counts connections, and each open page holds one.
            *("--backlog=4096", "--backpressure=4096", "--no-ws"),
            *("--log-level=warning", "opspanel.wsgi:application"),
        ],
    }


def _answers(name: str, host: str, port: int) -> Callable[[], bool]:
    if name != "web":
        return lambda: True
    reached = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
    return lambda: http_ok(port, "/readyz", reached)


def _place(url: str) -> str:
    """The address without its user and password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

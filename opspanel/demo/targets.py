"""Where Prometheus finds the demo's services: a file for its file_sd_configs."""

import json
from pathlib import Path

from opspanel.demo.faults import write_atomically


class Targets:
    """`state_dir/targets.json`. A service that is dead stays listed: `up` must be 0.
    `host`: as Prometheus calls the machine on which they run."""

    def __init__(self, state_dir: Path, host: str) -> None:
        self._host = host
        self._path = state_dir / "targets.json"
        self._groups: list[tuple[str, int]] = []

    def add(self, job: str, port: int) -> None:
        self._groups.append((job, port))

    def write(self, extra_labels: dict[str, str] | None = None) -> None:
        """`extra_labels` go on the last target alone."""
        groups: list[dict[str, object]] = [
            {"targets": [f"{self._host}:{port}"], "labels": {"job": job}}
            for job, port in self._groups
        ]
        if extra_labels:
            job, port = self._groups[-1]
            labels = {"job": job} | extra_labels
            groups[-1] = {"targets": [f"{self._host}:{port}"], "labels": labels}
        write_atomically(self._path, json.dumps(groups, indent=1))

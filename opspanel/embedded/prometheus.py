"""Prometheus, which scrapes what the demo and the panel list in their targets files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from opspanel.embedded.program import Program, free_port, http_ok


@dataclass(frozen=True, slots=True)
class Prometheus:
    program: Program
    url: str


def prometheus(binary: Path, folder: Path, targets: Sequence[Path]) -> Prometheus:
    """`targets` are file_sd files; they may appear later, and change."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    config = folder / "prometheus.json"
    config.write_text(json.dumps(_config(targets)))
    program = Program(
        "prometheus",
        [
            str(binary),
            f"--config.file={config}",
            f"--web.listen-address=127.0.0.1:{port}",
            f"--storage.tsdb.path={folder / 'data'}",
            "--storage.tsdb.retention.time=2d",
            "--log.level=warn",
        ],
        answers=lambda: http_ok(port, "/-/ready"),
    )
    return Prometheus(program, f"http://127.0.0.1:{port}")


def _config(targets: Sequence[Path]) -> dict[str, object]:
    # JSON is YAML, and needs no rules for quoting a path.
    files = [str(file) for file in targets]
    discovery = [{"files": files, "refresh_interval": "5s"}]
    return {
        "global": {"scrape_interval": "2s", "scrape_timeout": "2s"},
        "scrape_configs": [{"job_name": "demo", "file_sd_configs": discovery}],
    }

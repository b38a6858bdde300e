"""A whole stack of its own for a measurement, with its data in a folder that goes."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
READY_SECONDS = 180
# Long enough for the first traffic to be scraped and shown.
SETTLE_SECONDS = 20


@contextmanager
def running() -> Iterator[dict[str, Any]]:
    """What `manage.py up --ready-file` writes and its run folder, while it runs."""
    with tempfile.TemporaryDirectory(prefix="opspanel-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # root runs Postgres as another user, who must get in
        ready_file = folder / "ready.json"
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--ready-file", str(ready_file)],
            cwd=CHECKOUT,
            env={**os.environ, "OPSPANEL_RUN_DIR": str(folder / "run")},
        )
        try:
            yield _ready(process, ready_file) | {"run_dir": str(folder / "run")}
        finally:
            process.terminate()
            process.wait(timeout=60)


def _ready(process: subprocess.Popen[bytes], ready_file: Path) -> dict[str, Any]:
    ends = time.monotonic() + READY_SECONDS
    while not ready_file.exists():
        if process.poll() is not None or time.monotonic() > ends:
            sys.exit("The stack did not start.")
        time.sleep(0.2)
    time.sleep(SETTLE_SECONDS)
    found: dict[str, Any] = json.loads(ready_file.read_text())
    return found

"""A whole stack, started by `manage.py up` in a run folder of a test's own."""

import json
import re
import subprocess
import sys
from pathlib import Path

from opspanel.env import BASE_DIR
from tests.embedded.processes import wait_for, with_word
from tests.servers import environment

# The addresses of the session's servers: here, nothing is to be given.
FORGOTTEN = re.compile(
    r".*_URL|SECRET_KEY|OPSPANEL_.*|DJANGO_SETTINGS_MODULE|.*XDIST.*"
)


class Up:
    """One `manage.py up` in a run folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.run_dir = folder / "run"
        self.ready_file = folder / "ready.json"
        self.output = folder / "output"
        self.environment = {
            name: value
            for name, value in environment.items()
            if not FORGOTTEN.fullmatch(name)
        } | {"OPSPANEL_RUN_DIR": str(self.run_dir)}

    def command(self, *words: str) -> list[str]:
        return [sys.executable, str(BASE_DIR / "manage.py"), *words]

    def start(self) -> dict:
        self.ready_file.unlink(missing_ok=True)
        words = ("up", "--ready-file", str(self.ready_file))
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                self.command(*words), env=self.environment, stdout=output, stderr=output
            )
        wait_for(self._is_ready, 150)
        ready = json.loads(self.ready_file.read_text())
        self.pids: dict[str, int] = ready["pids"]
        return ready

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.output.read_text()
        return self.ready_file.exists()

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def left(self) -> dict[int, str]:
        return with_word(str(self.run_dir)) | {
            pid: name
            for name, pid in self.pids.items()
            if Path(f"/proc/{pid}/cmdline").exists()
            and Path(f"/proc/{pid}/cmdline").read_bytes()
        }

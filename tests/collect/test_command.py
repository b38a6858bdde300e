"""`manage.py collect`, as a person runs it."""

import subprocess
import sys

from tests.servers import CHECKOUT, environment

NOWHERE = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def test_stores_that_are_away_are_told_in_one_line():
    """No stack trace: what cannot be reached, and what to do."""
    told = subprocess.run(
        [sys.executable, "manage.py", "collect", "--once"],
        cwd=CHECKOUT,
        env={**environment, **NOWHERE},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 1
    assert "CommandError: No store of snapshots can be reached" in told.stderr
    assert "Traceback" not in told.stderr

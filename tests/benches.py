"""Benches that a test runs in a short form, as a program of its own."""

import subprocess
import sys

from tests.servers import CHECKOUT, environment


def ended(*command):
    """`python -m …`, with nothing of the tests' own environment, once it has ended."""
    kept = {name: environment[name] for name in ("PATH", "HOME") if name in environment}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=CHECKOUT,
        env=kept,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

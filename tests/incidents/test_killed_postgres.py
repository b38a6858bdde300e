"""Postgres is killed under writers, with a cluster of its own on a real disk."""

import subprocess
import sys

from tests.servers import CHECKOUT, environment


def test_what_was_acknowledged_outlives_the_kills():
    """Once the whole server, once one process of it, under eight writers: each act that
    was acknowledged is there once, with its message and its audit row, and the audit
    trail is whole. (`make soak` kills it fifty times.)"""
    kept = {name: environment[name] for name in ("PATH", "HOME") if name in environment}
    ended = subprocess.run(
        [sys.executable, "-m", "bench.crash", "--kills", "2"],
        cwd=CHECKOUT,
        env=kept,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "2 kills" in ended.stdout
    assert "lost: 0, doubled: 0" in ended.stdout
    assert "audit whole up to" in ended.stdout

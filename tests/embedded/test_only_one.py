"""One stack per run folder."""

import json
import os
import subprocess
import sys
import time

import pytest

from opspanel.embedded.only_one import OnlyOne
from opspanel.embedded.program import StartError

HOLDER = """
import subprocess, sys, time
from pathlib import Path
from opspanel.embedded.only_one import OnlyOne
with OnlyOne(Path(sys.argv[1])) as lock:
    lock.publish("http://127.0.0.1:8000")
    # Stands for the reaper, which keeps the lock while it ends what is left.
    subprocess.Popen(["sleep", sys.argv[2]], pass_fds=[lock.fileno()], stdout=2)
    print("held", flush=True)
    time.sleep(600)
"""


def hold(path, seconds: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLDER, str(path), seconds]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_the_second_is_told_where_the_first_is(tmp_path) -> None:
    """The refusal names the address and the process, at once."""
    path = tmp_path / "lock"
    with hold(path, "0") as holder:
        began = time.monotonic()
        with pytest.raises(StartError) as caught, OnlyOne(path):
            pass
        holder.kill()
    assert f"Already running at http://127.0.0.1:8000 (process {holder.pid})" in str(
        caught.value
    )
    assert time.monotonic() - began < 2


def test_a_stale_file_does_not_hinder(tmp_path) -> None:
    """A file that names a living process, but that nobody locks, is nothing."""
    path = tmp_path / "lock"
    path.write_text(json.dumps({"pid": os.getpid(), "url": "http://127.0.0.1:1"}))
    with OnlyOne(path):
        assert json.loads(path.read_text()) == {"pid": os.getpid(), "url": ""}


def test_after_a_kill_the_next_waits_until_all_is_ended(tmp_path) -> None:
    """The lock outlives its owner while the reaper works; the next start waits."""
    path = tmp_path / "lock"
    with hold(path, "1") as holder:
        holder.kill()
    with OnlyOne(path) as lock:
        assert lock.fileno() > 0


def test_a_stop_leaves_an_empty_file_that_only_its_owner_reads(tmp_path) -> None:
    """No process id stays behind."""
    path = tmp_path / "lock"
    with OnlyOne(path):
        pass
    assert path.read_text() == ""
    assert path.stat().st_mode & 0o777 == 0o600

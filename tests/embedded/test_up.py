"""`manage.py up`, whole: everything starts, survives a crash, and ends."""

import os
import signal
import subprocess
import time
import urllib.request

import psycopg
import pytest

from tests.embedded.processes import wait_for, with_word
from tests.embedded.up import Up
from tests.servers import environment


@pytest.fixture
def up(tmp_path):
    up = Up(tmp_path)
    yield up
    up.process.kill()
    up.process.wait()


def test_from_one_command_to_a_clean_end_twice(up) -> None:
    """It starts, is the only one, repairs itself, and leaves nothing, asked or killed."""
    ready = up.start()
    check_ready_file(up, ready)
    check_second_start_is_refused(up, ready)
    check_other_commands_find_it(up)
    check_crash_is_repaired(up, ready)
    stop_and_find_nothing(up, signal.SIGKILL)
    assert up.start()["accounts"] == ready["accounts"]
    stop_and_find_nothing(up, signal.SIGTERM)
    assert up.process.returncode == 0
    assert not (up.run_dir / "env.json").exists()
    assert not up.ready_file.exists()


def check_ready_file(up: Up, ready: dict) -> None:
    assert up.ready_file.stat().st_mode & 0o777 == 0o600
    assert (up.run_dir / "env.json").stat().st_mode & 0o777 == 0o600
    roles = {account["role"] for account in ready["accounts"]}
    assert roles == {"viewer", "on-call", "admin"}
    assert set(ready["services"]) == {"postgres", "redis", "nats", "prometheus"}
    assert "@" not in str(ready["services"])
    with urllib.request.urlopen(f"{ready['url']}/readyz", timeout=10) as answer:  # noqa: S310
        assert answer.status == 200


def check_second_start_is_refused(up: Up, ready: dict) -> None:
    second = up.manage("up")
    assert second.returncode == 1
    assert f"Already running at {ready['url']}" in second.stderr
    assert "Traceback" not in second.stderr


def check_other_commands_find_it(up: Up) -> None:
    snapshot = up.manage("collect", "--once")
    assert snapshot.returncode == 0, snapshot.stderr
    assert '"environment":"demo"' in snapshot.stdout.replace(": ", ":")


def check_crash_is_repaired(up: Up, ready: dict) -> None:
    os.kill(ready["pids"]["nats"], signal.SIGKILL)
    wait_for(lambda: "nats started again." in up.output.read_text())
    assert "nats was killed by signal 9" in up.output.read_text()


def stop_and_find_nothing(up: Up, number: signal.Signals) -> None:
    up.process.send_signal(number)
    up.process.wait(timeout=40)
    wait_for(lambda: not up.left())


def test_what_cannot_work_is_one_line(up, tmp_path) -> None:
    """A port that is taken and a file in the way are told without a stack trace."""
    port = psycopg.conninfo.conninfo_to_dict(environment["DATABASE_URL"])["port"]
    up.process = subprocess.Popen(["true"])
    taken = up.manage("up", "--port", str(port))
    assert taken.returncode == 1
    assert taken.stderr.strip().splitlines() == [
        f"CommandError: Port {port} on 127.0.0.1 is taken: choose another --port."
    ]
    (tmp_path / "file").write_text("")
    up.environment["OPSPANEL_RUN_DIR"] = str(tmp_path / "file" / "run")
    refused = up.manage("up")
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1


def test_a_signal_during_the_start_leaves_nothing(up) -> None:
    """Ctrl-C is heard before everything is there, too."""
    with up.output.open("w") as output:
        up.process = subprocess.Popen(
            up.command("up"), env=up.environment, stdout=output, stderr=output
        )
    wait_for(lambda: len(with_word(str(up.run_dir))) >= 3, 30)
    began = time.monotonic()
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(timeout=30) == 0
    assert with_word(str(up.run_dir)) == {}
    assert time.monotonic() - began < 25

"""The supervisor, with small programs of its own."""

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from opspanel.embedded.program import Program, StartError
from opspanel.embedded.supervisor import Supervisor
from tests.embedded.processes import wait_for, with_word

# A program with a child of its own; both carry `word`, so that they can be found.
SLEEP = "import time; time.sleep(600)"
PARENT = f"import sys, subprocess; subprocess.run([sys.executable, '-c', '{SLEEP}', sys.argv[1]])"
STUBBORN = "import signal,time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"
ABANDONED = """
import sys, time
from pathlib import Path
from opspanel.embedded.program import Program
from opspanel.embedded.supervisor import Supervisor
supervisor = Supervisor(Path(sys.argv[1]), print)
supervisor.start(Program("family", [sys.executable, "-c", sys.argv[2], sys.argv[3]]))
time.sleep(600)
"""


@pytest.fixture
def word() -> str:
    return f"word-{secrets.token_hex(8)}"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path, said):
    supervisor = Supervisor(tmp_path, said.append)
    yield supervisor
    supervisor.stop()


def python(code: str, *words: str, **rest) -> Program:
    return Program("thing", [sys.executable, "-c", code, *words], **rest)


def test_a_crashed_program_is_started_again_and_named(supervisor, said) -> None:
    """After a kill the program runs under a new id, and two lines tell of it."""
    supervisor.start(python(SLEEP))
    first = supervisor.pids()["thing"]
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: supervisor.tend() or len(said) == 2)
    assert supervisor.pids()["thing"] != first
    assert said[0].startswith("thing was killed by signal 9; starting it again in 1 s")
    assert said[1] == "thing started again."


def test_each_crash_in_a_row_doubles_the_pause(supervisor, said) -> None:
    """A program that ends at once is not started in a tight loop."""
    supervisor.start(python("raise SystemExit(3)"))
    wait_for(lambda: supervisor.tend() or len(said) >= 3)
    assert "thing ended with code 3; starting it again in 1 s" in said[0]
    assert "starting it again in 2 s" in said[2]


def test_stop_takes_the_children_of_a_program_with_it(supervisor, word) -> None:
    """A grandchild that nobody told to stop is gone after a stop."""
    supervisor.start(python(PARENT, word))
    wait_for(lambda: len(with_word(word)) == 2)
    supervisor.stop()
    assert with_word(word) == {}


def test_stop_does_not_wait_for_a_stubborn_program(supervisor, word) -> None:
    """A program that ignores the signal is killed when its grace is over."""
    supervisor.start(python(STUBBORN, word, grace_seconds=0.2))
    wait_for(lambda: with_word(word))
    began = time.monotonic()
    supervisor.stop()
    assert with_word(word) == {}
    assert time.monotonic() - began < 5


def test_a_killed_parent_leaves_no_grandchild(tmp_path, word) -> None:
    """SIGKILL, which nobody can handle, still ends every process that was started."""
    command = [sys.executable, "-c", ABANDONED, str(tmp_path), PARENT, word]
    with subprocess.Popen(command) as parent:
        wait_for(lambda: len(with_word(word)) == 3)
        parent.kill()
    wait_for(lambda: with_word(word) == {})


def test_a_killed_reaper_is_replaced(tmp_path, supervisor, word) -> None:
    """Programs that the first reaper knew are known to the second."""
    supervisor.start(python(PARENT, word))
    wait_for(lambda: len(with_word(word)) == 2)
    reaper = supervisor._reaper._process
    reaper.kill()
    reaper.wait()
    supervisor.tend()
    supervisor._reaper.close()  # what the kernel does when the parent is killed
    assert with_word(word) == {}
    supervisor._reaper.begin_again([])


def test_a_program_that_ends_at_once_is_reported_with_its_last_words(
    supervisor, tmp_path: Path
) -> None:
    """The error names the program, quotes its last line, and says where the rest is."""
    supervisor.start(python("raise SystemExit('no such disk')"))
    with pytest.raises(StartError) as caught:
        wait_for(lambda: supervisor.await_answers(0.1))
    assert "thing ended at once (exit code 1): no such disk" in str(caught.value)
    assert str(tmp_path / "thing.log") in str(caught.value)


def test_a_silent_program_is_reported_after_its_time(supervisor) -> None:
    """Waiting for an answer is bounded."""
    program = python(SLEEP, answers=lambda: False)
    supervisor.start(program)
    with pytest.raises(StartError, match="thing: no answer after"):
        supervisor.await_answers(0.2)


def test_a_failed_errand_is_an_error_and_a_done_one_is_not(supervisor) -> None:
    """A program that is run to its end counts by its exit code."""
    supervisor.run_to_end(python("pass"))
    with pytest.raises(StartError, match="thing failed: the table is gone"):
        supervisor.run_to_end(python("raise SystemExit('the table is gone')"))


def test_a_failed_errand_is_told_by_what_went_wrong(supervisor) -> None:
    """Of an error of Postgres the words are quoted, not the caret under a statement."""
    words = 'relation "thing" does not exist\nLINE 1: SELECT 1\n               ^\n'
    with pytest.raises(StartError, match='failed: relation "thing" does not exist '):
        supervisor.run_to_end(python(f"raise SystemExit({words!r})"))

"""Keeps programs running: starts them, restarts what crashes, stops them all."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from opspanel.embedded.child import Child, Reaper
from opspanel.embedded.program import Program, StartError

POLL_SECONDS = 0.05
START_SECONDS = 120.0
LONGEST_PAUSE = 30.0
# A program that ran this long before it crashed starts its back-off anew.
STEADY_SECONDS = 60.0
# For all programs together; who is not done by then is killed.
STOP_SECONDS = 20.0


@dataclass(slots=True)
class Post:
    """A program's place: who fills it now, or when somebody will again."""

    child: Child
    crashes: int = 0
    vacant_until: float | None = None


class Supervisor:
    def __init__(
        self, logs: Path, say: Callable[[str], None], *, hold: int | None = None
    ) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._say = say
        self._reaper = Reaper(hold=hold)
        self._posts: dict[str, Post] = {}

    def start(self, program: Program) -> None:
        """Keep it running from now on."""
        self._posts[program.name] = Post(self._spawn(program))

    def run_to_end(self, program: Program) -> None:
        """For a program that does its work and ends. Raises StartError if it fails."""
        child = self._spawn(program)
        try:
            while (code := child.exit_code()) is None:
                time.sleep(POLL_SECONDS)
        finally:
            child.kill()
        if code != 0:
            message = f"{program.name} failed: {child.last_words()} (see {child.log})"
            raise StartError(message)

    def _spawn(self, program: Program) -> Child:
        log = self._logs / f"{program.name}.log"
        with contextlib.suppress(FileNotFoundError):
            log.replace(log.with_suffix(".log.1"))
        return Child(program, log, self._reaper)

    def pids(self) -> dict[str, int]:
        return {name: post.child.pid for name, post in self._posts.items()}

    def await_answers(self, seconds: float = START_SECONDS) -> None:
        """Return when every program started so far answers.

        Raises StartError when one ends, or does not answer in time.
        """
        deadline = time.monotonic() + seconds
        waiting = [post.child for post in self._posts.values()]
        while waiting:
            for child in waiting:
                child.require_alive()
            waiting = [child for child in waiting if not child.program.answers()]
            if waiting and time.monotonic() > deadline:
                names = ", ".join(child.program.name for child in waiting)
                message = f"{names}: no answer after {seconds:.0f} s; see {self._logs}"
                raise StartError(message)
            time.sleep(POLL_SECONDS if waiting else 0)

    def tend(self) -> None:
        """One look at every program: note who crashed, and refill what is due."""
        if self._reaper.gone():
            self._reaper.begin_again([post.child for post in self._posts.values()])
        for post in self._posts.values():
            if post.vacant_until is None:
                self._note_crash(post)
            elif time.monotonic() >= post.vacant_until:
                old = post.child
                post.child = Child(old.program, old.log, self._reaper)
                post.vacant_until = None
                self._say(f"{old.program.name} started again.")

    def _note_crash(self, post: Post) -> None:
        child = post.child
        if (code := child.exit_code()) is None:
            return
        if time.monotonic() - child.started > STEADY_SECONDS:
            post.crashes = 0
        pause = min(2.0**post.crashes, LONGEST_PAUSE)
        post.crashes += 1
        post.vacant_until = time.monotonic() + pause
        name = child.program.name
        self._say(
            f"{name} {_ending(code)}; starting it again in {pause:.0f} s. See {child.log}"
        )

    def stop(self) -> None:
        """In reverse order, each with its time to finish; then none is left."""
        end = time.monotonic() + STOP_SECONDS
        with self._none_left():
            for post in reversed(self._posts.values()):
                grace = time.monotonic() + post.child.program.grace_seconds
                post.child.stop(deadline=min(grace, end))

    @contextlib.contextmanager
    def _none_left(self) -> Iterator[None]:
        try:
            yield
        finally:
            for post in self._posts.values():
                post.child.kill()
            self._posts.clear()
            self._reaper.close()


def _ending(code: int) -> str:
    return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"

"""Three schedulers ask for each slot, and much is killed: each slot runs once.

    python -m bench.slots                             10,000 slots of 0.2 s: 33 minutes
    python -m bench.slots --slots 100 --seconds 0.5

Real beats, of which one is ahead and one behind, two workers, a Valkey and a Postgres.
Every second or so the queue is emptied, or one of the processes gets SIGKILL and is
started again. While Valkey itself starts, or workers find it again, short slots go by:
what counts is whether that is longer than one slot of the panel's five seconds.
"""

import argparse
import os
import random
import secrets
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import redis

from bench.figures import tell
from bench.own_postgres import own_postgres
from bench.readers import INTERVAL
from opspanel.embedded.program import Program
from opspanel.embedded.supervisor import Supervisor
from opspanel.embedded.valkey import valkey

SLOTS, SECONDS = 10_000, 0.2
# Of the beats' clocks, in slots: the last one's requests are worth nothing soon.
SKEWS = (0.0, 10.0, -0.6)
WORKERS = 2
ROUND_SECONDS = 1.0
# Who was killed has so long to work again before its like is killed.
REST_SECONDS = 15.0
FIRST_SECONDS = 60.0
EMPTY_QUEUE, KILL_QUEUE, KILL_BEAT, KILL_WORKER = range(4)
TROUBLE = (6, 1, 2, 2)  # how often each of them comes


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--slots", type=int, default=SLOTS)
    options.add_argument("--seconds", type=float, default=SECONDS)
    given = options.parse_args()
    with own_postgres() as server, playing(server.folder, given.seconds) as play:
        play.go_on(given.slots * given.seconds)
        ran = [int(line) for line in play.ran.read_text().split()]
    doubled = sum(times - 1 for times in Counter(ran).values())
    slots = max(ran) - min(ran) + 1
    longest = max(
        (after - before for before, after in pairwise(sorted(ran))), default=1
    )
    away = (longest - 1) * given.seconds
    told = (
        f"{slots:,} slots of {given.seconds:g} s, {doubled} run twice, "
        f"{slots - len(set(ran))} missed, {away:.1f} s in a row at most; "
        f"{play.trouble}"
    )
    tell("3 beats, one ahead, one behind", told, "python -m bench.slots")
    assert not doubled
    assert away <= INTERVAL, "more than one slot of the panel's interval was missed"


@contextmanager
def playing(folder: Path, seconds: float) -> Iterator["Play"]:
    """All processes, from when the first slot ran."""
    supervisor = Supervisor(folder / "logs", lambda _: None)
    try:
        play = Play(folder, supervisor, seconds)
        play.begin()
        yield play
    finally:
        supervisor.stop()


class Play:
    """`ran` has a line for each slot that ran."""

    def __init__(self, folder: Path, supervisor: Supervisor, seconds: float) -> None:
        self.ran = folder / "ran"
        self._supervisor = supervisor
        self._queue = valkey(folder / "valkey", secrets.token_hex(16))
        self._environment = {
            **os.environ,
            "REDIS_URL": self._queue.url,
            "BENCH_SLOT_SECONDS": str(seconds),
            "BENCH_RAN": str(self.ran),
        }
        self._beats = [
            self._celery(
                f"beat-{n}",
                seconds * skew,
                "beat",
                "--pidfile=",
                "--schedule",
                str(folder / f"beat-{n}"),
            )
            for n, skew in enumerate(SKEWS)
        ]
        self._workers = [
            self._celery(
                f"worker-{n}",
                0,
                "worker",
                "--concurrency=1",
                "--without-mingle",
                "--without-gossip",
                f"--hostname=worker-{n}",
            )
            for n in range(WORKERS)
        ]
        self._killed_at: dict[str, float] = {}
        self.trouble = Trouble()

    def _celery(self, name: str, skew: float, *words: str) -> Program:
        return Program(
            name,
            [sys.executable, "-m", "celery", "--app", "bench.slots_app", *words],
            environment=self._environment | {"BENCH_SKEW": str(skew)},
        )

    def begin(self) -> None:
        for program in (self._queue.program, *self._beats, *self._workers):
            self._supervisor.start(program)
        ends = time.monotonic() + FIRST_SECONDS
        while not self.ran.exists():
            assert time.monotonic() < ends, "no slot ran"
            time.sleep(0.1)

    def go_on(self, seconds: float) -> None:
        ends, dice = time.monotonic() + seconds, random.SystemRandom()
        while time.monotonic() < ends:
            time.sleep(ROUND_SECONDS)
            self._supervisor.tend()
            (act,) = dice.choices(range(4), TROUBLE)
            if act == EMPTY_QUEUE:
                redis.Redis.from_url(self._queue.url).flushall()
                self.trouble.emptied += 1
            elif act == KILL_QUEUE:
                self._kill(self._queue.program, "queue")
            elif act == KILL_BEAT:
                self._kill(dice.choice(self._beats), "beat")
            else:
                self._kill(dice.choice(self._workers), "worker")

    def _kill(self, program: Program, kind: str) -> None:
        now = time.monotonic()
        if now - self._killed_at.get(kind, 0.0) < REST_SECONDS:
            return
        self._killed_at[kind] = now
        os.killpg(self._supervisor.pids()[program.name], signal.SIGKILL)
        self._supervisor.tend()
        self._supervisor.start(program)
        if program is self._queue.program:
            while not program.answers():
                # Its port may not be free at once: then it is started once more.
                self._supervisor.tend()
                time.sleep(0.02)
        self.trouble.killed[kind] += 1


class Trouble:
    def __init__(self) -> None:
        self.emptied = 0
        self.killed: Counter[str] = Counter()

    def __str__(self) -> str:
        killed = ", ".join(f"{times} {kind}" for kind, times in self.killed.items())
        return f"queue emptied {self.emptied} times, killed: {killed or 'none'}"


if __name__ == "__main__":
    main()

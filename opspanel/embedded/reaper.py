"""Outlives its parent by a moment, to stop what a killed parent leaves behind.

Run as a script. Reads lines from standard input: `+ GROUP SIGNAL` when a process
group begins, `- GROUP` when it has ended. The end of input means that the parent is
gone: every group still listed is asked to stop, then killed.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable

GRACE_SECONDS = 3.0


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups = groups_left(sys.stdin)
    for group, number in reversed(groups.items()):
        send(os.kill, group, number)
    deadline = time.monotonic() + GRACE_SECONDS
    left = list(groups)
    while left and time.monotonic() < deadline:
        left = [group for group in left if leads(group)]
        time.sleep(0.02)
    for group in left:
        send(os.killpg, group, signal.SIGKILL)


def groups_left(lines: Iterable[str]) -> dict[int, int]:
    """The groups that began and did not end, each with its stop signal."""
    groups: dict[int, int] = {}
    for line in lines:
        match line.split():
            case ["+", group, number]:
                groups[int(group)] = int(number)
            case ["-", group]:
                groups.pop(int(group), None)
    return groups


def leads(group: int) -> bool:
    """Whether the group's first process lives. If not, the others end with it."""
    if send(os.kill, group, 0):
        return True
    send(os.killpg, group, signal.SIGKILL)
    return False


def send(kill: Callable[[int, int], None], target: int, number: int) -> bool:
    try:
        kill(target, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()

"""Whole pages one after the other, in the order in which they were asked for.

Threads that render at once share one interpreter: together they take as long as one by
one, each of them all of the time, and some much longer. But a page that waits for
something else, as a database that hangs, must not hold up the others: who waited for
PATIENCE_SECONDS goes ahead.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 0.25


class Turns:
    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._gate = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        has_turn = self._wait()
        try:
            yield
        finally:
            if has_turn:
                self._pass_on()

    def _wait(self) -> bool:
        """False for who goes ahead without."""
        called = threading.Lock()
        called.acquire()
        with self._gate:
            if not self._taken:
                self._taken = True
                return True
            self._waiting.append(called)
        if called.acquire(timeout=self._patience):
            return True
        with self._gate:
            # It may have been called in this very moment.
            if called not in self._waiting:
                return True
            self._waiting.remove(called)
            return False

    def _pass_on(self) -> None:
        with self._gate:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

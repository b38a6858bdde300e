"""How much of a kind one text may hold before it is taken for an attack."""

from collections.abc import Iterable, Iterator


class CrowdedError(Exception):
    """More to look at than any honest text has. Carries nothing of the text."""


KEYWORDS = 400
TOKENS = 2000


def bounded[T](items: Iterable[T], most: int) -> Iterator[T]:
    for place, item in enumerate(items):
        if place >= most:
            raise CrowdedError
        yield item


class Budget:
    """Characters that other readings of one text may hold, all together."""

    def __init__(self, characters: int = 120_000) -> None:
        self._left = characters

    def spend(self, characters: int) -> None:
        self._left -= characters
        if self._left < 0:
            raise CrowdedError

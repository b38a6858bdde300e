"""What a place is, and what stands in it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.xss.watch import Watch


@dataclass(frozen=True, slots=True)
class Slot:
    """`most`: the longest text that the place can hold."""

    field: str
    most: int = 100_000


@dataclass(frozen=True, slots=True)
class Place:
    """`comes_and_goes`: what a page may hold or not, whatever the text. `is_sampled`: its
    short form is a few of each family, others each time."""

    name: str
    slots: tuple[Slot, ...]
    show: Callable[[Watch, list[str]], None]
    comes_and_goes: str = ""
    is_sampled: bool = False

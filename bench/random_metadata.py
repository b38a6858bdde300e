"""Metadata by dice, a hundred times as fast as a tool that could shrink it: legal for a
little more than the half, with all faults that the tests' own documents have."""

import math
import random
import string
from collections.abc import Callable
from typing import Any

from tests.audit.documents import BAD, KEYS, NEAR, TAGS, WRONG_KEYS

# Plain, so that no sanitizer on the way would hide that it was told.
WORD = "nightingale"
SOME_WRONG = [*KEYS * 12, *WRONG_KEYS]
NUMBERS = (10**400, -(10**4200), 5e-324, 1e308, -0.0, 2**63, 0.1, -1)
NOT_FINITE = (math.nan, math.inf, -math.inf)

type Document = dict[str, Any]
type Kind = Callable[[random.Random], Any]


def document(dice: random.Random) -> Document:
    """One of four kinds; the word stands in one of its texts, if it has any."""
    made = dice.choices((anything, plain, spoilt, long), (8, 4, 6, 1))[0](dice)
    texts = [key for key, value in made.items() if isinstance(value, str)]
    if texts:
        key = dice.choice(texts)
        made[key] = put_into(made[key], WORD, dice)
    return made


def anything(dice: random.Random) -> Document:
    """A few keys, now and then a wrong one, with values of all kinds."""
    values = some(dice, 4, (fine, fine, text, number, constant, odd))
    return {dice.choice(SOME_WRONG): value for value in values}


def plain(dice: random.Random) -> Document:
    """Up to all twelve keys, and nothing wrong with any."""
    keys = dice.sample(KEYS, dice.randint(0, len(KEYS)))
    return dict(zip(keys, some(dice, len(keys), (fine, number)), strict=False))


def spoilt(dice: random.Random) -> Document:
    """One fault in what would be legal."""
    made = plain(dice) or {"reason": "x"}
    fault = dice.choice((hidden, too_long, nested, not_finite, fine))
    keys = WRONG_KEYS if fault is fine else list(made)
    return made | {dice.choice(keys): fault(dice)}


def long(dice: random.Random) -> Document:
    """Around the limit of the whole."""
    keys = dice.sample(KEYS, dice.randint(5, len(KEYS)))
    return {key: dice.choice("x漢😀") * dice.randint(50, 200) for key in keys}


def some(dice: random.Random, most: int, kinds: tuple[Kind, ...]) -> list[Any]:
    return [dice.choice(kinds)(dice) for _ in range(dice.randint(0, most))]


def put_into(value: str, piece: str, dice: random.Random) -> str:
    place = dice.randint(0, len(value))
    return value[:place] + piece + value[place:]


def fine(dice: random.Random) -> str:
    """What people and machines write."""
    letters = dice.choice((string.printable[:95], "aàéあ😀", NEAR))
    return "".join(dice.choices(letters, k=dice.randint(0, 30)))


def text(dice: random.Random) -> str:
    """Characters from anywhere in Unicode, those that are none included."""
    return "".join(chr(dice.randrange(0x110000)) for _ in range(dice.randint(1, 6)))


def number(dice: random.Random) -> float:
    whole = dice.getrandbits(dice.randint(1, 90))
    return dice.choice((whole, -whole, dice.gauss(0, 1e6), dice.choice(NUMBERS)))


def constant(dice: random.Random) -> bool | None:
    return dice.choice((None, True, False))


def odd(dice: random.Random) -> Any:
    return dice.choice((hidden, too_long, nested, not_finite, fine, fine))(dice)


def hidden(dice: random.Random) -> str:
    return put_into(fine(dice), dice.choice(BAD + TAGS), dice)


def too_long(dice: random.Random) -> str:
    """Or just not."""
    return dice.choice("xé漢😀") * dice.randint(195, 205)


def nested(dice: random.Random) -> list[str] | dict[str, str]:
    return dice.choice(([], {}, [WORD], {"reason": WORD}))


def not_finite(dice: random.Random) -> float:
    return dice.choice(NOT_FINITE)

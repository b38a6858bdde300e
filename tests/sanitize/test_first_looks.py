"""A first look may see too much, never too little: what it passes over is not searched."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from opspanel.sanitize import randomness
from tests.sanitize.corpus.kinds import BASE62, HEX, Dice

LOWER = "bcdfghjkmnpqvwxz0123456789"
ALPHABETS = (BASE62, f"{BASE62}-_", f"{BASE62}+/", f"{LOWER}-", f"{LOWER}-_.", HEX,
             f"{HEX.upper()}-", "QXZ37950-", LOWER)  # fmt: skip
MARKS = (" ", "\x1e", "\x1f", ":", "@", "=", ", ", '"', "-", "")


def near_random(dice):
    """Tokens around the lengths where the rule begins, some with one capital only."""
    letters = dice.choice(ALPHABETS)
    token = [dice.choice(letters) for _ in range(dice.randrange(6, 24))]
    token[dice.randrange(len(token))] = dice.choice(BASE62)
    return "".join(token) + dice.choice(MARKS)


def serial_number(dice):
    """Groups of capitals and digits, as licences have them."""
    groups = [dice.text("QXZJKW37950", dice.randrange(4, 7)) for _ in range(4)]
    return "-".join(groups) + dice.choice(MARKS)


def judged_one_by_one(data):
    """What the randomness rule finds when it is asked about each token there is."""
    for token in re.finditer(rb"[A-Za-z0-9_+/~=.:@-]+", data):
        if randomness.is_worth_judging(token[0]):
            yield from randomness.judged(data, *token.span())


@settings(max_examples=50, deadline=None)
@given(st.integers())
def test_the_search_for_tokens_passes_over_none_that_looks_random(seed):
    """The same spans are found as when every token is judged."""
    dice = Dice(seed)
    data = "".join(
        dice.choice((near_random, near_random, serial_number))(dice) for _ in range(200)
    ).encode()
    assert list(randomness.find(data)) == list(judged_one_by_one(data))

"""A first look may see too much, never too little: what it passes over is not searched."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from opspanel.sanitize import randomness, rules
from opspanel.sanitize.engine import Pattern, as_bytes
from tests.sanitize.corpus import tiers
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


EVIDENT = (
    lambda dice: f"_INBOX.{dice.text('AcyJNDBeHQZO', 22)}.{dice.text(BASE62, 6)}",
    lambda dice: f"sha256:{dice.text(HEX, 64)}",
    lambda dice: f"00-{dice.text(HEX, 32)}-{dice.text(HEX, 16)}-01",
    lambda dice: f"{dice.text('NUAOCX', 1)}{dice.text('ABCDEFGHIJ234567', 55)}",
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(EVIDENT), st.integers())
def test_what_is_harmless_by_its_shape_is_not_judged(make, seed):
    """Whether it holds digits or letters alone."""
    assert not randomness.is_worth_judging(make(Dice(seed)).encode())


TEXTS = [
    value
    for cases in tiers.cases("first looks").values()
    for value, _ in cases
    if isinstance(value, str)
] + tiers.harmless_strings("first looks")


def mixture(dice):
    """Pieces of the corpora, cut anywhere and set side by side."""
    pieces = []
    for text in (dice.choice(TEXTS) for _ in range(6)):
        start = dice.randrange(len(text) + 1)
        pieces.append(text[start : start + dice.randrange(120)])
    return as_bytes(dice.choice((" ", "\n", "\x1e", "")).join(pieces))


@settings(max_examples=60, deadline=None)
@given(st.integers())
def test_the_sets_pass_over_no_pattern_that_matches(seed):
    """Whatever an exact pattern finds, its rule or its reading is asked for."""
    data = mixture(Dice(seed))
    seen = rules.overview(data)
    for form in rules.FORMS:
        assert not form.pattern.found(data) or form.find in seen.finders, form.rule
    for source, finder in rules.OTHERS:
        assert not Pattern(source).found(data) or finder in seen.finders, source
    for source, reading in rules.HINTS.items():
        assert not Pattern(source).found(data) or reading in seen.readings, reading


@settings(max_examples=60, deadline=None)
@given(st.integers())
def test_addresses_are_found_as_if_each_form_was_tried(seed):
    """The set that chooses among the forms around an `@` leaves out none that matches."""
    data = mixture(Dice(seed)) + b" x:y@z a@b.example.com"
    words = re.finditer(rb"[^\s\x1e\x1f]*@[^\s\x1e\x1f]*", data)
    tried = {
        found
        for word in words
        for form in rules.AROUND_AT
        for found in form.checked(data, form.pattern.spans_within(data, *word.span()))
    }
    assert set(rules.addresses(data)) == tried

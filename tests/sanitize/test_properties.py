import json
import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opspanel.sanitize import PLACEHOLDER, patterns, sanitize
from opspanel.sanitize.engine import Pattern, as_bytes, sought
from opspanel.sanitize.keys import Level, level
from tests.sanitize.corpus.carriers import MANDATORY
from tests.sanitize.corpus.kinds import EVIDENT, Dice
from tests.sanitize.corpus.recovery import as_text

QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
BITS = (
    "password=", "hunter2", "the token is ", "%41%42", "&#65;", "\\u0041", "[REDACTED]",
    "\n", '"', "eyJabcdefgh.abcdefgh.x", "postgres://a:b@c/", " ", "a@b.example.com", "\u200b",
    "пароль: ", "{\"email\": ", "}", "aGVsbG8gd29ybGQgYWdhaW4=", "<b>", "\0", "\x1e", "\ud800",
)  # fmt: skip
TEXT = st.one_of(
    st.text(max_size=80), st.lists(st.sampled_from(BITS), max_size=10).map("".join)
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        TEXT,
        st.binary(max_size=40),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)
    ),
    max_leaves=12,
)


@QUICK
@given(VALUES)
def test_cleaning_twice_changes_nothing(value):
    """What came out clean is clean."""
    once = sanitize(value)
    assert sanitize(once) == once


@QUICK
@given(VALUES)
def test_any_value_comes_out_as_json_that_every_store_takes(value):
    """UTF-8 can hold it, JSON can write it without NaN, and there is no NUL in it."""
    written = json.dumps(sanitize(value), ensure_ascii=False, allow_nan=False)
    assert "\0" not in written.encode("utf-8").decode()
    assert "\\u0000" not in written


def same_shape(given, made):
    if made == PLACEHOLDER:
        return True
    if isinstance(given, dict):
        return len(given) == len(made) and all(
            map(same_shape, given.values(), made.values())
        )
    if isinstance(given, list):
        return len(given) == len(made) and all(map(same_shape, given, made))
    return not isinstance(made, dict | list)


@QUICK
@given(VALUES)
def test_the_structure_stays(value):
    """Containers keep their sizes and order; what goes is replaced, never left out."""
    assert same_shape(value, sanitize(value))


@QUICK
@given(TEXT)
def test_a_text_grows_by_no_more_than_its_placeholders(text):
    """Ten characters for each one that went, at the very most."""
    made = sanitize(text)
    assert len(made) <= len(text) + len(PLACEHOLDER) * (made.count(PLACEHOLDER) + 1)


SECRETS = st.builds(
    lambda kind, seed: EVIDENT[kind](Dice(seed)),
    st.sampled_from(
        sorted(set(EVIDENT) - {"postgres", "redis", "amqp", "otpauth", "slack-hook"})
    ),
    st.integers(0, 10**6),
)


@QUICK
@given(SECRETS, TEXT, TEXT)
def test_company_does_not_hide_a_secret(secret, before, after):
    """A token that goes when alone goes beside any other text, on lines of its own."""
    assert secret not in as_text(sanitize(f"{before}\n{secret}\n{after}"))


@QUICK
@given(SECRETS, st.integers(1, 20), VALUES)
def test_nesting_does_not_hide_a_secret(secret, depth, beside):
    """However deep and beside whatever it is, it goes."""
    value = secret
    for _ in range(depth):
        value = [{"note": value, "beside": beside}]
    assert secret not in as_text(sanitize(value))


AFFIXES = st.sampled_from(["", "old_", "new-", "user.", "X-", "my", "data[", "the "])
TAILS = st.sampled_from(["", "_enc", "-hash", "2", "_v2", "]", ":", "s", "_confirm"])
SIMPLE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.lists(st.integers()), st.text()
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(MANDATORY), AFFIXES, TAILS, st.data(), SIMPLE)
def test_a_mandatory_name_is_known_in_any_spelling(name, affix, tail, data, value):
    """Case, separators and affixes do not matter; nor does the value's type."""
    cases = data.draw(st.lists(st.booleans(), min_size=len(name), max_size=len(name)))
    mixed = data.draw(st.booleans())
    mark = data.draw(st.sampled_from(["_", "-", ".", " "]))
    spelt = "".join(
        char.upper() if up and mixed else char
        for char, up in zip(name, cases, strict=True)
    )
    # Case at random carries no words: then the separators are what tells them apart.
    key = f"{affix}{spelt.replace('_', mark)}{tail}" if not mixed else spelt
    assert level(key) is Level.MANDATORY
    assert sanitize({key: value}) == {key: PLACEHOLDER}


PIECES = st.lists(
    st.sampled_from(["a", "[a-c]", "(?:ab|c)", "x", r"\d", "[A-Z_]"]),
    min_size=1,
    max_size=4,
)
REPEATS = st.sampled_from(["", "+", "*", "{2}", "{5}", "{2,}", "{4,9}", "{0,3}", "?"])


@settings(max_examples=300, deadline=None)
@given(
    PIECES,
    st.lists(REPEATS, min_size=4, max_size=4),
    st.text("abcxAZ_019", max_size=40),
)
def test_a_set_pattern_matches_wherever_the_exact_one_does(pieces, repeats, text):
    """What the set looks for is there where the source matches: no match is lost."""
    source = "".join(a + b for a, b in zip(pieces, repeats, strict=False))
    data = as_bytes(text)
    if Pattern(source).found(data):
        assert Pattern(sought(source)).found(data)


@QUICK
@given(st.text(string.printable, max_size=200))
def test_printable_text_never_counts_as_an_error(text):
    """No rule fails on any text: errors would show as a whole value redacted."""
    padded = f"quiet words first {text}"
    assert sanitize(padded) != PLACEHOLDER


AROUND_AT = st.lists(
    st.sampled_from(
        ["http", "://", ":", "@", "/", "user", "p4ss", "host", ".com", "10.0.0.1", "[",
         "%2F", "\\/", '"', "\v", "\xe9", "-", "+", "1", ".", "=", ":5432"]
    ),
    max_size=16,
).map("".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(AROUND_AT)
def test_short_stretches_are_read_as_long_ones_are(text):
    """Both engines find the same addresses, so that length hides none."""
    data = as_bytes(text)
    for _, source in patterns.AROUND_AT:
        pattern = Pattern(source)
        within = list(pattern.spans_within(data, 0, len(data)))
        assert within == list(pattern.spans(data))

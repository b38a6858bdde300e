"""What is found in another reading is redacted in the original, at the right place."""

# ruff: noqa: RUF001 - letters of other scripts are what this is about

from hypothesis import given, settings
from hypothesis import strategies as st

from opspanel.sanitize import views

# What stands in a text, and how it reads.
ESCAPED = (
    ("plain ", "plain "), ("%41", "A"), (" %C3%A9 ", " é "), ("%41%42", "AB"), ("&#66;", "B"),
    ("&quot;", '"'), ("\\u0043", "C"), ("\\x44", "D"), ("\\101", "A"), ("\\n", "\n"),
    ("+AEE-", "A"), ("-", "-"), ("пароль ", "пароль "),
)  # fmt: skip
SPOKEN = (
    ("пароль", "password "),
    ("это", "is"),
    ("是", " is "),
    (" x ", " x "),
    ("1", "1"),
)


def placed(pieces):
    """The text, its reading, and for each piece its span in both."""
    text = made = ""
    spans = []
    for given_, reads in pieces:
        spans.append(
            ((len(text), len(text) + len(given_)), (len(made), len(made) + len(reads)))
        )
        text, made = text + given_, made + reads
    return text, made, spans


def leads_back(read, pieces):
    """Assert that `read` makes of each piece what it reads as, from its own place."""
    text, made, spans = placed(pieces)
    view = read(text)
    if view is None:
        assert text == made
        return
    assert view.text == made
    for there, here in spans:
        assert view.source(here) == there


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(ESCAPED), min_size=1, max_size=12))
def test_each_piece_of_an_unescaped_text_leads_back_to_its_own(pieces):
    """However pieces follow each other, none is taken for its neighbour."""
    leads_back(views.unescaped, pieces)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(SPOKEN), min_size=1, max_size=12))
def test_each_translated_word_leads_back_to_its_own(pieces):
    """A word and what it reads as differ in length; the rest stands as it is."""
    leads_back(views.translated, pieces)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["рассword", "plain", "Αpi", "слово"]), max_size=8))
def test_words_that_are_the_same_are_folded_the_same(words):
    """Each occurrence of a word with look-alike letters reads as it does alone."""
    alone = [views.latinised(word) for word in words]
    expected = " ".join(
        view.text if view else word for view, word in zip(alone, words, strict=True)
    )
    view = views.latinised(" ".join(words))
    assert (view.text if view else " ".join(words)) == expected

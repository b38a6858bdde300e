"""Text that shows what it holds: no control, no hidden and no reordering characters."""

import unicodedata

_ELLIPSIS = "…"
_LINE_BREAKS = frozenset("\t\n\v\f\r\x85\u2028\u2029")
# Letters and signs by name, and blank by look.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc")
_BY_CATEGORY = {"Cf": "", "Cs": "\ufffd", "Co": "\ufffd", "Cn": "\ufffd"}


def _shown(char: str) -> str:
    if char in _LINE_BREAKS:
        return " "
    category = unicodedata.category(char)
    if category == "Cc":
        # The pictures of the control characters stand at U+2400, in their order.
        return chr(0x2400 + ord(char)) if char < " " else "\ufffd"
    return _BY_CATEGORY.get(category, char)


def is_visible(text: str) -> bool:
    """Whether there is anything to see: not only space, marks on nothing and fillers."""
    return any(
        unicodedata.category(char)[0] in "LNPS" and char not in _BLANK for char in text
    )


def one_line(text: str) -> str:
    """The text with line breaks as spaces, control characters as pictures, and format
    characters (zero-width, bidirectional overrides) dropped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters; only ever called on clean text."""
    return text if len(text) <= limit else text[: limit - 1] + _ELLIPSIS

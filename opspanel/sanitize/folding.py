"""Look-alike, decorated and hidden characters, folded to what a reader sees."""

# ruff: noqa: RUF001 - letters of other scripts are what this is about

import re
import unicodedata
from functools import lru_cache

# Letters of other scripts that pass for Latin ones beside Latin ones ...
_LOOSE = dict(
    zip(
        "вВнкКмпПтТуУъьбνΒΗΚμΜΝτΤΥγ",
        "vBhkKmnntTyYbb6vBHKuMNtTYy",
        strict=True,
    )
)
# ... and those that do so alone.
_STRICT = dict(
    zip(
        "аАсСԁеЕҽԛԝНіІїјЈӏМоОрРѕЅхХԍһҺωοΟαΑΕεΖιΙκρΡΧχıȷɡɑℓ",
        "aAcCdeEeqwHiIijJlMoOpPsSxXghHwoOaAEeZiIkpPXxijgal",
        strict=True,
    )
)
_LOOKS_LIKE = (
    _LOOSE | _STRICT | dict(zip("∕⁄‐‑‒–—−∶ː꞉˸․∙", "//------::::..", strict=True))
)

_LATIN = re.compile(r"[A-Za-z]")
_HIDDEN = frozenset({"Cf", "Mn", "Me", "Cs", "Cc"})
_KEPT_CONTROLS = frozenset("\t\n\r")


@lru_cache(maxsize=4096)
def fold_char(char: str) -> str:
    """What one character stands for: none, one or more characters."""
    if char.isascii():
        return char if char.isprintable() or char in _KEPT_CONTROLS else ""
    if unicodedata.category(char) in _HIDDEN:
        return ""
    plain = unicodedata.normalize("NFKC", char)
    return "".join(c for c in plain if unicodedata.category(c) not in _HIDDEN)


def as_latin(word: str) -> str:
    """A word that mixes scripts, or is look-alike throughout, read as a Latin one."""
    mixed = _LATIN.search(word) is not None
    table = _LOOKS_LIKE if mixed else _STRICT
    strange = {char for char in set(word) if not char.isascii()}
    if not strange <= table.keys():
        return word
    for char in strange:
        word = word.replace(char, table[char])
    return word


def fold(text: str) -> str:
    """The text as read, for judging names. Offsets are lost; `views` keeps them."""
    if text.isascii() and text.isprintable():
        return text
    plain = "".join(map(fold_char, text))
    return plain if plain.isascii() else as_latin(plain)

"""What a name says about its value: one judgement for dict keys and `key=value` text."""

# ruff: noqa: PLR2004 - limits measured on the corpus, each where it applies

import itertools
import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from urllib.parse import unquote

from opspanel.sanitize import words as vocabulary
from opspanel.sanitize.folding import fold

MAX_KEY = 200


class Level(IntEnum):
    """How much a name says. IDENTITY: an identifier that operators need to read."""

    IDENTITY = 0
    UNKNOWN = 1
    CREDENTIAL = 2
    MANDATORY = 3


_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^\W\d_a-zA-Z]+")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_LEET = str.maketrans("01345@$!7", "oieasasit")
# A number under one of these says how many there are.
_COUNTED = ("tokens", "keys", "secrets", "credentials", "sessions", "cookies")
_NO_ID = ("valid", "void", "paid", "android", "solid", "rapid", "hybrid")
_NOT_LEET = re.compile(r"[^a-z0-9@$!]")
# Letters with a stroke do not fall apart into a base and a mark.
_STROKES = str.maketrans("łŁđĐøØıßæð", "lLdDoOisad")
# `pasword`, `passwrd`, `psswd`: names that people mistype or shorten.
_MISSPELT = re.compile(r"pa?s{1,3}w[o0]*r?d")


def _unescaped(key: str) -> str:
    if "%" in key:
        key = unquote(key)
    if "\\" in key:
        key = _ESCAPE.sub(lambda hit: chr(int(hit[1] or hit[2], 16)), key)
    return key


def _singular(word: str) -> str:
    plural = (
        len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    )
    return word[:-1] if plural else word


def _bare(text: str) -> str:
    """Without accents: `contraseña` and `contrasena` are one word."""
    plain = (unicodedata.normalize("NFD", char)[0] for char in text.translate(_STROKES))
    return "".join(
        base if base.isascii() else char for base, char in zip(plain, text, strict=True)
    )


def words(key: str) -> tuple[str, ...]:
    """The words of a name: `user[accessToken]` -> user, access, token."""
    folded = fold(_unescaped(key))
    folded = folded if folded.isascii() else _bare(folded)
    return tuple(_singular(part.lower()) for part in _PARTS.findall(folded))


def _has_run(parts: tuple[str, ...], run: tuple[str, ...]) -> bool:
    size = len(run)
    return any(parts[i : i + size] == run for i in range(len(parts) - size + 1))


def _names_id_token(squashed: str) -> bool:
    """`id_token`, `myIdToken2`; not `invalid_token`."""
    before, token, _ = squashed.partition("idtoken")
    return bool(token) and not f"{before}id".endswith(_NO_ID)


def _is_mandatory(parts: tuple[str, ...], squashed: str, key: str) -> bool:
    leet = _NOT_LEET.sub("", fold(key).lower()).translate(_LEET)
    if any(name in squashed or name in leet for name in vocabulary.MANDATORY_INSIDE):
        return True
    if "email" in squashed or _names_id_token(squashed):
        return True
    return any(_has_run(parts, run) for run in vocabulary.MANDATORY_RUNS)


def _is_credential_word(part: str) -> bool:
    return (
        part in vocabulary.CREDENTIAL
        or part.startswith(vocabulary.CREDENTIAL_STEMS)
        or (
            part.endswith(vocabulary.CREDENTIAL_ENDS) and part not in vocabulary.NO_ENDS
        )
    )


def _is_credential(parts: tuple[str, ...], squashed: str) -> bool:
    named = any(map(_is_credential_word, parts))
    pairs = vocabulary.CREDENTIAL_PAIRS
    return (
        named
        or _names_some_key(parts)
        or squashed in vocabulary.CREDENTIAL
        or _MISSPELT.search(squashed) is not None
        or any(name in squashed for name in vocabulary.CREDENTIAL_INSIDE)
        or any(pair in pairs for pair in itertools.pairwise(parts))
    )


def _names_some_key(parts: tuple[str, ...]) -> bool:
    """`wallet_key`: whatever it opens, unless it is a key to look something up by."""
    named = len(parts) > 1 and parts[-1] == "key"
    return named and parts[-2] not in vocabulary.PLAIN_KEYS and parts[-2].isalpha()


def is_pair(first: str, second: str) -> bool:
    """Whether two words of a text are the name of a credential: `security code`."""
    parts = (_singular(first.lower()), _singular(second.lower()))
    return parts in vocabulary.CREDENTIAL_PAIRS


def level(key: str) -> Level:
    """The level of a name. Long text is no name; it is judged by its start."""
    return _level(key[:MAX_KEY])


@lru_cache(maxsize=4096)
def _level(key: str) -> Level:
    parts = words(key)
    if not parts or parts[-1] in vocabulary.SYSTEM_TAIL:
        return Level.UNKNOWN
    squashed = "".join(parts)
    if _is_mandatory(parts, squashed, key):
        return Level.MANDATORY
    if parts[-1] not in vocabulary.BENIGN_TAIL and _is_credential(parts, squashed):
        return Level.CREDENTIAL
    return (
        Level.IDENTITY
        if parts[-1] in vocabulary.IDENTITY
        or (len(parts) > 1 and parts[-2] in vocabulary.IDENTITY)
        else Level.UNKNOWN
    )


@lru_cache(maxsize=4096)
def names_a_measure(key: str) -> bool:
    """Whether a number under this name counts something: `password_reset_total`."""
    parts = words(key[:MAX_KEY])
    plural = key.lower().endswith(_COUNTED) and level(key) < Level.MANDATORY
    plain_seed = parts == ("seed",)
    return (
        plural or plain_seed or (bool(parts) and parts[-1] in vocabulary.MEASURE_TAIL)
    )


@lru_cache(maxsize=4096)
def names_words(key: str) -> bool:
    """Whether the value may be several plain words."""
    squashed = "".join(words(key[:MAX_KEY]))
    return any(part in squashed for part in ("phrase", "mnemonic", "seedword"))


@lru_cache(maxsize=4096)
def names_a_phrase(key: str) -> bool:
    """Whether the value may be several words: a passphrase, a cookie, a header."""
    squashed = "".join(words(key[:MAX_KEY]))
    return any(
        part in squashed
        for part in ("phrase", "mnemonic", "seedword", "cookie", "authorization")
    )


def is_benign_word(word: str) -> bool:
    return word in vocabulary.BENIGN_TAIL

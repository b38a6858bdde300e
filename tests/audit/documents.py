"""Random metadata, legal and not, and a judge that shares no code with the product."""

import math
import unicodedata
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

KEYS = [
    "reason",
    "policy_key",
    "old_value",
    "new_value",
    "status_from",
    "status_to",
    "error_code",
    "request_scope",
    "idempotency_key_hash",
    "provider_ref",
    "allocation_id",
    "node_id",
]
WRONG_KEYS = ["password", "Reason", "reason ", "node_id\u200b", "", "email", "$.*", "0"]
# Format characters that may stand in a name: soft hyphen, Arabic number signs, ...
NEAR = "\u00ad\u0600\u180e\u2010\u2027\u202f\u205f\u2070\ufffc\U0001f600 '\"\\%{}"
BAD = "\0\t\n\x1b\x1f\x7f\x85\x9f\u061c\u200b\u200f\u2028\u202e\u2060\u2066\u206f\ufeff"
TAGS = "\U000e0001\U000e0041\U000e007f"

fine = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]))
texts = st.one_of(
    fine,
    st.sampled_from(BAD + TAGS + NEAR).map(lambda char: f"a{char}b"),
    st.builds(
        lambda char, n: char * n, st.sampled_from("xé漢😀"), st.integers(195, 205)
    ),
    st.text(max_size=5),
)
scalars = st.one_of(
    texts,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from([10**400, -(10**4200), 5e-324, 1e308, -0.0, 2**63]),
)
nested = st.one_of(
    st.lists(scalars, max_size=2), st.dictionaries(fine, scalars, max_size=2)
)
keys = st.one_of(*[st.sampled_from(KEYS)] * 12, st.sampled_from(WRONG_KEYS))
values = st.one_of(*[scalars] * 12, nested)
long_values = st.builds(
    lambda char, n: char * n, st.sampled_from("x漢😀"), st.integers(50, 200)
)
documents = st.one_of(
    st.dictionaries(keys, values, max_size=4),
    st.dictionaries(st.sampled_from(KEYS), st.one_of(fine, st.integers()), max_size=12),
    # Around the limit of the whole document.
    st.dictionaries(st.sampled_from(KEYS), long_values, min_size=5, max_size=12),
)


def is_legal(metadata: dict[Any, Any]) -> bool:
    return (
        all(key in KEYS for key in metadata)
        and all(map(_is_plain, metadata.values()))
        and _size(metadata) <= 4096
    )


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= 200 and not any(map(_is_hidden, value))
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, int)


def _is_hidden(char: str) -> bool:
    code = ord(char)
    return (
        unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}
        or unicodedata.bidirectional(char) in {"LRE", "RLE", "LRO", "RLO", "PDF"}
        or code in {0x061C, 0xFEFF}
        or 0x200B <= code <= 0x200F
        or 0x2060 <= code <= 0x206F
        or 0xE0000 <= code <= 0xE007F
    )


def _size(metadata: dict[str, Any]) -> int:
    """Braces, and for each pair its quotes, colon and comma."""
    pairs = sum(len(key) + 2 + 2 + _width(value) for key, value in metadata.items())
    return 2 + pairs + 2 * max(len(metadata) - 1, 0)


def _width(value: Any) -> int:
    if value is None or isinstance(value, bool):
        return 5 if value is False else 4
    if isinstance(value, str):
        return len(value.encode()) + 2 + sum(value.count(char) for char in '"\\')
    number = f"{Decimal(str(value) if isinstance(value, float) else value):f}"
    return len(number.removeprefix("-") if value == 0 else number)

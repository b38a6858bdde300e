"""Tokens of no known prefix that nobody would type or read: keys, by their looks."""

# ruff: noqa: PLR2004 - limits measured on the corpus, each where it applies

import base64
import binascii
import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from opspanel.sanitize import keys, limits, shapes
from opspanel.sanitize.engine import Hit, Pattern
from opspanel.sanitize.surprise import surprise

_CHAR, _SERIAL_START = r"[A-Za-z0-9_+/~=.:@-]", r"[A-Z0-9]{4}-[A-Z0-9]{4}"
# Whole tokens that hold what `_judge` might take for a key, none of which is without a
# long run, the start of a serial number, or both a capital and a digit. To say more here
# costs more than the looks it saves: random text would lead to ever new states.
_CANDIDATE = Pattern(
    rf"{_CHAR}*(?:[A-Za-z0-9]{{16}}|{_SERIAL_START}"
    rf"|[A-Z]{_CHAR}*[0-9]|[0-9]{_CHAR}*[A-Z]){_CHAR}*"
)
# Wide enough that no secret-like token escapes, narrow enough to pass over most words.
_LIKELY = Pattern(
    r"[A-Za-z0-9]{16}|(?:[A-Za-z]+[0-9]+){3}|[A-Za-z0-9]{10}[_+/~.-][A-Za-z0-9]{6}"
    r"|[A-Z0-9]{4}-(?:[A-Z0-9]{4,8}-){2}"
)
# All these forms have such a run or as many dashes; a date and a version have neither.
_RUN, _FEWEST_DASHES = re.compile(rb"[A-Za-z0-9]{6}"), 3
_LONG_WORD = re.compile(rb"[A-Za-z]{16}")
_LEAST_TOKEN = 12
_LONGEST_LOOK = 256
_PIECES = re.compile(rb"[A-Za-z0-9+/_=~-]+")
_PARTS = re.compile(rb"[A-Za-z0-9]+")
_HEX = re.compile(rb"[0-9a-f]+|[0-9A-F]+")
_SMALL_HEX = re.compile(rb"[0-9a-f]+")
_LETTER = re.compile(rb"[A-Za-z]")
_DIGIT = re.compile(rb"[0-9]")
# The name before a value, both read backwards: `=edon` of `node=`.
_KEYLIKE = re.compile(
    rb"[\"'`\[(]{0,3}(?:\s{0,3}(?:>=|[:=])\s{0,3}|\x1f)[\"'`\]]{0,3}([\w.\-\[\]]{1,64})"
)
# The readable part of a path, before what is random in it.
_WAY = re.compile(rb"(?:(?:[a-z][a-z._-]+|v\d)/)+")
_SERIAL = re.compile(rb"(?:[A-Z0-9]{4,8}-){3,7}[A-Z0-9]{4,12}")

LOOKBACK = 80
_SHORT, _LONG = 16, 24
# A shorter part is random only if letters of both cases and digits take turns in it.
_SHORTEST, _TURNS, _SHORT_LIMIT = 12, 4, 4.6
_LONG_RUN = re.compile(rb"[A-Za-z0-9]{12}")
_TURN = re.compile(rb"[a-z](?=[A-Z0-9])|[A-Z](?=[a-z0-9])|[0-9](?=[A-Za-z])")
# The orders of capitals, other letters and digits that `_CANDIDATE` looks for.
_RESTLESS = re.compile(
    rb"[A-Za-z][0-9]+[A-Za-z0-9]*[A-Z]|[a-z][A-Z][A-Za-z0-9]*[0-9]"
    rb"|[A-Z][A-Za-z]*[0-9]+(?:[A-Za-z]+[0-9]+){2}"
)
_HEX_LEAST = 20
_HEX_IDENTITIES = frozenset({32, 40, 64})
# As many digits are a commit nearly always; names and words tell of the others.
_COMMIT = 40


def _limit(part: bytes) -> float:
    """How surprising a part must be: random text with digits is less so per pair."""
    if _DIGIT.search(part) is None:
        return 4.9
    # Digits say little each, but a long run of them and letters is no word either.
    return 4.05 if len(part) < _LONG else 3.6


def _is_random_part(part: bytes, least: int) -> bool:
    if len(part) < least or _LETTER.search(part) is None:
        return False
    return surprise(part) >= _limit(part)


def _is_restless(part: bytes) -> bool:
    """Twelve characters and more that no name has, as case and digits change so often."""
    kinds = part.lower() != part != part.upper() and _RESTLESS.search(part)
    turns = len(_TURN.findall(part)) if kinds else 0
    return turns >= _TURNS and surprise(part) >= _SHORT_LIMIT


def _is_readable(piece: bytes) -> bool:
    """Whether a token is only harmless text in base64."""
    try:
        plain = base64.b64decode(piece + b"=" * (-len(piece) % 4), validate=True)
    except (ValueError, binascii.Error):
        return False
    text = plain.decode("latin-1")
    shown = text.isascii() and text.isprintable()
    return shown and ((len(plain) >= 12 and " " in text) or text[:1] in "{[")


def is_random(piece: bytes, least: int = _SHORT) -> bool:
    """Whether a token, taken alone, has the looks of a key. No hexadecimal number has."""
    parts = _PARTS.findall(piece)
    longest = max(map(len, parts), default=0)
    if any(_SHORTEST <= len(part) < least and _is_restless(part) for part in parts):
        return not _is_readable(piece)
    if longest < least:
        return _is_split(piece, parts, least)
    return any(
        _is_random_part(part, least) and not _HEX.fullmatch(part) for part in parts
    ) and not _is_readable(piece)


def _is_split(piece: bytes, parts: list[bytes], least: int) -> bool:
    """Random text in a 64-letter alphabet falls into parts at its `-`, `_`, `/`, `+`."""
    if _SERIAL.fullmatch(piece):
        mixed = any(_LETTER.search(part) and _DIGIT.search(part) for part in parts)
        return mixed and surprise(b"".join(parts)) >= 4.3
    body = [part for part in parts if len(part) > 3]
    if sum(map(len, body)) < least or not any(map(_DIGIT.search, body)):
        return False
    size = sum(map(len, body))
    strange = sum(len(part) * surprise(part) for part in body) / size
    mixed_case = any(part.lower() != part != part.upper() for part in body)
    return mixed_case and strange >= 4.6 and size * 10 >= 7 * len(piece)


def _hex_verdict(piece: bytes, before: bytes, *, alone: bool) -> bool:
    if shapes.is_counted(piece) or (len(piece) == _COMMIT and piece.islower()):
        return False
    if len(piece) < _HEX_LEAST or not _LETTER.search(piece) or not _DIGIT.search(piece):
        return False
    return not (alone and len(piece) in _HEX_IDENTITIES) and not shapes.vouched(before)


def _level(before: bytes) -> keys.Level:
    match = _KEYLIKE.match(before[::-1])
    return keys.level(match[1][::-1].decode("latin-1")) if match else keys.Level.UNKNOWN


def _prefixed_hex(piece: bytes) -> bool:
    """A long hexadecimal number with a prefix of its own, as many keys have."""
    parts = piece.replace(b"-", b"_").split(b"_")
    if len(parts) == 1 or len(max(parts, key=len)) < _LONG:
        return False
    return any(
        len(part) >= _LONG and _HEX.fullmatch(part) and _LETTER.search(part)
        for part in parts
    ) and not shapes.vouched(b"_".join(parts[:-1]) + b":")


def _before(data: bytes, start: int) -> bytes:
    return data[max(0, start - LOOKBACK) : start].rpartition(b"\x1e")[2]


def _is_secret_number(data: bytes, start: int, end: int) -> bool:
    before, after = _before(data, start), data[end : end + 1]
    if _level(before) is keys.Level.IDENTITY:
        return False
    alone = (not before or before.endswith(b"\x1f")) and after in {b"", b"\x1e"}
    return (
        _hex_verdict(data[start:end], before, alone=alone)
        and not shapes.is_host_label(data, end)
        and not shapes.is_checksum(data, start, end)
    )


def _judge(data: bytes, start: int, end: int) -> bool:
    return _looks_random(data, start, end) and not shapes.is_echo(_before(data, start))


def _looks_random(data: bytes, start: int, end: int) -> bool:  # noqa: PLR0911 - one answer for each kind
    token = data[start:end]
    if _HEX.fullmatch(token):
        return _is_secret_number(data, start, end)
    if shapes.is_evident(token):
        return False
    if shapes.is_identity(token):
        before = _before(data, start)
        level = _level(before)
        if level is keys.Level.IDENTITY or shapes.is_said_id(token, before):
            return False
        if shapes.is_ulid(token) and not level > keys.Level.UNKNOWN:
            return False
    if shapes.is_hash_of(token, _before(data, start)):
        return False
    readable = shapes.without_pod_suffix(token)
    return is_random(readable) or _prefixed_hex(token)


def _pieces(data: bytes, start: int, end: int) -> Iterator[Hit]:
    """A long run holds tokens joined by `.`, `:` and `@`; each is judged by itself."""
    for match in _PIECES.finditer(data, start, end):
        first, last = match.span()
        cut = data.find(b"=", first, last)
        if cut >= 0 and data[cut:last].strip(b"="):
            yield first, cut
            yield cut + 1, last
        else:
            yield first, last


def is_worth_judging(token: bytes) -> bool:
    """Most tokens are words and hold no digit."""
    return _may_be_random(token) and not shapes.is_evident(token)


def _may_be_random(token: bytes) -> bool:
    if len(token) > _LONGEST_LOOK:
        return True
    if _RUN.search(token) is None and token.count(b"-") < _FEWEST_DASHES:
        return False
    if _DIGIT.search(token) is None:
        return _LONG_WORD.search(token) is not None
    return _LIKELY.found(token) or (
        _LONG_RUN.search(token) is not None and _RESTLESS.search(token) is not None
    )


def _tokens(data: bytes) -> Iterator[Hit]:
    for start, end in _CANDIDATE.spans(data):
        token = data[start:end]
        # A number in small letters needs no look but that of `_judge`.
        if _SMALL_HEX.fullmatch(token) or is_worth_judging(token):
            yield start, end


def _is_within(first: int, last: int, spans: Sequence[Hit]) -> bool:
    place = bisect_right(spans, (first, math.inf)) - 1
    return place >= 0 and last <= spans[place][1]


def judged(
    data: bytes, start: int, end: int, taken: Sequence[Hit] = ()
) -> Iterator[Hit]:
    """The parts of a token that look random and that nothing harmless explains.

    What lies in a span that is `taken` needs no judgement.
    """
    whole = data[start:end].isalnum()
    for first, last in ((start, end),) if whole else _pieces(data, start, end):
        if taken and _is_within(first, last, taken):
            continue
        if last - first < _LEAST_TOKEN:
            continue
        piece = data[first:last]
        wordy = _DIGIT.search(piece) is None and _LONG_WORD.search(piece) is None
        if not wordy and _judge(data, first, last):
            way = _WAY.match(data, first, last)
            yield (way.end() if way else first), last


def find(data: bytes, taken: Sequence[Hit] = ()) -> Iterator[Hit]:
    """What looks random in a text, outside the spans that are `taken` already."""
    for start, end in limits.bounded(_tokens(data), limits.TOKENS):
        yield from judged(data, start, end, taken)


def is_key_like(token: bytes) -> bool:
    """Whether a token of a known form is really one and no words joined by chance."""
    parts = _PARTS.findall(token)
    longest = max(parts, key=len, default=b"")
    least = 3.9 if _DIGIT.search(token) else 4.7
    return surprise(longest) >= least

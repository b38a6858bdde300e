"""Encoded stretches of a text, and what they hold: base64, hex, numbers, compressed."""

# ruff: noqa: PLR2004 - limits measured on the corpus, each where it applies

import base64
import binascii
import bz2
import re
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from opspanel.sanitize.engine import Hit, PatternSet, as_bytes

MAX_INFLATED = 1 << 16
_MAX_BLOBS = 400
LEAST_TEXT = 5
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_B58 = {char: place for place, char in enumerate(_BASE58)}


class Blob(NamedTuple):
    hit: Hit
    text: str


# One way only to match the space between lines: a second makes it exponential.
_BREAK = r"[^\S\r\n]*(?:[\r\n]|\\[nr])(?:\s|\\[nr])*"
_WRAPPED = rf"(?:[A-Za-z0-9+/_-]{{16,}}{_BREAK})+[A-Za-z0-9+/_-]{{2,}}={{0,2}}"
_RUNS = re.compile(rf"{_WRAPPED}|[A-Za-z0-9+/_-]{{10,}}={{0,6}}")
_PAIRS = re.compile(
    r"(?:(?:0x|\\x|%|x)?[0-9a-fA-F]{2}(?:[\s:,;.-]{1,3}|\b|(?=\\x|0x))){6,}(?:[0-9a-fA-F]{2})?",
    re.ASCII,
)
_NUMBERS = re.compile(
    r"(?:(?:chr\(|0o|&#)?\d{2,3}\)?[\s,;+.&#-]{1,4}){4,}(?:chr\(|0o)?\d{2,3}",
    re.ASCII,
)
_BITS = re.compile(r"(?:[01]{7,8}[\s,]{0,2}){5,}")
_DUMP = re.compile(r"(?:^|\n)[0-9a-fA-F]{4,8}[: ] ?((?:[0-9a-fA-F]{2,4} {1,2}){2,16})")
_ASCII85 = re.compile(r"<~([!-uz\s]{5,4096})~>|(?<![!-~])([!-~]{15,4096})(?![!-~])")
_SIGNS = re.compile(r"[!\"#$%&'()*+,;<>?@\[\\\]^`{|}~]")
_PLAIN_TEXT = re.compile(r"[A-Za-z]{7}|[\"'={(]{2}|\d{5}|https?:")
_FIVE_SIGNS = r"(?:[!-~]*[!\"#$%&'()*+,;<>?@\[\\\]^`{|}~]){5}"
# Base64 of text changes case often; hex of text has digits 2 to 7 in every other place.
HINT = (
    r"(?:[A-Za-z0-9+/_-]*[a-z0-9+/_-][A-Z]){3}[A-Za-z0-9+/_=-]{4}|[A-Z2-7]{16}"
    r"|[A-Za-z0-9+/_-]{4}=(?:[^\w]|$)|(?:[2-7][0-9a-fA-F]){8}|1f8b08[0-9a-fA-F]{12}"
    r"|(?:(?:\\x|0x|x)?[2-7][0-9a-fA-F][\s:,;.-]{1,3}){6}|(?:(?:\\x|0x)[2-7][0-9a-fA-F]\s?){4}"
    r"|(?:\d{2,3}\)?[\s,;+.&#-]{1,4}(?:chr\(|0o|&#)?){6}|(?:[01]{7,8}[\s,]{0,2}){5}|<~"
    rf"|{_FIVE_SIGNS}|[a-z2-7]{{24}}"
    r"|(?:^|\n)[0-9a-fA-F]{4,8}[: ] ?[0-9a-fA-F]{2}"
)


def _readable(raw: bytes) -> str | None:
    """The text in some bytes, or None where they hold none."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} or raw[1:2] == b"\0" or raw[:1] == b"\0":
        encoding = "utf-16-be" if raw[:1] == b"\0" else "utf-16-le"
        if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            encoding = "utf-16"
    else:
        encoding = "utf-8"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    if text.isprintable():
        return text if len(text) >= LEAST_TEXT else None
    shown = sum(char.isprintable() or char in "\r\n\t" for char in text)
    return text if len(text) >= LEAST_TEXT and shown >= 0.95 * len(text) else None


def _inflated(raw: bytes) -> bytes | None:
    try:
        if raw[:3] == b"BZh":
            return bz2.BZ2Decompressor().decompress(raw, MAX_INFLATED)
        if raw[:2] == b"\x1f\x8b" or (raw[:1] == b"\x78" and len(raw) > 8):
            return zlib.decompressobj(47).decompress(raw, MAX_INFLATED)
    except (OSError, ValueError, zlib.error):
        return None
    return None


def text_of(raw: bytes) -> str | None:
    """The text that bytes hold, plain or compressed; None where there is none."""
    inflated = _inflated(raw)
    return _readable(raw if inflated is None else inflated)


def _base64(run: str) -> bytes:
    body = run.rstrip("=").replace("-", "+").replace("_", "/")
    if len(body) % 4 == 1:
        body = body[:-1]
    return base64.b64decode(body + "=" * (-len(body) % 4), validate=True)


def _base32(run: str) -> bytes:
    body = run.rstrip("=").upper()
    return base64.b32decode(body + "=" * (-len(body) % 8))


def _base58(run: str) -> bytes:
    number = 0
    for char in run:
        number = number * 58 + _B58[char]
    return number.to_bytes((number.bit_length() + 7) // 8)


def _attempt(decode: Callable[[str], bytes], run: str) -> str | None:
    try:
        return text_of(decode(run))
    except (ValueError, KeyError, binascii.Error, OverflowError):
        return None


_HEX_RUN = re.compile(r"(?:[0-9a-fA-F]{2}){6,}")
_BASE32_RUN = re.compile(r"[A-Z2-7]{10,4000}={0,6}|[a-z2-7]{16,4000}={0,6}")
_BASE58_RUN = re.compile(r"[1-9A-HJ-NP-Za-km-z]{11,120}")


def _decoders(run: str) -> Iterator[Callable[[str], bytes]]:
    if _HEX_RUN.fullmatch(run):
        yield bytes.fromhex
    if _BASE32_RUN.fullmatch(run):
        yield _base32
    if not (run.islower() or run.isupper()):
        yield _base64
        if _BASE58_RUN.fullmatch(run):
            yield _base58


def _runs(text: str) -> Iterator[Blob]:
    for match in _RUNS.finditer(text):
        run = re.sub(r"\\[nr]|[\s>\\]", "", match[0])
        for decode in _decoders(run):
            decoded = _attempt(decode, run)
            if decoded is not None:
                yield Blob(match.span(), decoded)
        yield from _tails(match)


def _tails(match: re.Match[str]) -> Iterator[Blob]:
    """Base64 that starts after other letters: `prefix_` or `/path/` before it."""
    run = match[0]
    for sign in ("/", "_", "-"):
        cut = run.find(sign)
        if 0 <= cut < len(run) - 12 and not run.islower():
            decoded = _attempt(_base64, run[cut + 1 :])
            if decoded is not None:
                yield Blob((match.start() + cut + 1, match.end()), decoded)


def _pairs(text: str) -> Iterator[Blob]:
    for match in _PAIRS.finditer(text):
        digits = re.sub(r"0x|\\x|x|[^0-9a-fA-F]", "", match[0])
        decoded = _attempt(bytes.fromhex, digits[: len(digits) // 2 * 2])
        if decoded is not None:
            yield Blob(match.span(), decoded)


def _codes(text: str) -> Iterator[Blob]:
    for match in _NUMBERS.finditer(text):
        numbers = re.findall(r"\d{2,3}", match[0])
        for base in (10, 8):
            try:
                codes = [int(number, base) for number in numbers]
            except ValueError:
                continue
            if all(9 <= code < 127 for code in codes):
                yield Blob(match.span(), "".join(map(chr, codes)))


def _bits(text: str) -> Iterator[Blob]:
    for match in _BITS.finditer(text):
        numbers = re.findall(r"[01]{8}|[01]{7}", match[0])
        yield Blob(match.span(), "".join(chr(int(number, 2)) for number in numbers))


def _dump(text: str) -> Iterator[Blob]:
    lines = list(_DUMP.finditer(text))
    if lines:
        digits = "".join(re.sub(r"\s", "", line[1]) for line in lines)
        decoded = _attempt(bytes.fromhex, digits[: len(digits) // 2 * 2])
        if decoded is not None:
            end = text.find("\n", lines[-1].end())
            stop = len(text) if end < 0 else end
            yield Blob((lines[0].start(), stop), decoded)


def _ascii85(text: str) -> Iterator[Blob]:
    for match in _ASCII85.finditer(text):
        run = match[1] or match[2]
        if not match[1] and (len(_SIGNS.findall(run)) < 5 or _PLAIN_TEXT.search(run)):
            continue
        for decode in (base64.a85decode, base64.b85decode):
            decoded = _attempt(decode, run)
            if decoded is not None and len(run) < MAX_INFLATED:
                yield Blob(match.span(), decoded)


def find(text: str) -> Iterator[Blob]:
    """Every encoded stretch that decodes to text, with that text."""
    for place, blob in enumerate(_all(text)):
        if place >= _MAX_BLOBS:
            # More than anyone sends honestly: what is left unread is not shown.
            yield Blob((blob.hit[0], len(text)), "password=unread")
            return
        yield blob


# Each kind, and what a text that holds one cannot be without: seen sooner than searched.
_KINDS: tuple[tuple[str, Callable[[str], Iterator[Blob]]], ...] = (
    (r"[A-Za-z0-9+/_-]{10}", _runs),
    (r"[0-9a-fA-F]{2}(?:\W|0x)", _pairs),
    (r"(?:\d{2,3}\)?[^\w)]{1,4}(?:chr\(|0o|&#)?){4}", _codes),
    (r"[01]{7}", _bits),
    (r"(?:^|\n)[0-9a-fA-F]{4}", _dump),
    (rf"<~|{_FIVE_SIGNS}", _ascii85),
)
_FIRST_LOOK = PatternSet([source for source, _ in _KINDS])


def _all(text: str) -> Iterator[Blob]:
    for hit in sorted(_FIRST_LOOK.hits(as_bytes(text))):
        yield from _KINDS[hit][1](text)

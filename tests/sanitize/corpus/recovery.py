"""Could someone get the secret back out of what was shown?"""

import base64
import binascii
import codecs
import gzip
import html
import json
import re
import unicodedata
import zlib
from urllib.parse import unquote

_DEPTH = 3


def as_text(value):
    return (
        value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, default=repr)
    )


def _plain(text):
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Mn", "Cc"})


def _escapes(text):
    text = re.sub(
        r"\\u\{?([0-9a-fA-F]{2,6})\}?", lambda m: chr(int(m[1], 16) % 0x110000), text
    )
    text = re.sub(r"(?:\\x|=)([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), text)
    text = re.sub(r"%u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    return re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8) % 256), text)


def _decoded(run):
    for decode in (
        lambda r: base64.b64decode(r + "=" * (-len(r) % 4), altchars=b"-_"),
        lambda r: base64.b64decode(r + "=" * (-len(r) % 4)),
        lambda r: base64.b32decode(r + "=" * (-len(r) % 8)),
        lambda r: bytes.fromhex(re.sub(r"[:\s]", "", r)),
    ):
        try:
            raw = decode(run)
        except (ValueError, binascii.Error):
            continue
        for inflate in (bytes, gzip.decompress, zlib.decompress):
            try:
                yield inflate(raw).decode("utf-8")
            except (ValueError, OSError, EOFError, zlib.error):
                continue


def readings(text, depth=_DEPTH):
    """Everything that the text says, by the decoders a curious person would try."""
    yield text
    if not depth:
        return
    made = {
        _plain(text), unquote(text), html.unescape(text), _escapes(text), text[::-1],
        codecs.encode(text, "rot13"), re.sub(r"\s+", "", text),
        re.sub(r"\\n|[\"'`*+]|</?\w+>", "", text), re.sub(r"[\"'+*\s]", "", text),
    }  # fmt: skip
    made.discard(text)
    for match in re.finditer(
        r"[A-Za-z0-9+/_-]{16,}={0,6}|(?:[0-9a-f]{2}[: ]){8,}[0-9a-f]{2}", text
    ):
        made.update(_decoded(match[0]))
    for one in made:
        yield from readings(one, depth - 1 if depth == _DEPTH else 0)


def leaks(shown, secret):
    """Whether the secret, whole, can be read in any reading of what was shown."""
    text = as_text(shown)
    wanted = secret.replace("\n", "")
    return any(secret in reading or wanted in reading for reading in readings(text))

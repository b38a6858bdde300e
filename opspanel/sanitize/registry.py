"""Secrets that this process holds, found in any text and in their usual encodings."""

import base64
import json
import threading
from urllib.parse import quote, quote_plus

from opspanel.sanitize.engine import Hit, Pattern, as_bytes

LEAST = 4
_ALIGNMENTS = 3


def _base64_cores(raw: bytes) -> set[str]:
    """What base64 shows of these bytes, wherever in a longer text they stand."""
    cores = set()
    for shift in range(_ALIGNMENTS):
        whole = base64.b64encode(b"\0" * shift + raw).decode()
        first, last = -(-8 * shift // 6), 8 * (shift + len(raw)) // 6
        core = whole[first:last]
        if len(core) >= 2 * LEAST:
            cores |= {core, core.replace("+", "-").replace("/", "_")}
    return cores


def _spellings(secret: str) -> set[str]:
    raw = secret.encode("utf-8", "replace")
    return {
        secret,
        secret[::-1],
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        raw.hex(),
        raw.hex().upper(),
        base64.b32encode(raw).decode().rstrip("="),
        "".join(f"%{byte:02X}" for byte in raw),
        "".join(f"%{byte:02x}" for byte in raw),
        *_base64_cores(raw),
    }


class Registry:
    """Grows only. `register` may be called at any time and from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spellings: set[str] = set()
        self._pattern: Pattern | None = None

    def register(self, secret: str) -> None:
        """Never show this text again. Shorter than four characters: refused."""
        if len(secret) < LEAST:
            message = f"a known secret has at least {LEAST} characters"
            raise ValueError(message)
        with self._lock:
            self._spellings |= _spellings(secret)
            longest_first = sorted(self._spellings, key=len, reverse=True)
            self._pattern = Pattern("|".join(map(_literal, longest_first)))

    def spans(self, data: bytes) -> list[Hit]:
        return list(self._pattern.spans(data)) if self._pattern else []


def _literal(text: str) -> str:
    return "".join(
        char if char.isalnum() and char.isascii() else f"\\x{{{byte:02x}}}"
        for char, byte in zip(text, as_bytes(text), strict=True)
    )


KNOWN = Registry()
register = KNOWN.register

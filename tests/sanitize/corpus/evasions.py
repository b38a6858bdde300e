"""Ways to hide a secret in text, each of which a reader or a program can undo."""

import base64
import bz2
import codecs
import gzip
import html
import zlib
from urllib.parse import quote


def _each(form):
    return lambda text: "".join(form.format(ord(char)) for char in text)


def _wide(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _wrapped(text, width=12):
    return "\n  ".join(text[i : i + width] for i in range(0, len(text), width))


EVASIONS = {
    "percent": lambda t: quote(t, safe="").replace("_", "%5F"),
    "percent-all": _each("%{:02X}"),
    "percent-twice": lambda t: quote(_each("%{:02X}")(t)),
    "percent-u": _each("%u{:04x}"),
    "html-decimal": _each("&#{};"),
    "html-hex": _each("&#x{:x};"),
    "html-twice": lambda t: html.escape(_each("&#{};")(t)),
    "unicode": _each("\\u{:04x}"),
    "hex-escape": _each("\\x{:02x}"),
    "octal": _each("\\{:03o}"),
    "brace": _each("\\u{{{:x}}}"),
    "zero-width": "\u200b".join,
    "soft-hyphen": "\u00ad".join,
    "full-width": _wide,
    "strike": lambda t: "".join(c + "\u0336" for c in t),
    "bidi": lambda t: f"\u202e{t}\u202c" + "".join(c + "\u2060" for c in t),
    "nul": "\0".join,
    "ansi": lambda t: f"{t[:6]}\x1b{t[6:]}",
    "base64": lambda t: base64.b64encode(t.encode()).decode(),
    "base64-url": lambda t: base64.urlsafe_b64encode(t.encode()).rstrip(b"=").decode(),
    "base64-twice": lambda t: base64.b64encode(base64.b64encode(t.encode())).decode(),
    "base32": lambda t: base64.b32encode(t.encode()).decode(),
    "hex": lambda t: t.encode().hex(),
    "hex-colon": lambda t: t.encode().hex(":"),
    "hex-space": lambda t: t.encode().hex(" "),
    "gzip": lambda t: base64.b64encode(gzip.compress(t.encode())).decode(),
    "zlib": lambda t: base64.b64encode(zlib.compress(t.encode())).decode(),
    "bz2": lambda t: base64.b64encode(bz2.compress(t.encode())).decode(),
    "rot13": lambda t: codecs.encode(t, "rot13"),
    "reversed": lambda t: t[::-1],
    "qp": _each("={:02X}"),
    "codes": lambda t: ", ".join(str(ord(c)) for c in t),
    "bits": lambda t: " ".join(f"{ord(c):08b}" for c in t),
    "ascii85": lambda t: base64.a85encode(t.encode(), adobe=True).decode(),
    "newlines": _wrapped,
    "literal-n": lambda t: t[: len(t) // 2] + "\\n" + t[len(t) // 2 :],
    "concat": lambda t: f'"{t[:9]}" + "{t[9:]}"',
    "spaces": lambda t: " ".join(t[i : i + 4] for i in range(0, len(t), 4)),
    "letters": " ".join,
    "bold": lambda t: f"{t[:9]}**{t[9:]}**",
    "tags": lambda t: f"{t[:9]}<b>{t[9:]}</b>",
    "utf16": lambda t: base64.b64encode(t.encode("utf-16")).decode(),
}

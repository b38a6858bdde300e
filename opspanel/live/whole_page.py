"""A whole page: what is personal is rendered for each, its live part once a second.

The live part is the same for everybody and is most of a page, to render and to compress.
It is kept for one snapshot and one second, so that no age is more than that too young,
and its compressed form is put into the page's as it is.
"""

import secrets
import struct
import threading
import time
import zlib
from dataclasses import dataclass
from typing import Self

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString

from opspanel.live.projection import Projection
from opspanel.live.ready import rendered

_RAW = -zlib.MAX_WBITS
# Its length is a secret of each answer: sizes tell nobody what is in the page.
_MOST_PADDING = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """Of a deflated stream, at any place of it."""

    html: bytes
    deflated: bytes

    @classmethod
    def of(cls, html: bytes, level: int = -1) -> Self:
        stream = zlib.compressobj(level, wbits=_RAW)
        return cls(html, stream.compress(html) + stream.flush(zlib.Z_FULL_FLUSH))


class WholePage:
    """`template` shows what it is given as `live`: the projection, rendered."""

    def __init__(self, projection: Projection, template: str) -> None:
        self.projection = projection
        self._template = template
        self._rendering = threading.Lock()
        # One pair, read and written whole.
        self._last: tuple[tuple[object, ...], Piece] | None = None

    def respond(self, request: HttpRequest, context: dict[str, object]) -> HttpResponse:
        """`context`: that of the projection."""
        live = self._live(context)
        shown = SafeString(live.html.decode())
        response = render(request, self._template, context | {"live": shown})
        patch_vary_headers(response, ["Accept-Encoding"])
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            response.content = _gzipped(response.content, live)
            response["Content-Encoding"] = "gzip"
        return response

    def _live(self, context: dict[str, object]) -> Piece:
        moment = int(time.time())
        wanted = (moment, *(context[name] for name in ("version", "snapshot", "panel")))
        return self._kept(wanted) or self._rendered(wanted, context)

    def _kept(self, wanted: tuple[object, ...]) -> Piece | None:
        last = self._last
        return last[1] if last is not None and last[0] == wanted else None

    def _rendered(
        self, wanted: tuple[object, ...], context: dict[str, object]
    ) -> Piece:
        # One at a time: eight threads that render the same take eight times as long, and
        # each second every reader of that moment would wait for all of them.
        with self._rendering:
            if found := self._kept(wanted):
                return found
            made = Piece.of(rendered(self.projection, context), level=9)
            self._last = (wanted, made)
            return made


def _gzipped(page: bytes, live: Piece) -> bytes:
    before, found, after = page.partition(live.html)
    padding = b"a" * secrets.randbelow(_MOST_PADDING)
    return b"".join(
        (
            b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + padding + b"\0",
            Piece.of(before).deflated,
            live.deflated if found else b"",
            zlib.compress(after, wbits=_RAW),
            struct.pack("<LL", zlib.crc32(page), len(page)),
        )
    )

"""A whole page: a frame, and in it the live part.

The live part is the same for everybody and is most of a page, to render and to compress.
It is kept for one snapshot and two seconds, so that no age is more than that too young
where there is no script (which reckons from `server_now`, each answer's own), and its
compressed form is put into the page's as it is. So is the frame of a page for
people, for each set of permissions: what is one reader's own is put into it for each.
"""

import secrets
import struct
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from opspanel.access.roles import permissions_of
from opspanel.database.clock import database_now
from opspanel.live.frame import LIVE, Frame, Own
from opspanel.live.projection import Projection
from opspanel.live.ready import rendered

_RAW = -zlib.MAX_WBITS
# Its length is a secret of each answer: sizes tell nobody what is in the page.
_MOST_PADDING = 100
_KEPT_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """Of a deflated stream, at any place of it."""

    html: bytes
    deflated: bytes

    @classmethod
    def of(cls, html: bytes, level: int = -1) -> Self:
        stream = zlib.compressobj(level, wbits=_RAW)
        return cls(html, stream.compress(html) + stream.flush(zlib.Z_FULL_FLUSH))


type Moment = tuple[object, ...]


class WholePage:
    """`template` shows what it is given as `live`: the projection, rendered."""

    def __init__(
        self,
        projection: Projection,
        template: str,
        clock: Callable[[], datetime] = database_now,
    ) -> None:
        self.projection = projection
        self._template = template
        self._clock = clock
        self._rendering = threading.Lock()
        # One pair, read and written whole.
        self._last: tuple[Moment, Piece] | None = None

    def respond(
        self,
        request: HttpRequest,
        context: dict[str, object],
        may: frozenset[str] | None = None,
    ) -> HttpResponse:
        """`context`: that of the projection. `may`: permissions that are known already."""
        moment = self._moment(context)
        live = self._kept(moment) or self._rendered(moment, context)
        frame = self.frame(request, context, moment, may)
        before, after = frame.before.encode(), frame.after.encode()
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            response = HttpResponse(_gzipped(before, live, after))
            response["Content-Encoding"] = "gzip"
        else:
            response = HttpResponse(before + live.html + after)
        patch_vary_headers(response, ["Accept-Encoding"])
        return response

    def frame(
        self,
        request: HttpRequest,
        context: dict[str, object],
        _moment: Moment,
        _may: frozenset[str] | None,
    ) -> Frame:
        return Frame.around(
            render_to_string(self._template, context | {"live": LIVE}, request)
        )

    def _moment(self, context: dict[str, object]) -> Moment:
        told = (context[name] for name in ("version", "snapshot", "panel"))
        return (int(self._clock().timestamp() / _KEPT_SECONDS), *told)

    def _kept(self, moment: Moment) -> Piece | None:
        last = self._last
        return last[1] if last is not None and last[0] == moment else None

    def _rendered(self, moment: Moment, context: dict[str, object]) -> Piece:
        # One at a time: eight threads that render the same take eight times as long, and
        # each time every reader of that moment would wait for all of them.
        with self._rendering:
            if found := self._kept(moment):
                return found
            made = Piece.of(rendered(self.projection, context), level=9)
            self._last = (moment, made)
            return made


class PageOfPeople(WholePage):
    """One for people who signed in, which is why much of its frame is alike."""

    _frames: tuple[Moment, dict[frozenset[str], Frame]] | None = None

    def frame(
        self,
        request: HttpRequest,
        context: dict[str, object],
        moment: Moment,
        may: frozenset[str] | None,
    ) -> Frame:
        kept = self._frames
        if kept is None or kept[0] != moment:
            kept = self._frames = (moment, {})
        frames, may = kept[1], permissions_of(request.user) if may is None else may
        if may not in frames:
            frames[may] = Frame.of(self._template, context, may)
        return frames[may].filled(Own.of(request, self._clock()))


def _gzipped(before: bytes, live: Piece, after: bytes) -> bytes:
    padding = b"a" * secrets.randbelow(_MOST_PADDING)
    page = before + live.html + after
    return b"".join(
        (
            b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + padding + b"\0",
            Piece.of(before).deflated,
            live.deflated,
            zlib.compress(after, wbits=_RAW),
            struct.pack("<LL", zlib.crc32(page), len(page)),
        )
    )

"""What stands around a live part: the same for all who may do the same, but for a few words.

Those words are one answer's own. A frame is rendered with marks in their place, and each
answer gets its own put in. Its template sees no request and no account, only a reader who
is nobody in particular: what is not in `Own` cannot get into a frame.
"""

import secrets
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Self
from uuid import uuid4

from django.contrib.auth.context_processors import PermWrapper
from django.http import HttpRequest
from django.middleware.csp import get_nonce
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import escape

# Nothing from outside can hold one: a process makes its own.
LIVE = secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Own:
    """Of one answer to one reader."""

    nonce: str
    csrf_token: str
    client_key: str
    reader: str
    username: str
    now: str

    @classmethod
    def of(cls, request: HttpRequest, now: datetime) -> Self:
        return cls(
            nonce=str(get_nonce(request)),
            csrf_token=get_token(request),
            client_key=str(uuid4()),
            reader=str(request.user.pk),
            username=request.user.get_username(),
            now=now.isoformat(timespec="milliseconds"),
        )


_MARKS = Own(*(secrets.token_hex(16) for _ in fields(Own)))


@dataclass(frozen=True, slots=True)
class _Anybody:
    """As templates know `request.user`."""

    permissions: frozenset[str]
    is_authenticated: bool = True
    pk: str = _MARKS.reader

    def get_username(self) -> str:
        return _MARKS.username

    def has_perm(self, permission: str) -> bool:
        return permission in self.permissions

    def has_module_perms(self, _app: str) -> bool:
        return bool(self.permissions)


@dataclass(frozen=True, slots=True)
class Frame:
    """HTML before and after the live part."""

    before: str
    after: str

    @classmethod
    def of(
        cls, template: str, context: dict[str, object], permissions: frozenset[str]
    ) -> Self:
        """`template` shows what it is given as `live`."""
        anybody = _Anybody(permissions)
        everybodys = {
            "request": {"user": anybody},
            "perms": PermWrapper(anybody),
            "csp_nonce": _MARKS.nonce,
            "csrf_token": _MARKS.csrf_token,
            "client_key": _MARKS.client_key,
            "server_now": _MARKS.now,
            "live": LIVE,
        }
        return cls.around(render_to_string(template, context | everybodys))

    @classmethod
    def around(cls, page: str) -> Self:
        """`page` was given LIVE for its live part."""
        before, _, after = page.partition(LIVE)
        return cls(before, after)

    def filled(self, own: Own) -> "Frame":
        before, after = self.before, self.after
        for mark, text in zip(astuple(_MARKS), astuple(own), strict=True):
            shown = escape(text)
            before, after = before.replace(mark, shown), after.replace(mark, shown)
        return Frame(before, after)

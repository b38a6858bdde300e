"""Who acts: a person behind a request, nobody yet, or the system itself."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self

from django.http import HttpRequest, HttpResponse

from opspanel.client_address import client_address
from opspanel.sanitize import sanitize

type GetResponse = Callable[[HttpRequest], HttpResponse]

_request: ContextVar[HttpRequest | None] = ContextVar("audited_request", default=None)
_LONGEST_SEARCHED = 1_000


@dataclass(frozen=True, slots=True)
class Actor:
    """As it was at the moment of the act: it stays true when the account is gone."""

    user_id: int | None
    label: str
    role: str
    ip: str | None = None
    user_agent: str = ""

    @classmethod
    def of(cls, user: Any, request: HttpRequest | None) -> Self:
        """`user`: an account, an AnonymousUser, or None for nobody yet."""
        known = user is not None and user.is_authenticated
        label = user.get_username() if known else "anonymous"
        return cls(
            user_id=user.pk if known else None,
            label=label,
            role=_role(user) if known else "anonymous",
            ip=_address(request) if request else None,
            user_agent=_user_agent(request) if request else "",
        )


# A command, a task, a migration: whoever may start those is known to their machine.
SYSTEM = Actor(user_id=None, label="system", role="system")


def remember_request(get_response: GetResponse) -> GetResponse:
    """Middleware, after the one that knows the user: acts below are that user's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = _request.set(request)
        try:
            return get_response(request)
        finally:
            _request.reset(token)

    return middleware


def current() -> Actor:
    request = _request.get()
    if request is None:
        return SYSTEM
    return Actor.of(getattr(request, "user", None), request)


def _role(user: Any) -> str:
    if user.is_superuser:
        return "superuser"
    names = user.groups.order_by("name").values_list("name", flat=True)
    return ", ".join(names) or "none"


def _address(request: HttpRequest) -> str | None:
    address = client_address(request)
    return str(address) if address else None


def _user_agent(request: HttpRequest) -> str:
    # Cut before it is searched, too: a header may be many kilobytes.
    return str(sanitize(request.headers.get("User-Agent", "")[:_LONGEST_SEARCHED]))

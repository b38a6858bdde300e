"""Who acts: a person behind a request, nobody yet, or the system itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

    @classmethod
    def of_the_provider(cls, request: HttpRequest) -> Self:
        """Who gives and takes roles at a sign-in by single sign-on."""
        return cls(
            user_id=None,
            label="identity provider",
            role="system",
            ip=_address(request),
            user_agent=_user_agent(request),
        )


# A command, a task, a migration: whoever may start those is known to their machine.
SYSTEM = Actor(user_id=None, label="system", role="system")
_instead: ContextVar[Actor | None] = ContextVar("acting", default=None)


def remember_request(get_response: GetResponse) -> GetResponse:
    """Middleware, after the one that knows the user: acts below are that user's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = _request.set(request)
        try:
            return get_response(request)
        finally:
            _request.reset(token)

    return middleware


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Acts within are this actor's, whoever sent the request."""
    token = _instead.set(actor)
    try:
        yield
    finally:
        _instead.reset(token)


def current() -> Actor:
    instead = _instead.get()
    if instead is not None:
        return instead
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

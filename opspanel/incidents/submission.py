"""Who records, by which way, and when: what every act is given."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from opspanel.audit import Actor
from opspanel.audit.actor import SYSTEM
from opspanel.models.incidents import LONGEST_NAME
from opspanel.sanitize.visible import one_line, shortened
from opspanel.terms import IncidentOrigin

VOID_RESOLVED = "ops.void_resolved_incidents"
_OF_THE_PAGE = frozenset({"csrfmiddlewaretoken", "client_key", "seen", "expected"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """`client_key` is made where the form is: with the same key an act happens once.

    `sent`: the SHA-256 of what people said with it, in hexadecimal; the key with another
    one is refused. Empty: not compared.
    `may_void_resolved`: whether they hold VOID_RESOLVED. `now` is the clock.
    """

    actor: Actor
    origin: IncidentOrigin
    client_key: UUID | None = None
    sent: str = ""
    may_void_resolved: bool = False
    now: datetime = field(default_factory=timezone.now)

    @classmethod
    def of(cls, request: HttpRequest, client_key: UUID | None = None) -> Self:
        """Of the person behind a page's request."""
        return cls.person(request.user, client_key, request)

    @classmethod
    def person(
        cls,
        user: Any,
        client_key: UUID | None = None,
        request: HttpRequest | None = None,
    ) -> Self:
        return cls(
            actor=Actor.of(user, request),
            origin=IncidentOrigin.UI,
            client_key=client_key,
            sent=_said(request.POST) if request else "",
            may_void_resolved=user.has_perm(VOID_RESOLVED),
        )

    @classmethod
    def script(
        cls,
        token_name: str,
        client_key: UUID | None = None,
        origin: IncidentOrigin = IncidentOrigin.API,
        sent: str = "",
    ) -> Self:
        """Of whoever holds the token of that name."""
        actor = Actor(user_id=None, label=f"token {token_name}", role="token")
        return cls(actor=actor, origin=origin, client_key=client_key, sent=sent)

    @classmethod
    def system(cls) -> Self:
        return cls(actor=SYSTEM, origin=IncidentOrigin.SYSTEM)

    @property
    def label(self) -> str:
        """The actor's name as events keep it."""
        return shortened(one_line(self.actor.label), LONGEST_NAME)


def _said(form: QueryDict) -> str:
    """Of a form, without what the page put into it."""
    said = {
        name: [value.replace("\r\n", "\n") for value in values]
        for name, values in form.lists()
        if name not in _OF_THE_PAGE and not name.startswith("initial-")
    }
    text = json.dumps(said, sort_keys=True)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()

"""Who records, by which way, and when: what every act is given."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from opspanel.audit import Actor
from opspanel.audit.actor import SYSTEM
from opspanel.models.incidents import LONGEST_NAME
from opspanel.sanitize.visible import one_line, shortened
from opspanel.terms import IncidentOrigin

VOID_RESOLVED = "ops.void_resolved_incidents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """`client_key` is made where the form is: with the same key an act happens once.

    `may_void_resolved`: whether they hold VOID_RESOLVED. `now` is the clock.
    """

    actor: Actor
    origin: IncidentOrigin
    client_key: UUID | None = None
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
            may_void_resolved=user.has_perm(VOID_RESOLVED),
        )

    @classmethod
    def script(
        cls,
        token_name: str,
        client_key: UUID | None = None,
        origin: IncidentOrigin = IncidentOrigin.API,
    ) -> Self:
        """Of whoever holds the token of that name."""
        actor = Actor(user_id=None, label=f"token {token_name}", role="token")
        return cls(actor=actor, origin=origin, client_key=client_key)

    @classmethod
    def system(cls) -> Self:
        return cls(actor=SYSTEM, origin=IncidentOrigin.SYSTEM)

    @property
    def label(self) -> str:
        """The actor's name as events keep it."""
        return shortened(one_line(self.actor.label), LONGEST_NAME)

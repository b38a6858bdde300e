"""Why a sign-in by the provider failed: one word for the trail, a sentence for people.

Nothing that a provider says goes into either: both lists are closed.
"""

import logging
from enum import StrEnum

from opspanel.audit import Result, Target, record_apart
from opspanel.models import User

log = logging.getLogger(__name__)


class Reason(StrEnum):
    UNREACHABLE = "provider_unreachable"
    ANSWER = "provider_answer"
    REFUSED = "provider_refused"
    CLIENT = "client_refused"
    STATE = "state_unknown"
    UNREADABLE = "token_unreadable"
    SIGNATURE = "token_signature"
    ISSUER = "token_issuer"
    AUDIENCE = "token_audience"
    NONCE = "token_nonce"
    TIME = "token_time"
    NO_ROLE = "no_role"
    INACTIVE = "account_inactive"
    OTHER_PERSON = "other_person"
    NOT_ANEW = "not_anew"
    BUSY = "busy"
    TOO_MANY = "too_many"


SENTENCES = {
    Reason.UNREACHABLE: "The identity provider does not answer.",
    Reason.ANSWER: "The identity provider's answer cannot be used.",
    Reason.REFUSED: "The identity provider did not sign you in.",
    Reason.CLIENT: "The identity provider does not know this panel by its credentials.",
    Reason.STATE: "This sign-in was used already, is too old or began elsewhere.",
    Reason.UNREADABLE: "The identity provider's proof cannot be read.",
    Reason.SIGNATURE: "The proof does not carry the identity provider's signature.",
    Reason.ISSUER: "The proof comes from another identity provider.",
    Reason.AUDIENCE: "The proof was made for another application.",
    Reason.NONCE: "The proof was made for another sign-in.",
    Reason.TIME: "The proof has expired, or the clocks differ.",
    Reason.NO_ROLE: "Your groups there give you no role here.",
    Reason.INACTIVE: "This account is switched off.",
    Reason.OTHER_PERSON: "The identity provider signed in somebody else.",
    Reason.NOT_ANEW: "The identity provider did not ask you anew.",
    Reason.BUSY: "Too many people sign in at this moment. Try again.",
    Reason.TOO_MANY: "Too many attempts. Wait 15 minutes.",
}
_STATUSES = {Reason.UNREACHABLE: 503, Reason.BUSY: 503, Reason.TOO_MANY: 429}


class SignOnRefusedError(Exception):
    """`user`: whose sign-in it was, if that is proved."""

    def __init__(self, reason: Reason, user: User | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.user = user

    @property
    def sentence(self) -> str:
        return SENTENCES[self.reason]

    @property
    def status(self) -> int:
        return _STATUSES.get(self.reason, 403)


def record_refusal(refused: SignOnRefusedError) -> None:
    """In the trail and the log. Who is over the limit fills neither."""
    if refused.reason is Reason.TOO_MANY:
        return
    log.warning("single sign-on refused: %s", refused.reason.value)
    record_apart(
        "auth.sign_in",
        Target("account", str(refused.user.pk) if refused.user else ""),
        result=Result.FAILURE,
        metadata={"error_code": refused.reason.value},
    )

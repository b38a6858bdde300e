"""Every code with which an answer, an audit row or a span may fail, and what it means.

docs/errors.md tells what to do; a test holds the two together.
"""

from collections.abc import Mapping
from http import HTTPStatus

INTERNAL = "internal_error"

CATALOGUE: Mapping[str, str] = {
    INTERNAL: "The panel failed; the log has the error.",
    "bad_request": "The request is not valid.",
    "malformed": "The body cannot be read.",
    "invalid": "A field of the body or the form is not valid.",
    "too_large": "The body is longer than may be.",
    "unsupported": "The method, the format or the address is not supported here.",
    "token_missing": "Nobody is signed in, and no token was sent.",
    "token_invalid": "The token is unknown, revoked, expired or of another scope.",
    "insufficient_permissions": "The account may not do this.",
    "second_factor_required": "The account needs a second factor first.",
    "fresh_sign_in_required": "The act needs a proof of who it is, not older than 15 minutes.",
    "csrf_failed": "The form has expired, or was sent by another site.",
    "foreign_origin": "The request was sent by another site's page.",
    "not_found": "There is nothing at this address.",
    "too_many": "Too many attempts.",
    "busy": "A lock or a place could not be had in time; nothing was stored.",
    "service_unavailable": "The database, or the first snapshot, is not there.",
    "upstream_failed": "A system that was asked did not answer as it should.",
    # Incidents
    "incident_error": "The incident cannot be changed so.",
    "unknown_incident": "There is no such incident.",
    "key_reused": "An idempotency key came again with other words.",
    "conflict": "Somebody changed the incident meanwhile.",
    "transition_refused": "The incident's status does not allow the act.",
    "moved_on": "The incident has moved on since the page was loaded.",
    "too_old": "It is too late to take this back.",
    "unfinished": "Something must be done before the incident can be resolved.",
    "duplicate_open": "An open incident is about the same already.",
    # Signing in
    "refused": "Name and password, or the code, do not fit.",
    "unknown_account": "There is no such account.",
    "wrong_code": "The code of a second factor does not fit.",
    "used_code": "The code of a second factor was used before.",
    "provider_unreachable": "The identity provider does not answer.",
    "provider_answer": "The identity provider's answer cannot be used.",
    "provider_refused": "The identity provider signed nobody in.",
    "client_refused": "The identity provider does not know the panel's credentials.",
    "state_unknown": "The sign-in was used, is too old or began elsewhere.",
    "token_unreadable": "The provider's proof cannot be read.",
    "token_signature": "The provider's proof is not signed by it.",
    "token_issuer": "The proof comes from another provider.",
    "token_audience": "The proof was made for another application.",
    "token_nonce": "The proof was made for another sign-in.",
    "token_time": "The proof has expired, or clocks differ.",
    "no_role": "The provider's groups give no role here.",
    "account_inactive": "The account is switched off.",
    "other_person": "The provider signed in somebody else than was asked.",
    "not_anew": "The provider did not ask the person anew.",
}
# Of an answer that does not say more.
OF_STATUS: Mapping[int, str] = {
    401: "token_missing",
    403: "insufficient_permissions",
    404: "not_found",
    409: "conflict",
    413: "too_large",
    422: "invalid",
    429: "too_many",
    503: "service_unavailable",
}


def of_status(status: int) -> str:
    """Of an HTTP answer of 400 or more."""
    ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return OF_STATUS.get(status, INTERNAL if ours else "bad_request")


def known(code: str) -> str:
    return code if code in CATALOGUE else INTERNAL

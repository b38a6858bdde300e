"""The proof of identity: believed only when all of it fits. Asks nobody."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from opspanel.access.oidc.refusal import Reason, SignOnRefusedError

# Never what the token's own header would like: no `none`, no secret shared by many.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
    | {"ES256", "ES384", "ES512", "EdDSA"}
)
LEEWAY_SECONDS = 30
LONGEST_SUBJECT = 191  # as the column of django-allauth has it
_NEEDED = ["iss", "sub", "aud", "exp", "iat"]
_OPTIONS: Any = {"require": _NEEDED, "enforce_minimum_key_length": True}
# The first class that fits counts.
_MEANING = {
    jwt.InvalidIssuerError: Reason.ISSUER,
    jwt.InvalidAudienceError: Reason.AUDIENCE,
    jwt.ExpiredSignatureError: Reason.TIME,
    jwt.ImmatureSignatureError: Reason.TIME,
    jwt.InvalidSignatureError: Reason.SIGNATURE,
    jwt.InvalidAlgorithmError: Reason.SIGNATURE,
    jwt.InvalidKeyError: Reason.SIGNATURE,
    jwt.PyJWKError: Reason.SIGNATURE,
}
# What reading numbers and keys that are none may end in.
_NONSENSE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Expected:
    """What this very sign-in asked for."""

    issuer: str
    client_id: str
    nonce: str


def verified(token: Any, keys: Mapping[str, Any], expected: Expected) -> dict[str, Any]:
    """The token's claims. Raises SignOnRefusedError."""
    try:
        claims = _decoded(token, keys, expected)
    except (jwt.PyJWTError, *_NONSENSE) as error:
        raise SignOnRefusedError(_meaning(error)) from None
    # For us alone: a proof that others may hold, too, they could bring to us.
    if claims["aud"] not in (expected.client_id, [expected.client_id]):
        raise SignOnRefusedError(Reason.AUDIENCE)
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise SignOnRefusedError(Reason.AUDIENCE)
    if not _same(claims.get("nonce"), expected.nonce):
        raise SignOnRefusedError(Reason.NONCE)
    if not _is_subject(claims["sub"]):
        raise SignOnRefusedError(Reason.UNREADABLE)
    return claims


def _meaning(error: object) -> Reason:
    fitting = (why for kind, why in _MEANING.items() if isinstance(error, kind))
    return next(fitting, Reason.UNREADABLE)


def _decoded(token: Any, keys: Mapping[str, Any], expected: Expected) -> dict[str, Any]:
    if not isinstance(token, str):
        raise jwt.DecodeError
    header = jwt.get_unverified_header(token)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise jwt.InvalidAlgorithmError
    return jwt.decode(
        token,
        key=_key(header, algorithm, keys),
        algorithms=[algorithm],
        audience=expected.client_id,
        issuer=expected.issuer,
        leeway=LEEWAY_SECONDS,
        options=_OPTIONS,
    )


def _key(
    header: Mapping[str, Any], algorithm: str, keys: Mapping[str, Any]
) -> jwt.PyJWK:
    """The one published key that the header means. Raises InvalidKeyError."""
    published = keys.get("keys")
    fitting = [
        key
        for key in (published if isinstance(published, list) else [])
        if isinstance(key, dict)
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and ("kid" not in header or key.get("kid") == header["kid"])
    ]
    if len(fitting) != 1:
        raise jwt.InvalidKeyError
    return jwt.PyJWK.from_dict(fitting[0], algorithm)


def _same(found: Any, wanted: str) -> bool:
    plain = isinstance(found, str) and found.isascii()
    return plain and hmac.compare_digest(found, wanted)


def _is_subject(subject: str) -> bool:
    plain = subject.isascii() and subject.isprintable()
    return plain and 0 < len(subject) <= LONGEST_SUBJECT

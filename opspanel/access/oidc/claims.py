"""What the panel takes from a verified proof: who, in which groups, how sure, when."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """`name`: as the provider calls the person, for show only; may be empty.

    `proved_at`: seconds since 1970, 0 if the provider does not say.
    """

    issuer: str
    subject: str
    name: str
    roles: frozenset[str]
    second_factor: bool
    proved_at: float


def read(claims: Mapping[str, Any]) -> Claims:
    """Of verified claims. What is missing or of another type gives nothing."""
    name = claims.get("preferred_username")
    return Claims(
        issuer=claims["iss"],
        subject=claims["sub"],
        name=name if isinstance(name, str) else "",
        roles=_roles(claims),
        second_factor=_has_second_factor(claims),
        proved_at=_proved_at(claims.get("auth_time")),
    )


def _roles(claims: Mapping[str, Any]) -> frozenset[str]:
    """Only by the mapping: a group that happens to be called `admin` gives nothing."""
    mapping = settings.OPSPANEL_OIDC_ROLES
    groups = _texts(claims.get(settings.OPSPANEL_OIDC_GROUPS_CLAIM))
    return frozenset(mapping[group] for group in groups if group in mapping)


def _has_second_factor(claims: Mapping[str, Any]) -> bool:
    by_context = _texts(claims.get("acr")) & set(settings.OPSPANEL_OIDC_MFA_ACR)
    by_method = _texts(claims.get("amr")) & set(settings.OPSPANEL_OIDC_MFA_AMR)
    return bool(by_context or by_method)


def _texts(value: Any) -> set[str]:
    values = value if isinstance(value, list) else [value]
    return {each for each in values if isinstance(each, str)}


def _proved_at(auth_time: Any) -> float:
    if isinstance(auth_time, bool) or not isinstance(auth_time, int | float):
        return 0
    # Their clock may be ahead; a proof of the future would stay fresh for longer.
    # What is not even a number is not at least 0 either.
    return min(auth_time, time.time()) if auth_time >= 0 else 0

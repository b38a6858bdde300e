"""Tokens for scripts: made once, shown once, kept as a digest."""

import hashlib
import secrets
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from opspanel.audit import Target, audited, record
from opspanel.models import AccessToken

READ_OVERVIEW = "overview.read"
DELIVER_ALERTS = "alerts.deliver"
RECORD_INCIDENTS = "incidents.record"
READ_INCIDENTS = "incidents.read"
RECORD_DEPLOYS = "deploys.record"
SCOPES = (
    READ_OVERVIEW,
    DELIVER_ALERTS,
    RECORD_INCIDENTS,
    READ_INCIDENTS,
    RECORD_DEPLOYS,
)


def issue(name: str, scope: str, lifetime: timedelta) -> str:
    """Make a token and return its only copy."""
    token = secrets.token_urlsafe(32)
    with audited():
        made = AccessToken.objects.create(
            name=name,
            digest=_digest(token),
            scope=scope,
            expires_at=timezone.now() + lifetime,
        )
        target = Target("access_token", str(made.pk))
        record("access.token_made", target, metadata={"request_scope": scope})
    return token


def revoke(name: str) -> bool:
    with audited():
        live = AccessToken.objects.select_for_update().filter(revoked_at=None)
        token = live.filter(name=name).first()
        if token is None:
            return False
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record("access.token_revoked", Target("access_token", str(token.pk)))
    return True


def bearer_has_scope(request: HttpRequest, scope: str) -> bool:
    return bearer(request, scope) is not None


def bearer(request: HttpRequest, scope: str) -> AccessToken | None:
    """The live token of that scope which the request carries, None without one."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return None
    return AccessToken.objects.filter(
        digest=_digest(token.strip()),
        scope=scope,
        revoked_at=None,
        expires_at__gt=timezone.now(),
    ).first()


def _digest(token: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(token.encode()).hexdigest()

"""How sure the panel is of a person: a second factor, and how long ago.

Who may do more than look needs a second factor in this very session: used at sign-in,
enrolled since, or asserted by the identity provider. Dangerous acts need a proof that is
no older than fifteen minutes.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from opspanel.access.sessions import SIGNED_IN_AT, Marks, end_others
from opspanel.models import Permissions

FRESH = timedelta(minutes=15).total_seconds()
SECOND_FACTOR = "second_factor"
# Of a session that an identity provider vouches for: when the person proved it there.
PROVED_AT = "proved_at"

_PERMISSIONS = Permissions._meta.permissions  # noqa: SLF001 - Django documents _meta
_STRONG = [f"ops.{name}" for name, _ in _PERMISSIONS if name != "view_overview"]


def connect() -> None:
    # allauth's models exist only where its apps are installed.
    from allauth.account.signals import (  # noqa: PLC0415
        authentication_step_completed,
        user_logged_in,
    )
    from allauth.mfa.signals import (  # noqa: PLC0415
        authenticator_added,
        authenticator_removed,
    )

    authentication_step_completed.connect(_step_completed, dispatch_uid="strength")
    user_logged_in.connect(_vouched_for, dispatch_uid="strength")
    authenticator_added.connect(_enrolled, dispatch_uid="strength")
    authenticator_removed.connect(_removed, dispatch_uid="strength")


def lacks_second_factor(marks: Marks, holds: Callable[[str], bool]) -> bool:
    """`holds` tells whether the person of this session has a permission."""
    if not settings.OPSPANEL_MFA_REQUIRED or marks.get(SECOND_FACTOR, False):
        return False
    return any(map(holds, _STRONG))


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person proved who they are within the last fifteen minutes."""
    session = request.session
    proofs = [session.get(PROVED_AT, session.get(SIGNED_IN_AT, 0))]
    proofs += [
        record["at"]
        for record in get_authentication_records(request, request.user)
        if record.get("reauthenticated") or record["method"] == "mfa"
    ]
    return bool(time.time() - max(proofs) < FRESH)


def vouch(request: HttpRequest, *, at: float, second_factor: bool) -> None:
    """The identity provider says so. `at`: seconds since 1970, 0 if it does not say."""
    request.session[PROVED_AT] = at
    if second_factor:
        request.session[SECOND_FACTOR] = True


def _vouched_for(request: HttpRequest, sociallogin: Any = None, **_: Any) -> None:
    if sociallogin is not None:
        vouch(request, **sociallogin.state["proof"])


def _step_completed(request: HttpRequest, method: str, **_: Any) -> None:
    if method == "mfa":
        request.session[SECOND_FACTOR] = True


def _enrolled(request: HttpRequest, user: Any, authenticator: Any, **_: Any) -> None:
    request.session[SECOND_FACTOR] = True
    factors = user.authenticator_set.exclude(type="recovery_codes")
    if authenticator.type != "recovery_codes" and factors.count() == 1:
        # Whoever got in by the password alone, before it needed company, is out.
        end_others(request, user)


def _removed(request: HttpRequest, user: Any, **_: Any) -> None:
    if not user.authenticator_set.exists():
        request.session.pop(SECOND_FACTOR, None)

"""The panel's account of a person at the provider: found by (iss, sub), nothing else.

Its roles are those that the provider's groups give at each sign-in, and no others.
"""

import hashlib
import re
from collections.abc import Collection

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from opspanel.access.oidc.claims import Claims
from opspanel.access.oidc.refusal import Reason, SignOnRefusedError
from opspanel.audit import Target, record
from opspanel.models import User
from opspanel.sanitize import sanitize

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,59}")


def account(claims: Claims) -> User:
    """With its roles brought up to date; made if it is the person's first time.

    Raises SignOnRefusedError if it is switched off, or left without any role.
    """
    user = find(claims)
    if user and not user.is_active:
        raise SignOnRefusedError(Reason.INACTIVE, user)
    if user:
        give_roles(user, claims.roles)
    if not claims.roles:
        raise SignOnRefusedError(Reason.NO_ROLE, user)
    return user or _made(claims)


def find(claims: Claims) -> User | None:
    known = SocialAccount.objects.filter(provider=claims.issuer, uid=claims.subject)
    found = known.select_related("user").first()
    user: User | None = found.user if found else None
    return user


def give_roles(user: User, roles: Collection[str]) -> None:
    """Exactly these; each one that comes or goes is a row in the trail."""
    with transaction.atomic():
        user.groups.set(Group.objects.filter(name__in=roles))


def _made(claims: Claims) -> User:
    try:
        return _make(claims)
    except IntegrityError:
        # Twice at once, in two windows; the other one has made it.
        raise SignOnRefusedError(Reason.BUSY) from None


@transaction.atomic
def _make(claims: Claims) -> User:
    user = User(username=_free_name(claims))
    user.set_unusable_password()
    user.save()
    SocialAccount.objects.create(user=user, provider=claims.issuer, uid=claims.subject)
    give_roles(user, claims.roles)
    name = {"new_value": user.username}
    record("account.create", Target("account", str(user.pk)), metadata=name)
    return user


def _free_name(claims: Claims) -> str:
    """Theirs if it is plain and free; else marked, so that it is nobody else's."""
    identity = f"{claims.issuer}\n{claims.subject}".encode()
    mark = hashlib.sha256(identity).hexdigest()[:8]
    wanted = claims.name.partition("@")[0]
    if not _NAME.fullmatch(wanted) or sanitize(wanted) != wanted:
        return f"person-{mark}"
    taken = User.objects.filter(username__iexact=wanted).exists()
    return f"{wanted}-{mark}" if taken else wanted

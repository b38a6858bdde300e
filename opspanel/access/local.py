"""Which accounts the panel's own passwords and passkeys open."""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from opspanel.models import User


def may_sign_in_here(user: User) -> bool:
    """Without the identity provider: an account of its own, while that is open to all,
    or the break-glass account.

    Whom the provider no longer knows must not come in by a passkey kept from before.
    """
    if belongs_to_provider(user):
        return False
    is_break_glass = user.get_username() == settings.OPSPANEL_BREAK_GLASS_ACCOUNT
    return settings.OPSPANEL_LOCAL_SIGN_IN or is_break_glass


def belongs_to_provider(user: User | AnonymousUser | Any) -> bool:
    return bool(SocialAccount.objects.filter(user=user.pk).exists())

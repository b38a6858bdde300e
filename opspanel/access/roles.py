"""Permissions come from roles, which are groups, and from nothing else."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, Permission
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from opspanel.models import User

_KEPT = "permissions_of_roles"


class RoleBackend(ModelBackend):
    """Asks once a request, in one statement: every poll of every reader pays for it.

    It signs nobody in; that is for the other backends.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> None:
        return None

    def has_perm(
        self, user_obj: User | AnonymousUser, perm: str, obj: Any = None
    ) -> bool:
        if perm in self.get_all_permissions(user_obj, obj):
            return True
        # The last word: no other backend is asked.
        raise PermissionDenied

    def get_all_permissions(
        self, user_obj: User | AnonymousUser, obj: Any = None
    ) -> set[str]:
        if not isinstance(user_obj, User) or not user_obj.is_active or obj is not None:
            return set()
        kept = vars(user_obj)  # a request has a user object of its own
        if _KEPT not in kept:
            kept[_KEPT] = _permissions(user_obj)
        return set(kept[_KEPT])


def _permissions(user: User) -> set[str]:
    known = Permission.objects.all()
    granted = known if user.is_superuser else known.filter(group__user=user)
    pairs = granted.order_by().values_list("content_type__app_label", "codename")
    return {f"{app}.{name}" for app, name in pairs}

"""Permissions come from roles, which are groups, and from nothing else."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest

from opspanel.models import User

_KEPT = "permissions_of_roles"

# From `account (id, is_superuser)`, each once: `held (id, names)`, a name being
# `app.codename`, with spaces between.
HELD = """
named (permission_id, name) AS (
    SELECT permission.id, kind.app_label || '.' || permission.codename
    FROM auth_permission permission
    JOIN django_content_type kind ON kind.id = permission.content_type_id
),
role (id, names) AS (
    SELECT group_id, string_agg(name, ' ')
    FROM auth_group_permissions JOIN named USING (permission_id)
    GROUP BY group_id
),
held (id, names) AS (
    SELECT account.id, CASE
        WHEN account.is_superuser THEN (SELECT string_agg(name, ' ') FROM named)
        ELSE coalesce(string_agg(role.names, ' '), '')
    END
    FROM account
    LEFT JOIN ops_user_groups member ON member.user_id = account.id
    LEFT JOIN role ON role.id = member.group_id
    GROUP BY account.id, account.is_superuser
)
"""
_OF_ONE = f"""
WITH account AS (SELECT id, is_superuser FROM ops_user WHERE id = %s), {HELD}
SELECT names FROM held
"""  # noqa: S608 - nothing from outside is put into it


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
    with connection.cursor() as cursor:
        cursor.execute(_OF_ONE, [user.pk])
        found = cursor.fetchone()
    return set(found[0].split()) if found else set()

"""Permissions come from roles, which are groups, and from nothing else."""

from collections.abc import Sequence
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
_FIELDS = [field.attname for field in User._meta.concrete_fields]  # noqa: SLF001 - Django documents _meta
# The columns of one `account` from which `account_of` makes a person. The same as HELD, in
# half the time: every page pays for it.
ACCOUNT = f"""
{", ".join(f"account.{field}" for field in _FIELDS)}, coalesce((
    SELECT string_agg(kind.app_label || '.' || permission.codename, ' ')
    FROM auth_permission permission
    JOIN django_content_type kind ON kind.id = permission.content_type_id
    WHERE account.is_superuser OR permission.id IN (
        SELECT permission_id FROM ops_user_groups member
        JOIN auth_group_permissions USING (group_id)
        WHERE member.user_id = account.id
    )
), '')
"""  # noqa: S608 - nothing from outside is put into it
_OF_ONE = f"SELECT {ACCOUNT} FROM ops_user account WHERE account.id = %s"  # noqa: S608


def account_of(row: Sequence[Any]) -> User:
    """The person together with what they may do, of what ACCOUNT selects."""
    *columns, names = row
    user = User.from_db(connection.alias, _FIELDS, columns)
    setattr(user, _KEPT, frozenset(names.split()))
    return user


class Accounts(ModelBackend):
    """The person of a session together with what they may do, in one statement."""

    def get_user(self, user_id: int) -> User | None:
        with connection.cursor() as cursor:
            cursor.execute(_OF_ONE, [user_id])
            found = cursor.fetchone()
        if found is None:
            return None
        user = account_of(found)
        return user if self.user_can_authenticate(user) else None


class RoleBackend(Accounts):
    """It signs nobody in; that is for the other backends."""

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
        return set(self._held(user_obj))

    def _held(self, user: User) -> frozenset[str]:
        # A request has a user object of its own, often wrapped by another.
        if not hasattr(user, _KEPT):
            setattr(user, _KEPT, getattr(self.get_user(user.pk), _KEPT, frozenset()))
        held: frozenset[str] = getattr(user, _KEPT)
        return held


def permissions_of(user: User | AnonymousUser) -> frozenset[str]:
    return frozenset(RoleBackend().get_all_permissions(user))

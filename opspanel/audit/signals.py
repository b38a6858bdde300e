"""Acts that Django itself announces: signing in and out, and changes of roles."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model, signals
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.db.models.signals import m2m_changed, pre_delete
from django.http import HttpRequest

from opspanel.audit.actor import Actor
from opspanel.audit.event import Result, Target
from opspanel.audit.record import record, record_apart
from opspanel.audit.store import audited

_GRANTS = {"post_add": "grant", "post_remove": "revoke", "pre_clear": "revoke"}


def connect() -> None:
    user = get_user_model()
    signals.user_logged_in.connect(signed_in, dispatch_uid="audit")
    signals.user_logged_out.connect(signed_out, dispatch_uid="audit")
    signals.user_login_failed.connect(sign_in_failed, dispatch_uid="audit")
    for relation in _relations():
        m2m_changed.connect(
            grants_changed, sender=relation.through, dispatch_uid="audit"
        )
    pre_delete.connect(account_deleted, sender=user, dispatch_uid="audit")
    pre_delete.connect(role_deleted, sender=Group, dispatch_uid="audit")


def _relations() -> tuple[Any, ...]:
    user: Any = get_user_model()
    return user.groups, user.user_permissions, Group.permissions


def signed_in(request: HttpRequest, user: Any, **_: Any) -> None:
    with audited():
        record("auth.sign_in", _account(user), actor=Actor.of(user, request))


def signed_out(request: HttpRequest, user: Any, **_: Any) -> None:
    if user is not None:
        with audited():
            record("auth.sign_out", _account(user), actor=Actor.of(user, request))


def sign_in_failed(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any
) -> None:
    """Names an account only if there is one: people type passwords into that field."""
    model: Any = get_user_model()
    name = str(credentials.get(model.USERNAME_FIELD) or "")
    user = model.objects.filter(**{model.USERNAME_FIELD: name}).first()
    record_apart(
        "auth.sign_in",
        _account(user) if user else Target("account"),
        result=Result.FAILURE,
        actor=Actor.of(None, request),
        metadata={"error_code": "refused" if user else "unknown_account"},
    )


def account_deleted(instance: Any, **_: Any) -> None:
    name = {"old_value": instance.get_username()}
    record("account.delete", _account(instance), metadata=name)


def role_deleted(instance: Group, **_: Any) -> None:
    record("role.delete", _holder(instance))


def grants_changed(
    sender: type[Model],
    instance: Model,
    action: str,
    pk_set: Iterable[int] | None,
    **where: Any,
) -> None:
    """One row for each role or permission that somebody got or lost."""
    if action not in _GRANTS:
        return
    if pk_set is None:
        others = _held(sender, instance, reverse=where["reverse"])
    else:
        others = where["model"].objects.filter(pk__in=pk_set)
    for other in others:
        holder, given = (other, instance) if where["reverse"] else (instance, other)
        _record_grant(_GRANTS[action], holder, given)


def _held(through: type[Model], instance: Model, *, reverse: bool) -> Iterable[Model]:
    """What a clear() is about to take: it announces no keys."""
    relation = next(one for one in _relations() if one.through is through)
    there = relation.rel.get_accessor_name() if reverse else relation.field.name
    return list(getattr(instance, there).all())


def _record_grant(verb: str, holder: Model, given: Model) -> None:
    kind = "role" if isinstance(given, Group) else "permission"
    key = "new_value" if verb == "grant" else "old_value"
    record(f"{kind}.{verb}", _holder(holder), metadata={key: _name(given)})


def _name(given: Model) -> str:
    if isinstance(given, Permission):
        return f"{given.content_type.app_label}.{given.codename}"
    return str(given)


def _holder(holder: Any) -> Target:
    return (
        Target("role", holder.name) if isinstance(holder, Group) else _account(holder)
    )


def _account(user: Any) -> Target:
    return Target("account", str(user.pk))

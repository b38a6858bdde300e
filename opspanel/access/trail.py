"""What becomes of an account's second factors, and proofs anew, in the audit trail.

On the models, so that no way to change them is left out.
"""

from typing import Any

from django.db.models.signals import post_save, pre_delete
from django.http import HttpRequest

from opspanel.audit import Target, audited, record


def connect() -> None:
    # allauth's models exist only where its apps are installed.
    from allauth.account.signals import (  # noqa: PLC0415
        authentication_step_completed,
    )
    from allauth.mfa.models import Authenticator  # noqa: PLC0415

    post_save.connect(_saved, sender=Authenticator, dispatch_uid="trail")
    pre_delete.connect(_removed, sender=Authenticator, dispatch_uid="trail")
    authentication_step_completed.connect(_proved, dispatch_uid="trail")


def _saved(instance: Any, *, created: bool, **_: Any) -> None:
    if created:
        _write("factor.add", instance.user_id, new_value=instance.type)


def _removed(instance: Any, **_: Any) -> None:
    _write("factor.remove", instance.user_id, old_value=instance.type)


def _proved(request: HttpRequest, user: Any, method: str, **more: Any) -> None:
    if more.get("reauthenticated"):
        _write("auth.prove", user.pk, reason=method)


def _write(action: str, account: int, **metadata: str) -> None:
    with audited():
        record(action, Target("account", str(account)), metadata=metadata)

"""How often who may do what was changed: counted here, read in the trail itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count

from opspanel.audit import Result
from opspanel.models import AuditEvent

ACTIONS: Final = (
    "role.grant",
    "role.revoke",
    "role.delete",
    "permission.grant",
    "permission.revoke",
    "account.create",
    "account.delete",
    "access.token_made",
    "access.token_revoked",
    "screen.approve",
    "screen.revoke",
)


@dataclass(frozen=True, slots=True)
class AccessChanges:
    """`action` is one of ACTIONS."""

    action: str
    number: int


def access_changes(since: datetime) -> list[AccessChanges]:
    """In the order of ACTIONS, without those that did not happen."""
    rows = AuditEvent.objects.filter(
        created_at__gt=since, action__in=ACTIONS, result=Result.SUCCESS
    )
    counted = dict(rows.values_list("action").annotate(Count("seq")).order_by())
    return [AccessChanges(each, counted[each]) for each in ACTIONS if each in counted]

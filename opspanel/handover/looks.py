"""Until when each person has looked."""

from datetime import datetime, timedelta
from typing import Any, Final

from opspanel.audit import Actor, Target, audited, record
from opspanel.models import Look

# Who never said so is shown as much.
FIRST: Final = timedelta(hours=24)
# What is written while a digest is read may be committed this much later: so a look ends
# that much before it. Something may be told twice, and nothing is left out.
SETTLES_WITHIN: Final = timedelta(seconds=5)


def last(user: Any) -> datetime | None:
    """None for who never said that they had looked."""
    return Look.objects.filter(person=user).values_list("looked_at", flat=True).first()


def mark(user: Any, until: datetime, by: Actor) -> bool:
    """They have seen all that was so at `until`. False where they had said so already:
    a look never moves back, whichever of two tabs is sent later. Raises AuditBusyError:
    then nothing was moved."""
    with audited():
        look, made = Look.objects.select_for_update().get_or_create(
            person=user, defaults={"looked_at": until}
        )
        if not made and look.looked_at >= until:
            return False
        before = None if made else look.looked_at.isoformat()
        look.looked_at = until
        look.save(update_fields=["looked_at"])
        told = {"old_value": before, "new_value": until.isoformat()}
        record("incident.look", Target("incident"), actor=by, metadata=told)
    return True

"""What was done in the panel shortly before an incident began: its own audit trail.

To know how many there were is for all who see the incident. To read them is reading the
trail, which is itself written down: for those who may, and by whoever shows them.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from opspanel.audit.record import DENY
from opspanel.models import AuditEvent

SPAN: Final = timedelta(minutes=60)
MOST: Final = 100
# Looking, signing in and out, and recording incidents change nothing.
_SIGNING_IN = ("auth.sign_in", "auth.sign_out", "auth.prove")
_HARMLESS = ("audit.view", "audit.export", *_SIGNING_IN, DENY)
_RECORDING = "incident."


def begin(started_at: datetime) -> datetime:
    return started_at - SPAN


def number(started_at: datetime) -> int:
    return _rows(started_at).count()


def listed(started_at: datetime) -> list[AuditEvent]:
    """Newest first, at most MOST."""
    return list(_rows(started_at).order_by("-seq")[:MOST])


def _rows(started_at: datetime) -> QuerySet[AuditEvent]:
    harmless = Q(action__in=_HARMLESS) | Q(action__startswith=_RECORDING)
    span = (begin(started_at), started_at)
    return AuditEvent.objects.filter(created_at__range=span).exclude(harmless)

"""Who did what: one way to write it down, none to change it.

`record` writes in the transaction of the change; `record_apart` and `record_denial`
write what must stay when that transaction is rolled back.
"""

from opspanel.audit.actor import Actor
from opspanel.audit.allowlist import MetadataRefusedError
from opspanel.audit.errors import (
    AuditBusyError,
    AuditError,
    AuditRefusedError,
    NoTransactionError,
)
from opspanel.audit.event import Result, Target
from opspanel.audit.record import record, record_apart, record_denial
from opspanel.audit.store import audited

__all__ = [
    "Actor",
    "AuditBusyError",
    "AuditError",
    "AuditRefusedError",
    "MetadataRefusedError",
    "NoTransactionError",
    "Result",
    "Target",
    "audited",
    "record",
    "record_apart",
    "record_denial",
]

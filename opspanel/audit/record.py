"""Writing down an act."""

import logging
from collections.abc import Mapping

from django.db import Error, connection

from opspanel.audit import actor as actors
from opspanel.audit.actor import Actor
from opspanel.audit.allowlist import Scalar, document
from opspanel.audit.errors import AuditError, NoTransactionError
from opspanel.audit.event import Event, Result, Target
from opspanel.audit.store import append, own_transaction

log = logging.getLogger(__name__)

DENY = "authz.deny"


def record(
    action: str,
    target: Target,
    *,
    actor: Actor | None = None,
    result: Result = Result.SUCCESS,
    metadata: Mapping[str, Scalar] | None = None,
) -> None:
    """Write the act within the running transaction, best an `audited` one.

    `actor` is whoever sent the present request, or the system. In any other transaction
    call it last: from here to the commit all other audited acts wait. Raises AuditError:
    then the change must fail, too.
    """
    if not connection.in_atomic_block:
        raise NoTransactionError
    append(_event(action, target, actor, result, metadata), connection)


def record_apart(
    action: str,
    target: Target,
    *,
    result: Result,
    actor: Actor | None = None,
    metadata: Mapping[str, Scalar] | None = None,
) -> None:
    """Write what failed or was refused, in a transaction of its own.

    It never raises for a busy or absent trail: there is no act left that could be
    stopped. The log tells instead.
    """
    event = _event(action, target, actor, result, metadata)
    try:
        with own_transaction() as using:
            append(event, using)
    except (AuditError, Error):
        log.exception("%s of %s could not be written down", action, target.type)


def record_denial(
    target: Target,
    *,
    actor: Actor | None = None,
    metadata: Mapping[str, Scalar] | None = None,
) -> None:
    record_apart(DENY, target, result=Result.DENIED, actor=actor, metadata=metadata)


def _event(
    action: str,
    target: Target,
    actor: Actor | None,
    result: Result,
    metadata: Mapping[str, Scalar] | None,
) -> Event:
    known = actor if actor is not None else actors.current()
    return Event(action, target, known, result, document(metadata or {}))

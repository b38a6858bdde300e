"""The one place that writes incidents.

Each act is one transaction: the incident's row is locked first, the audit row goes out
with the commit, because from the one to the other all other audited acts wait. Under
that lock nobody else changes the incident, so numbers of events have no gap, in READ
COMMITTED.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from opspanel.audit import (
    AuditBusyError,
    Result,
    Target,
    audited,
    record,
    record_apart,
)
from opspanel.audit.allowlist import Scalar
from opspanel.incidents import rows
from opspanel.incidents.bell import configured_bell
from opspanel.incidents.errors import (
    BusyError,
    DuplicateOpenError,
    IncidentError,
    InvalidError,
    KeyReusedError,
    UnknownIncidentError,
)
from opspanel.incidents.plan import Plan, Recorded
from opspanel.incidents.submission import Submission
from opspanel.models import Incident, IncidentService
from opspanel.models.incidents import UNSETTLED
from opspanel.terms import IncidentEventType as Type

# What tells others how things stand, and so counts as an update.
UPDATES = frozenset({Type.NOTE, Type.STATUS, Type.REOPENED, Type.SEVERITY})

type Locked = Mapping[int, Incident]
type Decide = Callable[[Locked], Sequence[Plan]]


@contextmanager
def recorded_or_refused(action: str, target: str, by: Submission) -> Iterator[None]:
    """One transaction; a refusal is written down apart from what it rolled back."""
    try:
        with audited():
            yield
    except AuditBusyError:
        raise BusyError from None
    except InvalidError:
        raise  # a slip of typing is no act
    except IncidentError as refused:
        record_apart(
            action,
            Target("incident", target),
            result=Result.FAILURE,
            actor=by.actor,
            metadata={"error_code": refused.code},
        )
        raise


def act(ids: Sequence[int], decide: Decide, by: Submission, action: str) -> Recorded:
    """Lock the incidents, decide, write. The first of `ids` is the one acted on."""
    with recorded_or_refused(action, f"INC-{ids[0]}", by):
        locked, used_for = rows.lock(ids, by.client_key)
        if len(locked) != len(set(ids)):
            raise UnknownIncidentError
        incident = locked[ids[0]]
        if _is_replay(used_for, incident, by):
            return stands(incident, replayed=True)
        plans = decide(locked)
        if not plans:
            return stands(incident)
        write(plans, by)
        return stands(incident, changed=True)


def stands(
    incident: Incident, *, changed: bool = False, replayed: bool = False
) -> Recorded:
    return Recorded(
        id=incident.pk,
        ref=incident.ref,
        status=incident.status,
        version=incident.version,
        changed=changed,
        replayed=replayed,
    )


def write(plans: Sequence[Plan], by: Submission) -> None:
    """All rows of all plans, and last the audit rows. The key is the first plan's."""
    for place, plan in enumerate(plans):
        key = by.client_key if place == 0 else None
        if not rows.write(plan, _settle(plan, by), by, key):
            raise InvalidError({"client_key": "This key was used before."})
        _write_services(plan)
    transaction.on_commit(configured_bell().ring, robust=True)
    for plan in plans:
        record(
            plan.action,
            Target("incident", plan.incident.ref),
            actor=by.actor,
            metadata={**plan.metadata, **_hashed(by.client_key)},
        )


def refuse_duplicate(dedup_key: str) -> None:
    """Raise where the same problem is open; nobody else opens it until we commit."""
    if not dedup_key:
        return
    rows.hold("dedup_key", dedup_key)
    found = Incident.objects.filter(dedup_key=dedup_key, status__in=UNSETTLED).first()
    if found is not None:
        raise DuplicateOpenError(found.pk, found.ref, found.title, found.declared_at)


def refuse_other_words(used_for: rows.Use, by: Submission) -> None:
    """Raise where the key came with something else before."""
    if by.sent and used_for.sent and by.sent != used_for.sent:
        raise KeyReusedError(used_for.incident_id)


def _is_replay(used_for: rows.Use | None, incident: Incident, by: Submission) -> bool:
    if used_for is None:
        return False
    if used_for.incident_id != incident.pk:
        raise InvalidError({"client_key": "This key was used for another incident."})
    refuse_other_words(used_for, by)
    return True


def _settle(plan: Plan, by: Submission) -> list[str]:
    """Give the incident its new values; return the columns that have one."""
    columns = {**plan.columns, "changed_at": by.now}
    if any(line.type in UPDATES for line in plan.lines):
        columns["updated_at"] = by.now
    for name, value in columns.items():
        setattr(plan.incident, name, value)
    return list(columns)


def _write_services(plan: Plan) -> None:
    gone = [name for name, impact in plan.services.items() if impact is None]
    if gone:
        plan.incident.services.filter(service__in=gone).delete()
    hit = [
        IncidentService(incident=plan.incident, service=name, impact=impact)
        for name, impact in plan.services.items()
        if impact is not None
    ]
    if hit:
        IncidentService.objects.bulk_create(
            hit,
            update_conflicts=True,
            unique_fields=["incident", "service"],
            update_fields=["impact"],
        )


def _hashed(client_key: UUID | None) -> dict[str, Scalar]:
    if client_key is None:
        return {}
    digest = hashlib.sha256(client_key.bytes).hexdigest()
    return {"idempotency_key_hash": f"sha256:{digest}"}

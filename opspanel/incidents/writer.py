"""The one place that writes incidents.

Each act is one transaction: the incident's row is locked first, the audit row comes
last, because from then to the commit all other audited acts wait. Under that lock
nobody else changes the incident, so numbers of events have no gap, in READ COMMITTED.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from opspanel.audit import AuditBusyError, Result, Target, record, record_apart
from opspanel.audit.allowlist import Scalar
from opspanel.incidents.errors import (
    BusyError,
    DuplicateOpenError,
    IncidentError,
    InvalidError,
    UnknownIncidentError,
)
from opspanel.incidents.plan import Line, Plan, Recorded
from opspanel.incidents.submission import Submission
from opspanel.models import Incident, IncidentEvent, IncidentService
from opspanel.models.incidents import UNSETTLED
from opspanel.terms import IncidentEventType as Type

# What tells others how things stand, and so counts as an update.
UPDATES = frozenset({Type.NOTE, Type.STATUS, Type.REOPENED, Type.SEVERITY})

_APPEND = """
WITH line AS (
  INSERT INTO ops_incidentevent (incident_id, seq, type, occurred_at, actor_user_id,
    actor_label, origin, body, changes, client_key, amends_id)
  VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s)
  ON CONFLICT (client_key) DO NOTHING
  RETURNING id
)
INSERT INTO ops_incidentoutbox (event_id, subject, type, payload)
SELECT id, %s, %s, %s::jsonb FROM line
"""

_EMPTY = """
UPDATE ops_incidentevent SET body = '', changes = changes - %s::text[] WHERE id = %s
"""

# Fields whose values people wrote.
WORDS = ("title", "summary", "customer_impact")

type Locked = Mapping[int, Incident]
type Decide = Callable[[Locked], Sequence[Plan]]


@contextmanager
def recorded_or_refused(action: str, target: str, by: Submission) -> Iterator[None]:
    """One transaction; a refusal is written down apart from what it rolled back."""
    try:
        with transaction.atomic():
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
        locked = _lock(ids)
        incident = locked[ids[0]]
        if _is_replay(by.client_key, incident):
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
        _write_events(plan, by, by.client_key if place == 0 else None)
        _write_incident(plan, by)
        _empty(plan)
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
    hold("dedup_key", dedup_key)
    found = Incident.objects.filter(dedup_key=dedup_key, status__in=UNSETTLED).first()
    if found is not None:
        raise DuplicateOpenError(found.pk, found.ref, found.title, found.declared_at)


def hold(kind: str, value: str) -> None:
    """Until the commit, whoever else holds the same waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))", [kind, value]
        )


def _lock(ids: Sequence[int]) -> dict[int, Incident]:
    # In one order whoever asks, or two merges the other way round wait for each other.
    rows = Incident.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    locked = {incident.pk: incident for incident in rows.order_by("pk")}
    if len(locked) != len(set(ids)):
        raise UnknownIncidentError
    return locked


def _is_replay(client_key: UUID | None, incident: Incident) -> bool:
    if client_key is None:
        return False
    events = IncidentEvent.objects.filter(client_key=client_key)
    used_by = events.values_list("incident_id", flat=True).first()
    if used_by is not None and used_by != incident.pk:
        raise InvalidError({"client_key": "This key was used for another incident."})
    return used_by is not None


def _write_events(plan: Plan, by: Submission, client_key: UUID | None) -> None:
    incident = plan.incident
    after = {**vars(incident), **plan.columns}
    with connection.cursor() as cursor:
        for line in plan.lines:
            incident.version += 1
            payload = {
                "incident": incident.pk,
                "seq": incident.version,
                "status": after["status"],
                "severity": after["severity"],
                "is_drill": after["is_drill"],
            }
            cursor.execute(
                _APPEND,
                [
                    *_event(line, incident, by),
                    client_key,
                    line.amends,
                    incident.ref,
                    f"incident.{line.type}",
                    json.dumps(payload),
                ],
            )
            if cursor.rowcount == 0:
                raise InvalidError({"client_key": "This key was used before."})
            client_key = None


def _event(line: Line, incident: Incident, by: Submission) -> list[Any]:
    return [
        incident.pk,
        incident.version,
        line.type.value,
        line.occurred_at or by.now,
        by.actor.user_id,
        by.label,
        by.origin.value,
        line.body,
        json.dumps(line.changes),
    ]


def _write_incident(plan: Plan, by: Submission) -> None:
    incident = plan.incident
    columns = {**plan.columns, "changed_at": by.now}
    if any(line.type in UPDATES for line in plan.lines):
        columns["updated_at"] = by.now
    for name, value in columns.items():
        setattr(incident, name, value)
    incident.save(update_fields=[*columns, "version"])
    _write_services(plan)


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


def _empty(plan: Plan) -> None:
    """Postgres allows this much, now that a redaction names the event."""
    if plan.empties is not None:
        with connection.cursor() as cursor:
            cursor.execute(_EMPTY, [list(WORDS), plan.empties])


def _hashed(client_key: UUID | None) -> dict[str, Scalar]:
    if client_key is None:
        return {}
    digest = hashlib.sha256(client_key.bytes).hexdigest()
    return {"idempotency_key_hash": f"sha256:{digest}"}

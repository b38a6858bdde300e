"""The statements of the writer: plain SQL, sent together.

While it burns these are the panel's busiest, and each wait for an answer is a turn that
a busy machine may give to somebody else. An act on an incident waits three times: for
the lock, for the rows, and for the audit row with the COMMIT.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from django.db.models import JSONField

from opspanel.correlation import HEADER
from opspanel.database.together import Send, sent_together
from opspanel.incidents.plan import Line, Plan
from opspanel.incidents.submission import Submission
from opspanel.models import Incident
from opspanel.tracing import carried, span

LARGEST_ID = 2**63 - 1
_FIELDS = {
    field.attname: field
    for field in Incident._meta.concrete_fields  # noqa: SLF001 - Django documents it
}
_NAMES = list(_FIELDS)

_HOLD = "SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))"
_OF_KEY = """
SELECT incident_id, key_digest FROM ops_incidentevent WHERE client_key = %s
"""
# In one order whoever asks, or two merges the other way round wait for each other.
_LOCK = f"""
SELECT {", ".join(str(field.column) for field in _FIELDS.values())}
FROM ops_incident WHERE id = ANY(%s) ORDER BY id FOR UPDATE
"""  # noqa: S608 - names of our columns
_APPEND = """
WITH line AS (
  INSERT INTO ops_incidentevent (incident_id, seq, type, occurred_at, actor_user_id,
    actor_label, origin, body, changes, client_key, key_digest, amends_id)
  VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s)
  ON CONFLICT (client_key) DO NOTHING
  RETURNING id
)
INSERT INTO ops_incidentoutbox (event_id, subject, type, payload, correlation_id,
  traceparent)
SELECT id, %s, %s, %s::jsonb, %s, %s FROM line
"""
_EMPTY = """
UPDATE ops_incidentevent SET body = '', changes = changes - %s::text[] WHERE id = %s
"""

# Fields whose values people wrote.
WORDS = ("title", "summary", "customer_impact", "links")


def hold(kind: str, value: str) -> None:
    """Until the commit, whoever else holds the same waits."""
    with sent_together(connection) as send:
        send(_HOLD, [kind, value])


@dataclass(frozen=True, slots=True)
class Use:
    """What a key was used for: an incident's number, and the digest of what was sent."""

    incident_id: int
    sent: str


def hold_key(client_key: UUID) -> Use | None:
    """Hold it, and tell what it was used for."""
    with sent_together(connection) as send:
        send(_HOLD, ["client_key", str(client_key)])
        used_for = send(_OF_KEY, [client_key])
    return _use(used_for.fetchone())


def lock(
    ids: Iterable[int], client_key: UUID | None
) -> tuple[dict[int, Incident], Use | None]:
    """Those incidents that there are, and what the key was used for.

    The key is looked up behind the lock, so that whoever had the lock before is seen.
    """
    possible = [number for number in ids if 0 < number <= LARGEST_ID]
    with sent_together(connection) as send:
        rows = send(_LOCK, [possible])
        used_for = send(_OF_KEY, [client_key])
    locked = [_incident(row) for row in rows]
    return {one.pk: one for one in locked}, _use(used_for.fetchone())


def write(
    plan: Plan, changed: Iterable[str], by: Submission, client_key: UUID | None
) -> bool:
    """Each event with its message, and the columns of the incident that `changed`.

    False where another event has the key: then nothing may be committed.
    """
    with sent_together(connection) as send:
        first = _append(plan, by, client_key, send)
        _update(plan.incident, [*changed, "version"], send)
        if plan.empties is not None:
            # Postgres allows this much, now that a redaction names the event.
            send(_EMPTY, [list(WORDS), plan.empties])
    return first is None or first.rowcount == 1


def _append(
    plan: Plan, by: Submission, client_key: UUID | None, send: Send
) -> psycopg.Cursor[Any] | None:
    """The lines, numbered on from the incident's version; the first has the key."""
    incident, first = plan.incident, None
    for line in plan.lines:
        incident.version += 1
        key = client_key if first is None else None
        with span("outbox.write", {"event.type": line.type, "subject": incident.ref}):
            values = [*_event(line, incident, by, key), *_message(line, plan)]
            sent = send(_APPEND, values)
        first = first or sent
    return first


def _event(
    line: Line, incident: Incident, by: Submission, client_key: UUID | None
) -> list[Any]:
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
        client_key,
        by.sent if client_key else "",
        line.amends,
    ]


def _message(line: Line, plan: Plan) -> list[str]:
    after = {**vars(plan.incident), **plan.columns}
    payload = {
        "incident": plan.incident.pk,
        "seq": plan.incident.version,
        "status": after["status"],
        "severity": after["severity"],
        "is_drill": after["is_drill"],
    }
    trace = carried()
    return [
        plan.incident.ref,
        f"incident.{line.type}",
        json.dumps(payload),
        trace.get(HEADER, ""),
        trace.get("traceparent", ""),
    ]


def _update(incident: Incident, names: Iterable[str], send: Send) -> None:
    fields = [_FIELDS[name] for name in names]
    settings = ", ".join(f"{field.column} = %s" for field in fields)
    values = [
        field.get_db_prep_save(getattr(incident, field.attname), connection)
        for field in fields
    ]
    update = f"UPDATE ops_incident SET {settings} WHERE id = %s"  # noqa: S608 - as above
    send(update, [*values, incident.pk])


def _incident(row: Sequence[Any]) -> Incident:
    values = [
        json.loads(value) if isinstance(field, JSONField) else value
        for field, value in zip(_FIELDS.values(), row, strict=True)
    ]
    return Incident.from_db(connection.alias, _NAMES, values)


def _use(row: Sequence[Any] | None) -> Use | None:
    return Use(*row) if row else None

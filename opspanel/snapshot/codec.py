"""A clean snapshot as JSON, and back. The JSON is what `overview.json` serves."""

from pydantic import TypeAdapter, ValidationError

from opspanel.snapshot.schema import SCHEMA, Snapshot

_SNAPSHOT = TypeAdapter(Snapshot)


def to_json(snapshot: Snapshot) -> bytes:
    return _SNAPSHOT.dump_json(snapshot)


def from_json(body: bytes) -> Snapshot | None:
    """None for what is no snapshot of this schema: older, newer, or damaged."""
    try:
        snapshot = _SNAPSHOT.validate_json(body)
    except ValidationError:
        return None
    # Without its zone a time cannot be compared with any other.
    sound = snapshot.schema == SCHEMA and snapshot.taken_at.tzinfo
    return snapshot if sound else None

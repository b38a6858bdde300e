"""A clean snapshot as JSON, and back. The JSON is what `overview.json` serves."""

from pydantic import TypeAdapter, ValidationError

from opspanel.snapshot.schema import SCHEMA, Snapshot

_SNAPSHOT = TypeAdapter(Snapshot)


class UnreadableSnapshotError(Exception):
    """Stored bytes that are no snapshot of this schema: older, newer, or damaged."""


def to_json(snapshot: Snapshot) -> bytes:
    return _SNAPSHOT.dump_json(snapshot)


def from_json(body: bytes) -> Snapshot:
    try:
        snapshot = _SNAPSHOT.validate_json(body)
    except ValidationError:
        raise UnreadableSnapshotError from None
    if snapshot.schema != SCHEMA:
        raise UnreadableSnapshotError
    return snapshot

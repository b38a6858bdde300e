"""What an audit row's metadata may hold: twelve keys of plain, short values.

Postgres holds the same rule as a CHECK. An error names the key, never the value.
"""

import json
import math
import re
from collections.abc import Mapping
from decimal import Decimal

from opspanel.audit.errors import MetadataRefusedError
from opspanel.sanitize import sanitize
from opspanel.sanitize.visible import one_line, shortened

__all__ = ["KEYS", "MetadataRefusedError", "Scalar", "document"]

type Scalar = str | int | float | bool | None

KEYS = frozenset(
    {
        "reason",
        "policy_key",
        "old_value",
        "new_value",
        "status_from",
        "status_to",
        "error_code",
        "request_scope",
        "idempotency_key_hash",
        "provider_ref",
        "allocation_id",
        "node_id",
    }
)
LONGEST_TEXT = 200
LARGEST_DOCUMENT = 4096
_LONGEST_KEY_SHOWN = 40
# Control, zero-width, reordering and tag characters, and what is no character at all.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def document(metadata: Mapping[str, Scalar]) -> str:
    """The JSON of `metadata`, sanitized. Raises MetadataRefusedError."""
    for key, value in metadata.items():
        _check(key, value)
    _check_size(metadata)
    cleaned = {key: _cleaned(key, value) for key, value in metadata.items()}
    _check_size(cleaned)  # a placeholder may be longer than what it replaces
    return json.dumps(cleaned, ensure_ascii=False, allow_nan=False)


def _check(key: object, value: object) -> None:
    if not isinstance(key, str) or key not in KEYS:
        shown = shortened(one_line(str(sanitize(str(key)))), _LONGEST_KEY_SHOWN)
        _refuse(shown, "is not an allowed key")
    elif isinstance(value, str):
        _check_text(key, value)
    elif isinstance(value, float) and not math.isfinite(value):
        _refuse(key, "is not a finite number")
    elif value is not None and not isinstance(value, int | float):
        _refuse(key, "is neither text, number, true, false nor null")


def _check_text(key: str, value: str) -> None:
    if len(value) > LONGEST_TEXT:
        _refuse(key, f"is longer than {LONGEST_TEXT} characters")
    if _HIDDEN.search(value):
        _refuse(key, "holds a control or hidden character")


def _check_size(metadata: Mapping[str, Scalar]) -> None:
    if _stored_size(metadata) > LARGEST_DOCUMENT:
        message = f"audit metadata is larger than {LARGEST_DOCUMENT} bytes"
        raise MetadataRefusedError(message)


def _refuse(key: str, why: str) -> None:
    message = f"audit metadata: {key!r} {why}"
    raise MetadataRefusedError(message)


def _cleaned(key: str, value: Scalar) -> Scalar:
    if not isinstance(value, str):
        return value
    # Under its key, which tells the sanitizer more.
    return shortened(str(sanitize({key: value})[key]), LONGEST_TEXT)


def _stored_size(metadata: Mapping[str, Scalar]) -> int:
    """Bytes of the document as Postgres writes it out."""
    pairs = [f'"{key}": {_as_stored(value)}' for key, value in metadata.items()]
    return len(f"{{{', '.join(pairs)}}}".encode())


def _as_stored(value: Scalar) -> str:
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    # Postgres never writes an exponent, and Python no integer of so many digits.
    return f"{Decimal(repr(value) if isinstance(value, float) else value):f}"

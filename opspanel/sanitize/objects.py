"""Any Python value in, the same structure out: JSON-ready and clean."""

from collections.abc import Mapping
from typing import Any

from opspanel.sanitize.text import PLACEHOLDER, clean_text


def sanitize(value: Any) -> Any:
    """`value` with everything secret in it replaced by `[REDACTED]`."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {clean_text(str(key)): sanitize(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [sanitize(item) for item in value]
    return value if value is None or isinstance(value, int) else PLACEHOLDER

"""The door: any Python value in, its clean copy out."""

from typing import Any

from opspanel.sanitize import reasons
from opspanel.sanitize.placeholder import PLACEHOLDER
from opspanel.sanitize.structure import cleaned


def sanitize(value: Any) -> Any:
    """`value` with everything secret in it replaced by `[REDACTED]`.

    Text, numbers, containers, exceptions, log records, dataclasses and other objects
    go in; dicts, lists, text, numbers, booleans and None come out, as JSON has them.
    Never raises: what cannot be cleaned in full is replaced, and `reasons` counts why.
    """
    try:
        return cleaned(value)
    except Exception:  # noqa: BLE001 - whatever went wrong, the original must not pass
        reasons.count("error")
        return PLACEHOLDER

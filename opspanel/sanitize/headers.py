"""Values of HTTP response headers."""

from opspanel.sanitize.objects import sanitize
from opspanel.sanitize.placeholder import PLACEHOLDER
from opspanel.sanitize.visible import one_line

# The code makes these from its own words and numbers: nothing in them comes from data.
OWN = frozenset(
    {
        "allow",
        "cache-control",
        "clear-site-data",
        "content-disposition",
        "content-encoding",
        "content-length",
        "content-security-policy",
        "content-type",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "date",
        "etag",
        "expires",
        "last-modified",
        "permissions-policy",
        "referrer-policy",
        "reporting-endpoints",
        "retry-after",
        "strict-transport-security",
        "vary",
        "x-content-type-options",
        "x-correlation-id",
        "x-frame-options",
    }
)


def needs_cleaning(name: str, value: str) -> bool:
    """Whether data may be in it. A path of our own is data that only comes back."""
    if name.lower() in OWN:
        return False
    return not (name.lower() == "location" and _is_own_path(value))


def clean_header(name: str, value: str) -> str:
    """One line, with what is secret replaced."""
    cleaned = sanitize({name: one_line(value)})
    return str(cleaned[name]) if name in cleaned else PLACEHOLDER


def _is_own_path(value: str) -> bool:
    return value.startswith("/") and value[1:2] not in {"/", "\\"}

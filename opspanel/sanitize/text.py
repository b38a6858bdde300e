"""Free text in, clean text out."""

import re2  # type: ignore[import-untyped]

PLACEHOLDER = "[REDACTED]"

_NAMES = (
    r"password(?:_hash)?|passwd|pwd|passphrase|(?:access|refresh|id|auth|api)?[_-]?token"
    r"|ssh_private_key(?:_enc)?|stripe_customer_id|payment_reference|e-?mail|username"
    r"|access_secret_enc|scheduler_metadata|[a-z_-]*secret|api[_-]?key|authorization"
)
_RULES = tuple(
    (re2.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?s)-----BEGIN [^-]+-----.*?(?:-----END [^-]+-----|$)", PLACEHOLDER),
        (r"([a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/@]+@", rf"\1{PLACEHOLDER}@"),
        (r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){0,3}", PLACEHOLDER),
        (r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}", rf"\1 {PLACEHOLDER}"),
        (
            rf"(?i)((?:{_NAMES})[\"']?\s*[:=]\s*[\"']?)(?:(?:bearer|basic)\s+)?[^\s\"',;&}}]+",
            rf"\1{PLACEHOLDER}",
        ),
        (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", PLACEHOLDER),
        (r"\b(?:cus|pi|pm|ch|sub|sk|rk|pk|whsec)_[A-Za-z0-9_]{8,}", PLACEHOLDER),
    )
)


def clean_text(text: str) -> str:
    for rule, replacement in _RULES:
        text = str(rule.sub(replacement, text))
    return text


def clean_name(text: str) -> str:
    """Text that already matched the grammar of its declared type."""
    return clean_text(text)

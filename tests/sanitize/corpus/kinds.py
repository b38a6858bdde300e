"""Secrets of many kinds, made anew from a seed: nothing here is or looks like a real one."""

import base64
import json
import random
import string
import uuid

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
BASE62 = LOWER + UPPER + DIGITS
HEX = DIGITS + "abcdef"
BASE32 = UPPER + "234567"
WORDS = [
    "copper",
    "falcon",
    "meadow",
    "violet",
    "tunnel",
    "orbit",
    "glacier",
    "pepper",
    "saddle",
    "lantern",
]


class Dice(random.Random):
    """A seeded source of random text."""

    def text(self, alphabet, size):
        return "".join(self.choices(alphabet, k=size))

    def base64url(self, size):
        raw = self.randbytes(size)
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def base64(self, size):
        return base64.b64encode(self.randbytes(size)).decode()

    def password(self):  # noqa: PLR0911 - one return for each form
        """What people choose: a word or two, digits, a sign."""
        word = self.choice(WORDS)
        form = self.randrange(5)
        if form == 0:
            return f"{word.title()}{self.randrange(10, 9999)}!"
        if form == 1:
            return f"{word}-{self.choice(WORDS)}-{self.randrange(10, 99)}"
        if form == 2:
            return f"{word[:3]}{self.text(DIGITS, 3)}{word[3:].upper()}#"
        if form == 3:
            return f"{word}{self.randrange(1, 999)}"
        return self.text(BASE62 + "!$%*?", self.randrange(10, 20)) + "7a"


def jwt(dice):
    head = json.dumps({"alg": "HS256", "typ": "JWT"}).encode()
    body = json.dumps({"sub": dice.text(DIGITS, 8), "iat": 17e8}).encode()
    coded = [
        base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (head, body)
    ]
    return ".".join([*coded, dice.base64url(32)])


def pem(dice):
    lines = "\n".join(dice.base64(48) for _ in range(6))
    kind = dice.choice(["RSA ", "EC ", "OPENSSH ", "", "ENCRYPTED "])
    return (
        f"-----BEGIN {kind}PRIVATE KEY-----\n{lines}\n-----END {kind}PRIVATE KEY-----"
    )


def prefixed(prefix, alphabet, size):
    return lambda dice: prefix + dice.text(alphabet, size)


# Kinds that give themselves away: a form or a prefix of their own.
EVIDENT = {
    "jwt": jwt,
    "pem": pem,
    "aws": prefixed("AKIA", BASE32, 16),
    "github": prefixed("ghp_", BASE62, 36),
    "github-app": prefixed("ghs_", BASE62, 36),
    "github-pat": lambda d: f"github_pat_{d.text(BASE62, 22)}_{d.text(BASE62, 59)}",
    "gitlab": prefixed("glpat-", BASE62 + "-_", 20),
    "slack": lambda d: (
        f"xoxb-{d.text(DIGITS, 12)}-{d.text(DIGITS, 12)}-{d.text(BASE62, 24)}"
    ),
    "slack-hook": lambda d: (
        f"https://hooks.slack.com/services/T{d.text(UPPER + DIGITS, 8)}/B{d.text(UPPER + DIGITS, 8)}/{d.text(BASE62, 24)}"
    ),
    "stripe": prefixed("sk_live_", BASE62, 24),
    "stripe-hook": prefixed("whsec_", BASE62, 32),
    "google": prefixed("AIza", BASE62 + "-_", 35),
    "npm": prefixed("npm_", BASE62, 36),
    "pypi": prefixed("pypi-AgEIcHlwaS5vcmc", BASE62 + "-_", 80),
    "openai": prefixed("sk-proj-", BASE62, 48),
    "anthropic": prefixed("sk-ant-api03-", BASE62 + "-_", 90),
    "huggingface": prefixed("hf_", LOWER + UPPER, 34),
    "sendgrid": lambda d: f"SG.{d.base64url(16)}.{d.base64url(32)}",
    "twilio": prefixed("SK", HEX, 32),
    "mailgun": prefixed("key-", HEX, 32),
    "vault": prefixed("hvs.", BASE62, 90),
    "digitalocean": prefixed("dop_v1_", HEX, 64),
    "shopify": prefixed("shpat_", HEX, 32),
    "nats-seed": prefixed("SUA", BASE32, 55),
    "fernet": lambda d: "gAAAAA" + d.base64url(60),
    "bcrypt": lambda d: "$2b$12$" + d.text(BASE62 + "./", 53),
    "argon2": lambda d: (
        f"$argon2id$v=19$m=65536,t=3,p=4${d.base64url(16)}${d.base64url(32)}"
    ),
    "django-hash": lambda d: (
        f"pbkdf2_sha256$870000${d.text(BASE62, 22)}${d.base64(32)}"
    ),
    "postgres": lambda d: (
        f"postgres://svc_{d.choice(WORDS)}:{d.text(BASE62, 12)}@db-1:5432/app"
    ),
    "redis": lambda d: f"redis://:{d.text(BASE62, 16)}@cache.internal:6379/0",
    "amqp": lambda d: f"amqps://relay:{d.text(BASE62, 14)}%21@mq.internal/vhost",
    "telegram": lambda d: f"{d.text('123456789', 9)}:AA{d.text(BASE62, 33)}",
    "age": prefixed("AGE-SECRET-KEY-1", UPPER + DIGITS, 58),
    "linear": prefixed("lin_api_", BASE62, 40),
    "grafana": prefixed("glsa_", BASE62, 32),
    "dbricks": prefixed("dapi", HEX, 32),
    "docker": prefixed("dckr_pat_", BASE62 + "-_", 27),
    "otpauth": lambda d: (
        f"otpauth://totp/Ops:me?secret={d.text(BASE32, 32)}&issuer=Ops"
    ),
}

# Kinds with no name of their own: only their looks, or the words around them.
PLAIN = {
    "base62-20": lambda d: d.text(BASE62, 20),
    "base62-32": lambda d: d.text(BASE62, 32),
    "base62-40": lambda d: d.text(BASE62, 40),
    "base36-24": lambda d: d.text(LOWER + DIGITS, 24),
    "base36-32": lambda d: d.text(LOWER + DIGITS, 32),
    "base32-32": lambda d: d.text(BASE32, 32),
    "base64-32": lambda d: d.base64(32),
    "base64url-24": lambda d: d.base64url(24),
    "hex-48": lambda d: d.text(HEX, 48),
    "hex-56": lambda d: d.text(HEX, 56),
    "letters-32": lambda d: d.text(LOWER + UPPER, 32),
    "groups": lambda d: "-".join(d.text(UPPER + DIGITS, 5) for _ in range(5)),
}

PERSONAL = {
    "email": lambda d: (
        f"{d.choice(WORDS)}.{d.choice(WORDS)}{d.randrange(99)}@{d.choice(WORDS)}.example.com"
    ),
    "email-tag": lambda d: (
        f"{d.choice(WORDS)}+{d.choice(WORDS)}@{d.choice(WORDS)}.co.uk"
    ),
    "customer": prefixed("cus_", BASE62, 14),
    "intent": lambda d: f"pi_3{d.text(BASE62, 23)}",
    "charge": lambda d: f"ch_3{d.text(BASE62, 23)}",
    "method": lambda d: f"pm_1{d.text(BASE62, 23)}",
    "subscription": lambda d: f"sub_1{d.text(BASE62, 23)}",
    "card": lambda d: "4242 4242 4242 4242",
    "iban": lambda d: "DE89370400440532013000",
    "phone": lambda d: f"+49 30 {d.text('123456789', 4)} {d.text(DIGITS, 4)}",
}


def hexadecimal_id(dice):
    return str(uuid.UUID(bytes=dice.randbytes(16)))

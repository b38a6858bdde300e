"""Every credential that this process holds, told to the sanitizer before it can leak."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from opspanel.sanitize import keys, registry

TEXTS = (
    "SECRET_KEY",
    "PROMETHEUS_TOKEN",
    "PROMETHEUS_PASSWORD",
    "OPSPANEL_METRICS_TOKEN",
    "OPSPANEL_OIDC_CLIENT_SECRET",
)
LISTS = ("SECRET_KEY_FALLBACKS",)
ADDRESSES = (
    "DATABASE_URL",
    "NODE_TASKS_DATABASE_URL",
    "REDIS_URL",
    "NATS_URL",
    "PROMETHEUS_URL",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
)
# By name, every value a secret.
PAIRS = ("OPSPANEL_WEBHOOK_SECRETS", "OTEL_EXPORTER_OTLP_HEADERS")

# An address may list several servers, each with a credential of its own.
_USERINFO = re.compile(r"//([^/?#\s]*)@")
# Lines of a credentials file that are a key or a token, not words around them.
_KEY_LINE = re.compile(r"[A-Za-z0-9][\w.=-]{20,}")


def register_all(settings: Any) -> None:
    """Never show these again. Values too short to be told from words are left out."""
    for secret in set(held(settings)):
        if len(secret) >= registry.LEAST:
            registry.register(secret)


def held(settings: Any) -> Iterator[str]:
    for name in TEXTS:
        yield str(getattr(settings, name, None) or "")
    for name in LISTS:
        yield from getattr(settings, name, ())
    for name in ADDRESSES:
        yield from in_address(str(getattr(settings, name, None) or ""))
    for name in PAIRS:
        yield from getattr(settings, name, {}).values()
    yield from _in_file(getattr(settings, "NATS_CREDENTIALS_FILE", None))
    for name, value in getattr(settings, "OPSPANEL_SOURCES", {}).items():
        yield from _of_source(name, value)


def _of_source(name: str, value: str) -> Iterator[str]:
    if name.endswith("_URL"):
        yield from in_address(value)
    elif name.endswith(("_TOKEN", "_PASSWORD")):
        yield value
    elif name.endswith("_CREDENTIALS_FILE"):
        yield from _in_file(value)


def in_address(url: str) -> Iterator[str]:
    """Passwords as written and as meant; for NATS, a user alone is a token."""
    for userinfo in _USERINFO.findall(url):
        user, colon, password = userinfo.partition(":")
        yield from _spelt(password if colon else _token(url, user))
    for name, value in parse_qsl(urlsplit(url).query):
        if keys.level(name) >= keys.Level.CREDENTIAL:
            yield value


def _token(url: str, user: str) -> str:
    return user if url.startswith(("nats:", "tls:")) else ""


def _spelt(password: str) -> tuple[str, str]:
    return password, unquote(password)


def _in_file(path: str | None) -> Iterator[str]:
    """A file that cannot be read holds nothing that could leak; its reader says so."""
    if path is None:
        return
    try:
        lines = Path(path).read_text().split()
    except (OSError, ValueError):
        return
    yield from filter(_KEY_LINE.fullmatch, lines)

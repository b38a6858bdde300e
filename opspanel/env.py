"""The only reader of the environment: typed, refused by name when wrong.

A value comes from the environment, or from a file named by `<NAME>_FILE` (for
secrets), or from the address book that a running `manage.py up` keeps in its run
folder, so that other commands in the same checkout talk to the same servers.
"""

import ipaddress
import json
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

SOCKET_SCHEMES = {"postgres", "postgresql", "unix"}
BASE_DIR = Path(__file__).resolve().parent.parent
LEAVING_MARK = "OPSPANEL_LEAVING_MARK"
_LONGEST_ISSUER = 200  # as the column that keeps it
DEMO_PANEL_TOML = str(BASE_DIR / "opspanel" / "panel" / "panel.toml")


def run_dir() -> Path:
    return Path(os.environ.get("OPSPANEL_RUN_DIR") or BASE_DIR / ".run")


@cache
def address_book() -> Mapping[str, str]:
    try:
        found = json.loads((run_dir() / "env.json").read_text())
    except (OSError, json.JSONDecodeError):
        return {}
    return {str(name): str(value) for name, value in found.items()}


def _find(name: str) -> str | None:
    value = os.environ.get(name)
    if value is None and (path := os.environ.get(f"{name}_FILE")):
        value = _file(name, path)
    if value is None:
        value = address_book().get(name)
    return value.strip() if value is not None else None


def _file(name: str, path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError as error:
        message = f"{name}_FILE: cannot read the file it names ({error.strerror})."
        raise ImproperlyConfigured(message) from None


def text(name: str, default: str | None = None) -> str:
    value = _find(name)
    if value:
        return value
    if default is None:
        message = f"{name} is not set. See docs/settings.md for what it should hold."
        raise ImproperlyConfigured(message)
    return default


def optional(name: str) -> str | None:
    return _find(name) or None


def flag(name: str, *, default: bool) -> bool:
    value = text(name, str(default)).lower()
    if value not in {"true", "false", "1", "0"}:
        message = f"{name} must be true or false."
        raise ImproperlyConfigured(message)
    return value in {"true", "1"}


def listing(name: str, default: str) -> list[str]:
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def pairs(name: str) -> dict[str, str]:
    """`a=1,b=2` as a mapping. Values are never quoted: they may be secrets."""
    found = dict(item.partition("=")[::2] for item in listing(name, ""))
    if not all(key and value for key, value in found.items()):
        message = f"{name} must look like name=secret,other=secret."
        raise ImproperlyConfigured(message)
    return found


def address(name: str, *schemes: str) -> str | None:
    """A URL of one of `schemes`. Its value is never quoted: it may hold a password."""
    value = optional(name)
    if value is not None and value.partition("://")[0] not in schemes:
        expected = " or ".join(f"{scheme}://" for scheme in schemes)
        message = f"{name} must be an address that begins with {expected}."
        raise ImproperlyConfigured(message)
    if value is not None and not _hosts_are_sound(value):
        message = f"{name} must name a host, and a port only as a number."
        raise ImproperlyConfigured(message)
    return value


def _hosts_are_sound(url: str) -> bool:
    """Postgres may have several hosts with commas between, or a socket and none."""
    scheme, _, rest = url.partition("://")
    hosts = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    if not hosts:
        return scheme in SOCKET_SCHEMES
    try:
        return all(_host(each) for each in hosts.split(","))
    except ValueError:
        return False


def _host(place: str) -> str | None:
    """Raise ValueError if its port is none."""
    parts = urlsplit(f"//{place}")
    return parts.hostname if parts.port != 0 else None


_ADDRESSES = ("http", "https", "nats", "tls", "postgres", "postgresql")
_FILES = ("_CA_FILE", "_CREDENTIALS_FILE")
_TEXTS = ("_TOKEN", "_USERNAME", "_PASSWORD")


def of_sources(prefix: str) -> dict[str, str]:
    """What is given for [[sources]] of panel.toml: `US_NATS_URL` -> its value.

    A name that ends in no known way is refused: it would be believed to be set.
    """
    found = {}
    given = {_meant(name) for name in os.environ if name.startswith(prefix)}
    for name in sorted(given):
        if name.endswith("_URL"):
            value = address(name, *_ADDRESSES)
        elif name.endswith(_FILES):
            value = existing_file(name)
        elif name.endswith(_TEXTS):
            value = optional(name)
        else:
            endings = ", ".join(("_URL", *_TEXTS, *_FILES))
            message = f"{name} must end in one of {endings}."
            raise ImproperlyConfigured(message)
        if value is not None:
            found[name.removeprefix(prefix)] = value
    return found


def _meant(name: str) -> str:
    """The setting that `<NAME>_FILE` stands for."""
    return name if name.endswith(_FILES) else name.removesuffix("_FILE")


def issuer(name: str) -> str | None:
    """An identity provider's name for itself: https, or http on this very machine."""
    value = address(name, "https", "http")
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        message = f"{name} must be an address that begins with https://."
        raise ImproperlyConfigured(message)
    if (
        "@" in parts.netloc
        or re.search(r"[?#\s;,']", value)
        or len(value) > _LONGEST_ISSUER
    ):
        message = (
            f"{name} must be a plain address, of {_LONGEST_ISSUER} characters at most."
        )
        raise ImproperlyConfigured(message)
    return value


def is_loopback(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def origin(url: str) -> str:
    """Scheme, host and port, as a browser's policy names them."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in {None, usual} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def mapping(name: str, *allowed: str) -> dict[str, str]:
    """A JSON object whose values are among `allowed`; empty if it is not set."""
    value = optional(name)
    if value is None:
        return {}
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(
        each in allowed for each in found.values()
    ):
        message = f"{name} must be a JSON object with values of {', '.join(allowed)}."
        raise ImproperlyConfigured(message)
    return found


def existing_file(name: str) -> str | None:
    path = optional(name)
    if path is not None and not Path(path).is_file():
        message = f"{name} must name a file that can be read."
        raise ImproperlyConfigured(message)
    return path


def existing_folder(name: str) -> str | None:
    path = optional(name)
    if path is not None and not Path(path).is_dir():
        message = f"{name} must name a folder that is there."
        raise ImproperlyConfigured(message)
    return path


def choice(name: str, default: str, *allowed: str) -> str:
    value = text(name, default).upper()
    if value not in allowed:
        message = f"{name} must be one of {', '.join(allowed)}."
        raise ImproperlyConfigured(message)
    return value


def otlp_endpoint() -> str | None:
    """Where spans go. Demo services ask too, which have no settings."""
    return address("OTEL_EXPORTER_OTLP_ENDPOINT", "http", "https")


def otlp_headers() -> dict[str, str]:
    return pairs("OTEL_EXPORTER_OTLP_HEADERS")


def trace_ratio() -> float:
    """The share of traces that is recorded."""
    value = text("OPSPANEL_TRACE_RATIO", "1")
    if not re.fullmatch(r"0|1|0?\.[0-9]+|1\.0+", value):
        message = "OPSPANEL_TRACE_RATIO must be a number from 0 to 1."
        raise ImproperlyConfigured(message)
    return float(value)


def seconds(name: str, default: int, *, most: int) -> int:
    """Whole seconds from 0 to `most`."""
    value = text(name, str(default))
    if not re.fullmatch(r"[0-9]{1,6}", value) or int(value) > most:
        message = f"{name} must be whole seconds, from 0 to {most}."
        raise ImproperlyConfigured(message)
    return int(value)


def drain_seconds() -> int:
    """How long a web server that is to end goes on answering."""
    return seconds("OPSPANEL_DRAIN_SECONDS", 5, most=300)


def leaving_mark() -> Path | None:
    """The file that is there once it is to end; opspanel.serving names it to the web
    server's processes."""
    path = optional(LEAVING_MARK)
    return Path(path) if path else None


def use_these_settings() -> None:
    """For entries that are not manage.py: the web server and Celery."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opspanel.settings")


def inherited() -> dict[str, str]:
    """The whole environment, for a program that this one starts."""
    return dict(os.environ)
